package io.sparkllm.coordination;

import io.sparkllm.throttle.Grant;
import java.util.Map;

/**
 * What the driver answers about one budget.
 *
 * @param grant what may be spent
 * @param stops by their keys, the stages among those asked about that must stop calling
 */
public record BudgetAnswer(Grant grant, Map<String, FatalCause> stops) {}
