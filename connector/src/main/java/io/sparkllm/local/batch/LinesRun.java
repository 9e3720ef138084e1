package io.sparkllm.local.batch;

import io.sparkllm.local.batch.BatchScript.Dialect;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Runs the lines of one batch, in an order of its own (services promise none), and writes down what
 * became of them. One line is in memory at a time. Not thread-safe.
 */
final class LinesRun {
  // Long enough to be busy, short enough that a hundred batches take turns.
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Batch batch;
  private final BatchTools tools;
  private final FileChannel file;
  private final InputLines lines;
  private final int[] order;
  private final ResultFiles results;
  private boolean stored;
  private int next;

  /**
   * Opens a validated file, which may then be deleted.
   *
   * @param seed another seed, another order
   */
  LinesRun(Batch batch, BatchTools tools, Path input, InputLines lines, long seed)
      throws IOException {
    this.batch = batch;
    this.tools = tools;
    this.file = FileChannel.open(input, StandardOpenOption.READ);
    this.lines = lines;
    this.order = shuffled(lines.size(), new Random(seed * 1_000_003 + batch.number()));
    this.results = new ResultFiles(tools.files(), batch.id());
  }

  /** Whether every line has run or was skipped. */
  boolean done() {
    return next == order.length;
  }

  /**
   * Runs lines for a turn.
   *
   * @param leftMs until the batch expires
   * @return milliseconds to wait; 0 = there is more to do
   */
  long runSome(BatchScript script, long leftMs) throws IOException {
    long start = System.nanoTime();
    while (batch.state() == BatchState.IN_PROGRESS) {
      if (script.hold().in(BatchState.IN_PROGRESS) && next >= script.hold().afterLines()) {
        return leftMs;
      }
      long lineMs = script.timing().lineMs();
      long due =
          lineMs == 0 ? 0 : batch.since(BatchState.IN_PROGRESS) + (next + 1) * lineMs - tools.now();
      if (done()) {
        return leftMs;
      }
      if (due > 0) {
        return due;
      }
      if (System.nanoTime() - start > Math.min(TURN_NANOS, TimeUnit.MILLISECONDS.toNanos(leftMs))) {
        return 0;
      }
      run(InputLine.parse(lines.read(file, order[next])), script);
      next++;
    }
    return 0;
  }

  private void run(InputLine line, BatchScript script) throws IOException {
    LineOutcome outcome = tools.model().run(batch.asked().endpoint(), line.customId(), line.body());
    results.ran(line.customId(), outcome, script.dialect());
    batch.ran(outcome);
  }

  /** Writes down that the lines which are left have not run, and why. */
  void skipRest(String code, String message, Dialect dialect) throws IOException {
    for (; next < order.length; next++) {
      String customId = InputLine.parse(lines.read(file, order[next])).customId();
      results.didNotRun(customId, code, message, dialect);
    }
  }

  /** Closes and stores the result files, once. */
  ResultFiles store(boolean emptyOnes) throws IOException {
    if (!stored) {
      stored = true;
      results.store(batch.asked().outputLifeSeconds(), emptyOnes);
    }
    return results;
  }

  /** Closes the input and removes result files that were not stored. */
  void close() {
    try {
      file.close();
    } catch (IOException e) {
      // It was read only.
    }
    results.discard();
  }

  private static int[] shuffled(int size, Random random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    boolean asItWas = true;
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int moved = order[i];
      order[i] = order[other];
      order[other] = moved;
      asItWas &= order[i] == i;
    }
    if (asItWas && size > 1) {
      order[0] = 1;
      order[1] = 0;
    }
    return order;
  }
}
