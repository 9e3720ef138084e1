package io.sparkllm.coordination;

import io.sparkllm.CallCounts;
import io.sparkllm.RunStatus;
import io.sparkllm.throttle.ApplicationBudget;
import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.Grant;
import io.sparkllm.throttle.LimitSource;
import io.sparkllm.throttle.RateLimits;
import io.sparkllm.throttle.Waits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side: keeps the budgets, stops stages on a fatal cause, and adds up what the
 * executors count. Thread-safe.
 */
public final class Coordinator {
  /** Ends a stage with a reason that the user is told. */
  interface StageCanceller {
    void cancel(int stageId, String reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  /**
   * Carries a version: jars of two versions in one application must not read each other's words.
   */
  static final String NAME = "spark-llm-coordinator-v3";

  /** An executor that did not tell for so long has no calls in flight any more. */
  private static final long SILENCE_NANOS = 2_000_000_000L;

  /** Budgets and stopped stages that are remembered; far more than are in use at one time. */
  private static final int REMEMBERED = 256;

  private record Doing(int inFlight, int atMost, long nanos) {}

  private static final class Run {
    final Map<String, CallCounts> counts = new HashMap<>();
    final Map<String, Doing> doing = new HashMap<>();
    Waits waits = Waits.ZERO;
    String budget;
  }

  private static final class Budget {
    final ApplicationBudget clock = new ApplicationBudget(System.nanoTime());
    boolean warned;
  }

  private final StageCanceller canceller;
  private final Map<String, Run> runs = new HashMap<>();
  private final Map<String, Budget> budgets = remembering();
  private final Map<String, FatalCause> stops = remembering();

  /** By transformation. */
  private final Map<String, Spendings> spendings = remembering();

  /** Runs that nobody follows any more, whose last reports may still be on their way. */
  private final Map<String, Boolean> forgotten = remembering();

  /** Not made before it is needed: where Spark's classes differ, that is where it shows. */
  private SparkRpc rpc;

  /** The coordinator of a driver. */
  public Coordinator() {
    this(SparkRpc::cancelStage);
  }

  Coordinator(StageCanceller canceller) {
    this.canceller = canceller;
  }

  private static <V> Map<String, V> remembering() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  /**
   * Starts to answer, on the driver of the current application. Where that is impossible the
   * executors go on with an even share each, and say so.
   */
  public void serve() {
    try {
      rpc().serve(this::receive);
    } catch (Exception | LinkageError e) {
      LOG.warn("Executors cannot ask the driver here: limits are shared out evenly among them", e);
    }
  }

  private synchronized SparkRpc rpc() {
    if (rpc == null) {
      rpc = new SparkRpc(NAME);
    }
    return rpc;
  }

  /** A report, whose answer is what may be spent; or a run's name, whose answer is its status. */
  synchronized Object receive(Object message) {
    if (message instanceof String run) {
      return Messages.write(statusOf(run));
    }
    Messages.Report report = Messages.read(message, Messages.Report.class);
    report
        .counts()
        .forEach(
            (id, counts) -> {
              if (!forgotten.containsKey(id)) {
                run(id).counts.put(report.executor(), counts);
              }
            });
    List<BudgetAnswer> answers =
        report.asks().stream().map(ask -> answer(report.executor(), ask)).toList();
    return Messages.write(new Messages.Answers(answers));
  }

  private Run run(String id) {
    return runs.computeIfAbsent(id, r -> new Run());
  }

  private BudgetAnswer answer(String executor, BudgetAsk ask) {
    Budget budget = budgets.computeIfAbsent(ask.budget(), id -> new Budget());
    long now = System.nanoTime();
    EffectiveLimit before = budget.clock.requestLimit();
    Grant grant = budget.clock.ask(executor, ask.limits(), ask.demand(), ask.observed(), now);
    warnOfDifferentLimits(budget);
    tellLearnedLimit(before, budget.clock.requestLimit());
    Activity activity = ask.activity();
    for (String id : ask.runs()) {
      if (forgotten.containsKey(id)) {
        continue;
      }
      Run run = run(id);
      run.budget = ask.budget();
      run.waits = run.waits.plus(activity.waits());
      run.doing.put(executor, new Doing(activity.inFlight(), activity.atMost(), now));
    }
    Map<String, FatalCause> stopped = new HashMap<>();
    for (StageReport stage : ask.stages()) {
      FatalCause cause = stop(executor, stage);
      if (cause != null) {
        stopped.put(stage.key(), cause);
      }
    }
    return new BudgetAnswer(grant, stopped);
  }

  private static void warnOfDifferentLimits(Budget budget) {
    if (budget.clock.limitsDiffer() && !budget.warned) {
      budget.warned = true;
      RateLimits named = budget.clock.named();
      LOG.warn(
          "DataFrames with the same endpoint, key and model name different limits; the lowest holds"
              + " for all of them: requestsPerMinute={}, tokensPerMinute={}",
          named.requestsPerMinute(),
          named.tokensPerMinute());
    }
  }

  /** Each cut, and the end of cuts; not the slow growth between. */
  private static void tellLearnedLimit(EffectiveLimit before, EffectiveLimit now) {
    boolean learned = now != null && now.source() == LimitSource.LEARNED;
    if (learned && (before == null || now.perMinute() < before.perMinute())) {
      LOG.info(
          "The service refuses calls as too many; for now {} requests per minute go out at most",
          Math.round(now.perMinute()));
    } else if (before != null && before.source() == LimitSource.LEARNED && !learned) {
      LOG.info("Going slower did not make the service refuse less; going on at full speed");
    }
  }

  /**
   * Stops a stage at the first cause that is told of it, or when the cap is reached; null where it
   * goes on.
   */
  private FatalCause stop(String executor, StageReport stage) {
    FatalCause overspent = take(executor, stage);
    FatalCause cause = stage.cause() == null ? overspent : stage.cause();
    if (cause != null && stops.putIfAbsent(stage.key(), cause) == null) {
      LOG.error("{}", cause.message());
      if (cause.failsJob()) {
        canceller.cancel(stage.stageId(), cause.message());
      }
    }
    return stops.get(stage.key());
  }

  private FatalCause take(String executor, StageReport stage) {
    Spending spending = stage.spending();
    return spending == null
        ? null
        : spendings
            .computeIfAbsent(spending.transformation(), t -> new Spendings())
            .take(executor, stage.key(), spending);
  }

  private RunStatus statusOf(String id) {
    Run run = runs.get(id);
    if (run == null) {
      return RunStatus.NOTHING;
    }
    long now = System.nanoTime();
    run.doing.values().removeIf(d -> now - d.nanos > SILENCE_NANOS);
    Budget budget = run.budget == null ? null : budgets.get(run.budget);
    return new RunStatus(
        run.counts.values().stream().reduce(CallCounts.ZERO, CallCounts::plus),
        run.doing.values().stream().mapToInt(Doing::inFlight).sum(),
        run.doing.values().stream().mapToInt(Doing::atMost).sum(),
        budget == null ? null : budget.clock.requestLimit(),
        budget == null ? null : budget.clock.tokenLimit(),
        run.waits);
  }

  /**
   * How a run gets on.
   *
   * @param run the run's id
   * @return its status; nothing before the first report
   */
  public RunStatus status(String run) {
    try {
      // Asked by message: the endpoint may be another class loader's.
      return Messages.read(rpc().ask(run), RunStatus.class);
    } catch (Exception | LinkageError e) {
      LOG.debug("No status", e);
      return RunStatus.NOTHING;
    }
  }

  /**
   * Forgets a run.
   *
   * @param run the run's id
   */
  public synchronized void forget(String run) {
    runs.remove(run);
    forgotten.put(run, true);
  }
}
