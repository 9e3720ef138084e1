package io.sparkllm.jobs;

import io.sparkllm.CallCounts;
import io.sparkllm.RunStatus;
import io.sparkllm.throttle.EffectiveLimit;
import io.sparkllm.throttle.Waits;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Tells how a run gets on: one line that is rewritten in a terminal, a line every ten seconds
 * elsewhere. Runs on a daemon thread until closed.
 */
final class Progress implements AutoCloseable {
  private static final Duration TERMINAL_PERIOD = Duration.ofSeconds(1);
  private static final Duration LOG_PERIOD = Duration.ofSeconds(10);

  /** Executors tell twice a second, and once more when a task ends. */
  private static final Duration LAST_REPORTS = Duration.ofSeconds(1);

  /** Where the lines go. */
  enum Display {
    /** A file: line after line. */
    LOG,
    /** A terminal that is not known to do more than return to the line's begin. */
    PLAIN_TERMINAL,
    /** A terminal that can be told to cut a long line: a wrapped one could not be rewritten. */
    TERMINAL
  }

  private static final String CUT_LONG_LINES = "\u001b[?7l";
  private static final String WRAP_LONG_LINES = "\u001b[?7h";

  private final Supplier<RunStatus> status;
  private final long total;
  private final Display display;
  private final Duration period;
  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final Thread thread;
  private Duration elapsed;
  private int widest;

  /** Starts telling; the total is negative where it is not known. */
  static Progress start(Supplier<RunStatus> status, long total) {
    Display display = display(System.getenv("TERM"));
    return new Progress(
        status, total, System.err, display, display == Display.LOG ? LOG_PERIOD : TERMINAL_PERIOD);
  }

  Progress(
      Supplier<RunStatus> status, long total, PrintStream out, Display display, Duration period) {
    this.status = status;
    this.total = total;
    this.out = out;
    this.display = display;
    this.period = period;
    this.thread = new Thread(this::run, "spark-llm-progress");
    thread.setDaemon(true);
    thread.start();
  }

  /** On the Java that Spark 3.5 needs, there is a console only where it is a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  private static Display display(String term) {
    if (System.console() == null) {
      return Display.LOG;
    }
    return term == null || term.equals("dumb") ? Display.PLAIN_TERMINAL : Display.TERMINAL;
  }

  private void run() {
    try {
      while (true) {
        synchronized (this) {
          wait(period.toMillis());
        }
        print(line(status.get(), total, sinceStart()));
      }
    } catch (InterruptedException e) {
      // Closed.
    } catch (Exception e) {
      // The application is going down: its driver answers no more. Spark's are undeclared.
    }
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private void print(String line) {
    if (display == Display.LOG) {
      out.println(line);
      return;
    }
    widest = Math.max(widest, line.length());
    String whole = "\r" + line + " ".repeat(widest - line.length());
    out.print(display == Display.TERMINAL ? CUT_LONG_LINES + whole + WRAP_LONG_LINES : whole);
    out.flush();
  }

  /** The line for a status. Rows that Spark ran twice count twice, but never past the total. */
  static String line(RunStatus status, long total, Duration elapsed) {
    CallCounts counts = status.counts();
    long rows = total < 0 ? counts.rows() : Math.min(total, counts.rows());
    double rate = rows / Math.max(0.001, elapsed.toMillis() / 1000.0);
    StringBuilder line = new StringBuilder();
    line.append(
        total < 0
            ? text("%,d rows", rows)
            : text("%,d of %,d rows (%d %%)", rows, total, total == 0 ? 100 : 100 * rows / total));
    line.append(text(", %,.1f rows/s", rate));
    line.append(text(", %,d tokens", counts.promptTokens() + counts.completionTokens()));
    line.append(text(", %,d errors, %,d retries", counts.errors(), counts.retries()));
    if (counts.recalled() > 0) {
      line.append(text(", %,d from the checkpoint", counts.recalled()));
    }
    if (status.callsInFlight() > 0) {
      line.append(text(", %,d calls in flight", status.callsInFlight()));
    }
    line.append(limits(status.requestLimit(), status.tokenLimit()));
    Duration throttled = throttled(status.waits(), elapsed);
    if (throttled.toSeconds() > 0) {
      line.append(text(", throttled %s", clock(throttled.toSeconds())));
    }
    if (total >= 0 && rate > 0) {
      line.append(text(", %s to go", clock((long) Math.ceil((total - rows) / rate))));
    }
    return line.toString();
  }

  private static String limits(EffectiveLimit requests, EffectiveLimit tokens) {
    if (requests == null && tokens == null) {
      return "";
    }
    if (requests == null || tokens == null) {
      return ", limit "
          + (requests == null ? tokens(tokens) : requests(requests))
          + source(requests == null ? tokens : requests);
    }
    return ", limits "
        + requests(requests)
        + (requests.source() == tokens.source() ? "" : source(requests))
        + ", "
        + tokens(tokens)
        + source(tokens);
  }

  private static String source(EffectiveLimit limit) {
    return switch (limit.source()) {
      case OPTION -> " (option)";
      case HEADER -> " (told by the service)";
      case LEARNED -> " (learned)";
    };
  }

  /** A limit on requests in words. */
  static String requests(EffectiveLimit limit) {
    return text("%,d requests/min", whole(limit));
  }

  /** A limit on tokens in words. */
  static String tokens(EffectiveLimit limit) {
    return text("%,d tokens/min", whole(limit));
  }

  private static long whole(EffectiveLimit limit) {
    return Math.max(1, Math.round(limit.perMinute()));
  }

  /** The time that an executor waited for limits: all of them together wait longer than a run. */
  private static Duration throttled(Waits waits, Duration elapsed) {
    double share = (double) elapsed.toMillis() / Math.max(1, waits.total());
    return Duration.ofMillis((long) (waits.rateLimit() * Math.min(1, share)));
  }

  /** Seconds as a clock: 0:07, 12:30, 3:05:00. */
  static String clock(long seconds) {
    return seconds < 3600
        ? text("%d:%02d", seconds / 60, seconds % 60)
        : text("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** The same on every machine, whatever its language. */
  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** The time from the start to {@link #stop}. */
  Duration elapsed() {
    return elapsed;
  }

  /** Ends the regular lines; the clock of the last one stands. */
  void stop() {
    elapsed = sinceStart();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Tells the final state, once the executors' last reports are in.
   *
   * @param rows rows that were written
   * @return the status, with no call under way any more
   */
  RunStatus finish(long rows) {
    long deadline = System.nanoTime() + LAST_REPORTS.toNanos();
    RunStatus last = status.get();
    while (last.counts().rows() < rows && System.nanoTime() - deadline < 0) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      last = status.get();
    }
    // Executors do not report that they have left.
    RunStatus ended =
        new RunStatus(last.counts(), 0, 0, last.requestLimit(), last.tokenLimit(), last.waits());
    print(line(ended, rows, elapsed));
    endLine();
    return ended;
  }

  @Override
  public void close() {
    thread.interrupt();
    endLine();
  }

  private void endLine() {
    if (display != Display.LOG && widest > 0) {
      out.println();
      widest = 0;
    }
  }
}
