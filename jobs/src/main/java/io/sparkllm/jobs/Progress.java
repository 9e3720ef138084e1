package io.sparkllm.jobs;

import io.sparkllm.CallCounts;
import io.sparkllm.RunMonitor;
import java.io.PrintStream;
import java.time.Duration;

/**
 * Tells how a run gets on: one line that is rewritten in a terminal, a line every ten seconds
 * elsewhere. Runs on a daemon thread until closed.
 */
final class Progress implements AutoCloseable {
  private static final Duration TERMINAL_PERIOD = Duration.ofSeconds(1);
  private static final Duration LOG_PERIOD = Duration.ofSeconds(10);

  private final RunMonitor monitor;
  private final long total;
  private final boolean terminal;
  private final PrintStream out = System.err;
  private final long startNanos = System.nanoTime();
  private final Thread thread;
  private int widest;

  /** Starts telling; the total is negative where it is not known. */
  Progress(RunMonitor monitor, long total) {
    this.monitor = monitor;
    this.total = total;
    this.terminal = isTerminal();
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
    Duration period = terminal ? TERMINAL_PERIOD : LOG_PERIOD;
    try {
      while (true) {
        synchronized (this) {
          wait(period.toMillis());
        }
        print(line(monitor.counts(), total, Duration.ofNanos(System.nanoTime() - startNanos)));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
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

  /** The line for some counts. */
  static String line(CallCounts counts, long total, Duration elapsed) {
    double seconds = Math.max(0.001, elapsed.toMillis() / 1000.0);
    double rate = counts.rows() / seconds;
    StringBuilder line = new StringBuilder();
    line.append(
        total < 0
            ? String.format("%,d rows", counts.rows())
            : String.format(
                "%,d of %,d rows (%d %%)",
                counts.rows(), total, total == 0 ? 100 : 100 * counts.rows() / total));
    line.append(String.format(", %,.1f rows/s", rate));
    line.append(String.format(", %,d tokens", counts.promptTokens() + counts.completionTokens()));
    line.append(String.format(", %,d errors, %,d retries", counts.errors(), counts.retries()));
    line.append(String.format(", throttled %s", clock(counts.throttledMillis() / 1000)));
    if (total >= 0 && rate > 0) {
      line.append(
          String.format(", %s to go", clock((long) (Math.max(0, total - counts.rows()) / rate))));
    }
    return line.toString();
  }

  /** Seconds as a clock: 0:07, 12:30, 3:05:00. */
  static String clock(long seconds) {
    return seconds < 3600
        ? String.format("%d:%02d", seconds / 60, seconds % 60)
        : String.format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Tells the final state. */
  void finish() {
    thread.interrupt();
    print(line(monitor.counts(), total, Duration.ofNanos(System.nanoTime() - startNanos)));
  }

  @Override
  public void close() {
    thread.interrupt();
    if (terminal && widest > 0) {
      out.println();
    }
  }
}
