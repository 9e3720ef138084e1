package io.sparkllm.coordination;

import io.sparkllm.CallCounts;
import io.sparkllm.http.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor's side: while tasks call, asks the driver several times a second what may be spent,
 * and tells it in the same message what was seen and counted. On a thread of its own; rows wait for
 * grants, never for a message. Thread-safe.
 */
public final class DriverLink implements AutoCloseable {
  /** Who asks: the calls of one budget. */
  public interface Participant {
    /**
     * What to ask now.
     *
     * @return null when there is nothing to ask or tell
     */
    BudgetAsk ask();

    /**
     * The driver answered.
     *
     * @param ask what was asked
     * @param answer the answer
     */
    void answered(BudgetAsk ask, BudgetAnswer answer);

    /**
     * The driver did not answer.
     *
     * @param ask what was asked
     * @param alone true when it was not reached several times in a row
     */
    void unanswered(BudgetAsk ask, boolean alone);

    /**
     * Whether rows wait for a grant.
     *
     * @return true where asking soon would help
     */
    boolean isStarved();
  }

  private static final Logger LOG = LoggerFactory.getLogger(DriverLink.class);
  private static final long MILLI = 1_000_000L;

  /** A fatal cause has to reach every executor within this. */
  private static final long PERIOD = 100 * MILLI;

  /** Asks in a row that failed, before the executor goes on alone. */
  private static final int FAILURES = 3;

  /** How often a driver that cannot be reached is tried again. */
  private static final long ALONE_PERIOD = 5_000 * MILLI;

  private final UnaryOperator<Object> transport;
  private final Timer timer = new Timer("spark-llm-driver-link");
  private final String executor = UUID.randomUUID().toString();
  private final List<Participant> participants = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicReference<CallCounts>> counts = new ConcurrentHashMap<>();
  private final Map<String, CallCounts> told = new HashMap<>();
  private final Object schedule = new Object();
  private Timer.Task next;
  private long nextNanos;
  private long notBefore = System.nanoTime();
  private int failures;
  private boolean warned;

  /** Asks the driver of the current application. */
  public DriverLink() {
    this(overSparkRpc());
  }

  /** Not made before the first message: where Spark's classes differ, that is where it shows. */
  private static UnaryOperator<Object> overSparkRpc() {
    AtomicReference<SparkRpc> rpc = new AtomicReference<>();
    return message -> {
      if (rpc.get() == null) {
        rpc.set(new SparkRpc(Coordinator.NAME));
      }
      return rpc.get().ask(message);
    };
  }

  DriverLink(UnaryOperator<Object> transport) {
    this.transport = transport;
  }

  /**
   * Asks for one more budget from now on.
   *
   * @param participant its calls
   */
  public void add(Participant participant) {
    participants.add(participant);
    askNow();
  }

  /**
   * Counts what happened to a row.
   *
   * @param run the run's id
   * @param more what to add
   */
  public void count(String run, CallCounts more) {
    counts
        .computeIfAbsent(run, id -> new AtomicReference<>(CallCounts.ZERO))
        .accumulateAndGet(more, CallCounts::plus);
  }

  /** Asks as soon as the driver said that it makes sense: rows wait. */
  public void askSoon() {
    synchronized (schedule) {
      at(notBefore);
    }
  }

  /** Asks at once: there is something to tell. */
  public void askNow() {
    synchronized (schedule) {
      at(System.nanoTime());
    }
  }

  /** The next exchange happens then, or sooner where one is due sooner. */
  private void at(long nanos) {
    if (next != null && nextNanos - nanos <= 0) {
      return;
    }
    if (next != null) {
      next.cancel();
    }
    nextNanos = nanos;
    next = timer.after(Math.max(0, nanos - System.nanoTime()), this::exchange);
  }

  private void exchange() {
    synchronized (schedule) {
      next = null;
    }
    long again = PERIOD;
    try {
      again = ask();
    } finally {
      boolean starved = participants.stream().anyMatch(Participant::isStarved);
      synchronized (schedule) {
        long now = System.nanoTime();
        notBefore = now + again;
        at(now + (failures >= FAILURES ? ALONE_PERIOD : starved ? again : PERIOD));
      }
    }
  }

  /** Gives the nanoseconds after which it makes sense to ask again. */
  private long ask() {
    List<Participant> asking = new ArrayList<>();
    List<BudgetAsk> asks = new ArrayList<>();
    for (Participant participant : participants) {
      apart(
          () -> {
            BudgetAsk ask = participant.ask();
            if (ask != null) {
              asking.add(participant);
              asks.add(ask);
            }
          });
    }
    Map<String, CallCounts> news = news();
    if (asks.isEmpty() && news.isEmpty()) {
      return PERIOD;
    }
    List<BudgetAnswer> answers;
    try {
      Object reply = transport.apply(Messages.write(new Messages.Report(executor, news, asks)));
      answers = Messages.read(reply, Messages.Answers.class).answers();
      failures = 0;
    } catch (Exception | LinkageError e) {
      // Spark throws checked exceptions undeclared.
      failures++;
      warn(e);
      boolean alone = failures >= FAILURES;
      for (int i = 0; i < asks.size(); i++) {
        Participant participant = asking.get(i);
        BudgetAsk ask = asks.get(i);
        apart(() -> participant.unanswered(ask, alone));
      }
      return PERIOD;
    }
    // Only now: a report that failed is told again.
    told.putAll(news);
    long again = PERIOD;
    for (int i = 0; i < asks.size(); i++) {
      Participant participant = asking.get(i);
      BudgetAsk ask = asks.get(i);
      BudgetAnswer answer = answers.get(i);
      apart(() -> participant.answered(ask, answer));
      again = Math.min(again, answer.grant().againNanos());
    }
    return again;
  }

  /** What goes wrong with one budget must not keep the others from asking. */
  private static void apart(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      LOG.error("A budget's part in asking the driver failed", e);
    }
  }

  private void warn(Throwable e) {
    if (failures == FAILURES && !warned) {
      warned = true;
      LOG.warn(
          "The driver cannot be asked for its rate limits: from now on this executor takes an even"
              + " share of them, and there is no progress to see from here",
          e);
    }
  }

  private Map<String, CallCounts> news() {
    Map<String, CallCounts> news = new HashMap<>();
    counts.forEach(
        (run, counted) -> {
          CallCounts now = counted.get();
          if (!now.equals(told.get(run))) {
            news.put(run, now);
          }
        });
    return news;
  }

  @Override
  public void close() {
    timer.close();
  }
}
