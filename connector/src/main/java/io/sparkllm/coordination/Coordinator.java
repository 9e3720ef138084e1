package io.sparkllm.coordination;

import io.sparkllm.CallCounts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's side: adds up what the executors count. Thread-safe. */
public final class Coordinator {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  /**
   * Carries a version: jars of two versions in one application must not read each other's words.
   */
  static final String NAME = "spark-llm-coordinator-v1";

  /** By run, the latest counts of each reporter. */
  private final Map<String, Map<String, CallCounts>> runs = new ConcurrentHashMap<>();

  /**
   * Starts to answer, on the driver of the current application. Never fails: it is for progress.
   */
  public void serve() {
    try {
      if (!SparkRpc.isServed(NAME)) {
        SparkRpc.serve(NAME, this::receive);
      }
    } catch (Exception | LinkageError e) {
      LOG.warn("Executors cannot report progress here; the rows do not need it", e);
    }
  }

  /**
   * A report (the run, the reporter, its counts so far), or a question: a run's name, whose sums
   * are the answer.
   */
  private Object receive(Object message) {
    if (message instanceof Object[] report) {
      runs.computeIfAbsent((String) report[0], id -> new ConcurrentHashMap<>())
          .put((String) report[1], CallCounts.of((long[]) report[2]));
      return "";
    }
    return sums((String) message).toArray();
  }

  private CallCounts sums(String run) {
    return runs.getOrDefault(run, Map.of()).values().stream()
        .reduce(CallCounts.ZERO, CallCounts::plus);
  }

  /**
   * What a run's executors have counted so far.
   *
   * @param run the run's id
   * @return the sums; zero before the first report
   */
  public CallCounts counts(String run) {
    try {
      // Asked by message: the endpoint may be another class loader's.
      return CallCounts.of((long[]) SparkRpc.ask(NAME, run));
    } catch (Exception | LinkageError e) {
      LOG.debug("No counts", e);
      return CallCounts.ZERO;
    }
  }

  /**
   * Forgets a run.
   *
   * @param run the run's id
   */
  public void forget(String run) {
    runs.remove(run);
  }
}
