package io.sparkllm.batch.rows;

import io.sparkllm.batch.service.RemoteBatch;
import io.sparkllm.ledger.Entry;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.ledger.LedgerLookup;
import io.sparkllm.ledger.LedgerWriter;
import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes new chunks from those of a file that did not go through: without the lines that were
 * refused, with the rows that go again, or smaller ones. The old chunks stay; who names the new
 * ones removes them.
 */
public final class ChunkRepair {
  private final Ledger ledger;
  private final ChunkFiles files;
  private final FileLimits limits;

  /**
   * Takes what all repairs share.
   *
   * @param ledger the checkpoint
   * @param limits what one file may hold
   * @throws IOException when the checkpoint's file system cannot be reached
   */
  public ChunkRepair(Ledger ledger, FileLimits limits) throws IOException {
    this.ledger = ledger;
    this.files = new ChunkFiles(ledger);
    this.limits = limits;
  }

  /**
   * The rows of a file whose error may pass, and those without any entry.
   *
   * @param schemaRetries how often a row is asked again whose answer does not fit its schema
   */
  List<Chunk> again(List<Chunk> chunks, int schemaRetries) throws IOException {
    LedgerLookup kept = ledger.lookup();
    try (ChunkWriter writer = files.writer(limits, ledger)) {
      for (Chunk chunk : chunks) {
        copy(
            chunk,
            writer,
            line -> {
              Entry entry = kept.find(RequestLine.fingerprint(line));
              return entry == null
                  || (entry.outcome() instanceof Outcome.Failed failed
                      && mayPass(failed, entry.attempts(), schemaRetries));
            });
      }
      return writer.finish();
    }
  }

  /**
   * Whether asking again may help. A line asks the same as before, so that answers which did not
   * fit get few further chances.
   *
   * @param round how often the row was asked
   */
  static boolean mayPass(Outcome.Failed failed, int round, int schemaRetries) {
    return failed.type().isRetryable()
        && (failed.type() != ErrorType.SCHEMA_MISMATCH || round <= schemaRetries);
  }

  /**
   * Takes out the lines that the service refused; their rows get their error.
   *
   * @param file the file
   * @param problems what the service says of its lines
   * @return the chunks of the other lines, old ones where none of theirs was refused
   * @throws IOException when a chunk or the checkpoint cannot be read or written
   */
  public List<Chunk> withoutRefused(RequestFile file, List<RemoteBatch.Problem> problems)
      throws IOException {
    TreeMap<Integer, RemoteBatch.Problem> byLine = new TreeMap<>();
    problems.forEach(problem -> byLine.putIfAbsent(problem.line(), problem));
    List<Chunk> left = new ArrayList<>();
    int before = 0;
    try (LedgerWriter refused = ledger.writer()) {
      for (Chunk chunk : file.chunks()) {
        Map<Integer, RemoteBatch.Problem> here =
            byLine.subMap(before + 1, true, before + chunk.requests(), true);
        if (here.isEmpty()) {
          left.add(chunk);
        } else {
          left.addAll(without(chunk, before, here, file, refused));
        }
        before += chunk.requests();
      }
    }
    return left;
  }

  private List<Chunk> without(
      Chunk chunk,
      int before,
      Map<Integer, RemoteBatch.Problem> problems,
      RequestFile file,
      LedgerWriter refused)
      throws IOException {
    int[] line = {before};
    try (ChunkWriter writer = files.writer(limits, ledger)) {
      copy(
          chunk,
          writer,
          text -> {
            RemoteBatch.Problem problem = problems.get(++line[0]);
            if (problem != null) {
              refused.append(entry(RequestLine.fingerprint(text), problem, file));
            }
            return problem == null;
          });
      return writer.finish();
    }
  }

  private static Entry entry(String fingerprint, RemoteBatch.Problem problem, RequestFile file) {
    return new Entry(
        fingerprint,
        Outcome.Failed.of(
            ErrorType.INVALID_REQUEST,
            problem.code(),
            "The Batch API refused the row's line: " + problem.message()),
        file.round(),
        0,
        file.batchId(),
        System.currentTimeMillis());
  }

  /**
   * Makes chunks of at most so many tokens. Rows that have more get their error.
   *
   * @param chunks chunks
   * @return the chunks that are small enough, and parts of the others
   * @throws IOException when a chunk or the checkpoint cannot be read or written
   */
  public List<Chunk> split(List<Chunk> chunks) throws IOException {
    List<Chunk> small = new ArrayList<>();
    try (LedgerWriter refused = ledger.writer()) {
      for (Chunk chunk : chunks) {
        if (chunk.tokens() <= limits.chunk().tokens()) {
          small.add(chunk);
          continue;
        }
        try (ChunkWriter writer = files.writer(limits, ledger)) {
          copy(
              chunk,
              writer,
              line -> {
                long tokens = tokens(chunk, line);
                if (tokens > limits.tokens()) {
                  refused.append(
                      TooLong.entry(
                          RequestLine.fingerprint(line), line.length + 1L, tokens, limits));
                }
                return tokens <= limits.tokens();
              });
          small.addAll(writer.finish());
        }
      }
    }
    return small;
  }

  /** Whether a line is copied. */
  private interface Choice {
    boolean isTaken(byte[] line) throws IOException;
  }

  private void copy(Chunk chunk, ChunkWriter writer, Choice choice) throws IOException {
    try (LineReader lines = files.read(chunk)) {
      for (int i = 0; i < chunk.requests(); i++) {
        Cancelled.check();
        byte[] line = lines.require();
        if (choice.isTaken(line)) {
          byte[] ended = Arrays.copyOf(line, line.length + 1);
          ended[line.length] = '\n';
          writer.add(RequestLine.fingerprint(line), new RequestLine(ended, tokens(chunk, line)));
        }
      }
    }
  }

  /** The line's part of its chunk's tokens, rounded up. */
  private static long tokens(Chunk chunk, byte[] line) {
    return (chunk.tokens() * (line.length + 1) + chunk.bytes() - 1) / chunk.bytes();
  }
}
