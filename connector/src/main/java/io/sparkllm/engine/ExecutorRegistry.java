package io.sparkllm.engine;

import io.sparkllm.CallCounts;
import io.sparkllm.coordination.Coordinator;
import io.sparkllm.coordination.DriverLink;
import io.sparkllm.http.HttpTransport;
import io.sparkllm.http.Timer;
import io.sparkllm.http.Transport;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What the tasks of one JVM share: the HTTP client, the timer, a dispatcher for each budget.
 * Counted by reference and closed 60 s after its last user left, as tasks come in waves. This is
 * the only static state of the connector. Thread-safe.
 */
public final class ExecutorRegistry {
  /** Heap for the rows in the windows of all tasks of a JVM. */
  static final long WINDOW_BYTES = 64L << 20;

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
  private static final ExecutorRegistry INSTANCE = new ExecutorRegistry();

  /** The live things; made for the first user, closed after the last. */
  private record Live(
      Timer timer, Transport transport, DriverLink link, Map<String, Dispatcher> dispatchers) {
    static Live start() {
      Timer timer = new Timer("spark-llm-timer");
      return new Live(timer, new HttpTransport(timer), new DriverLink(), new HashMap<>());
    }

    void close() {
      transport.close();
      link.close();
      timer.close();
    }
  }

  private Live live;

  /** On a driver only. */
  private final Coordinator coordinator = new Coordinator();

  /** On a driver only; lives as long as the JVM, on daemon threads. */
  private LocalEndpoint localEndpoint;

  private int users;
  private long generation;

  private ExecutorRegistry() {}

  /** The registry of this JVM. */
  static ExecutorRegistry instance() {
    return INSTANCE;
  }

  /** Takes part in a budget; every call is answered by one {@link #release}. */
  synchronized Dispatcher acquire(String budgetId) {
    if (live == null) {
      live = Live.start();
    }
    users++;
    generation++;
    return live.dispatchers.computeIfAbsent(budgetId, this::start);
  }

  private Dispatcher start(String budgetId) {
    Dispatcher dispatcher = new Dispatcher(budgetId, live.transport, live.timer, live.link);
    live.link.add(dispatcher);
    return dispatcher;
  }

  synchronized void release(Dispatcher dispatcher, Dispatcher.Member member) {
    dispatcher.leave(member);
    users--;
    // The driver should know at once what was counted, and who is gone.
    live.link.askNow();
    if (users == 0) {
      long seen = generation;
      live.timer.after(KEEP_ALIVE.toNanos(), () -> closeIfUnused(seen));
    }
  }

  private synchronized void closeIfUnused(long seen) {
    if (users == 0 && generation == seen && live != null) {
      live.close();
      live = null;
    }
  }

  /** Counts what happened to a row, for the driver's monitor. Called by tasks that hold a lease. */
  void count(String run, CallCounts counts) {
    live.link.count(run, counts);
  }

  /**
   * The driver's side of what executors ask and tell.
   *
   * @return the coordinator of this JVM
   */
  public static Coordinator coordinator() {
    return INSTANCE.coordinator;
  }

  /** The part of the window's heap that one task may fill. */
  synchronized long windowShare() {
    return WINDOW_BYTES / Math.max(1, users);
  }

  /**
   * The built-in endpoint of this driver, started when it is first asked for: on loopback where the
   * executors are in this JVM, otherwise on the driver's address behind a random path.
   *
   * @param master the session's {@code spark.master}
   * @param driverHost the session's {@code spark.driver.host}
   * @return its base URL
   */
  public static String localEndpoint(String master, String driverHost) {
    synchronized (INSTANCE) {
      if (INSTANCE.localEndpoint == null) {
        INSTANCE.localEndpoint = startLocalEndpoint(master, driverHost);
      }
      return INSTANCE.localEndpoint.url();
    }
  }

  private static LocalEndpoint startLocalEndpoint(String master, String driverHost) {
    boolean sameMachine = master.startsWith("local");
    byte[] token = new byte[16];
    new SecureRandom().nextBytes(token);
    try {
      return sameMachine
          ? LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none())
          : LocalEndpoint.start(
              driverHost, 0, HexFormat.of().formatHex(token), EndpointScript.none());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The local endpoint cannot listen on " + (sameMachine ? "127.0.0.1" : driverHost), e);
    }
  }

  /**
   * Tasks that use the registry now, for tests of leaks.
   *
   * @return zero when all tasks have ended
   */
  public static int users() {
    synchronized (INSTANCE) {
      return INSTANCE.users;
    }
  }

  /**
   * Calls in flight in this JVM now, for tests of cancellation.
   *
   * @return zero when nothing is being asked
   */
  public static int callsInFlight() {
    synchronized (INSTANCE) {
      return INSTANCE.live == null
          ? 0
          : INSTANCE.live.dispatchers.values().stream().mapToInt(Dispatcher::inFlight).sum();
    }
  }

  /** Closes what nobody uses without waiting for the 60 s, for tests of leaks. */
  public static void closeUnused() {
    synchronized (INSTANCE) {
      INSTANCE.closeIfUnused(INSTANCE.generation);
    }
  }
}
