package io.sparkllm.coordination;

import io.sparkllm.throttle.Demand;
import io.sparkllm.throttle.Observed;
import io.sparkllm.throttle.RateLimits;
import java.util.List;

/**
 * What an executor tells and asks about one budget.
 *
 * @param budget the budget's id, without secrets
 * @param limits the different limits that tasks there name; empty when none runs any more
 * @param demand what it wants to spend
 * @param observed what it saw of the service
 * @param activity what it does
 * @param runs the runs that listen
 * @param stages the stages that call
 */
public record BudgetAsk(
    String budget,
    List<RateLimits> limits,
    Demand demand,
    Observed observed,
    Activity activity,
    List<String> runs,
    List<StageReport> stages) {}
