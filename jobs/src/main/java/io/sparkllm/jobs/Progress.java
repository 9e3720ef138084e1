package io.sparkllm.jobs;

import io.sparkllm.CallCounts;
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

  private final Supplier<CallCounts> counts;
  private final long total;
  private final boolean terminal;
  private final Duration period;
  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final Thread thread;
  private Duration elapsed;
  private int widest;

  /** Starts telling; the total is negative where it is not known. */
  static Progress start(Supplier<CallCounts> counts, long total) {
    boolean terminal = isTerminal();
    return new Progress(
        counts, total, System.err, terminal, terminal ? TERMINAL_PERIOD : LOG_PERIOD);
  }

  Progress(
      Supplier<CallCounts> counts, long total, PrintStream out, boolean terminal, Duration period) {
    this.counts = counts;
    this.total = total;
    this.out = out;
    this.terminal = terminal;
    this.period = period;
    this.thread = new Thread(this::run, "spark-llm-progress");
    thread.setDaemon(true);
    thread.start();
  }

  /** On the Java that Spark 3.5 needs, there is a console only where it is a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    return System.console() != null;
  }

  private void run() {
    try {
      while (true) {
        synchronized (this) {
          wait(period.toMillis());
        }
        print(line(counts.get(), total, sinceStart()));
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
    if (!terminal) {
      out.println(line);
      return;
    }
    widest = Math.max(widest, line.length());
    out.print("\r" + line + " ".repeat(widest - line.length()));
    out.flush();
  }

  /** The line for some counts. Rows that Spark ran twice count twice, but never past the total. */
  static String line(CallCounts counts, long total, Duration elapsed) {
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
    line.append(text(", throttled %s", clock(counts.throttledMillis() / 1000)));
    if (total >= 0 && rate > 0) {
      line.append(text(", %s to go", clock((long) Math.ceil((total - rows) / rate))));
    }
    return line.toString();
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
   * @return the counts
   */
  CallCounts finish(long rows) {
    long deadline = System.nanoTime() + LAST_REPORTS.toNanos();
    CallCounts last = counts.get();
    while (last.rows() < rows && System.nanoTime() - deadline < 0) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      last = counts.get();
    }
    print(line(last, rows, elapsed));
    endLine();
    return last;
  }

  @Override
  public void close() {
    thread.interrupt();
    endLine();
  }

  private void endLine() {
    if (terminal && widest > 0) {
      out.println();
      widest = 0;
    }
  }
}
