package io.sparkllm.batch.rows;

import io.sparkllm.ledger.Ledger;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Writes lines into chunks, one after the other. Not thread-safe. */
final class ChunkWriter implements AutoCloseable {
  /** Makes a file. */
  interface Files {
    OutputStream create(String name) throws IOException;
  }

  private final FileLimits limits;
  private final Ledger ledger;
  private final Files files;
  private final List<Chunk> written = new ArrayList<>();

  private OutputStream out;
  private String name;
  private int requests;
  private long bytes;
  private long tokens;
  private int firstBucket;
  private int lastBucket;

  ChunkWriter(FileLimits limits, Ledger ledger, Files files) {
    this.limits = limits;
    this.ledger = ledger;
    this.files = files;
  }

  /** Adds a line; they come in the order of their fingerprints. */
  void add(String fingerprint, RequestLine line) throws IOException {
    int bucket = ledger.bucketOf(fingerprint);
    if (out != null
        && !limits.holds(requests + 1L, bytes + line.bytes().length, tokens + line.tokens())) {
      end();
    }
    if (out == null) {
      name = UUID.randomUUID() + ".jsonl";
      out = new BufferedOutputStream(files.create(name), 1 << 16);
      firstBucket = bucket;
    }
    out.write(line.bytes());
    requests++;
    bytes += line.bytes().length;
    tokens += line.tokens();
    lastBucket = bucket;
  }

  private void end() throws IOException {
    if (out == null) {
      return;
    }
    out.close();
    out = null;
    written.add(new Chunk(name, requests, bytes, tokens, firstBucket, lastBucket));
    requests = 0;
    bytes = 0;
    tokens = 0;
  }

  /** Ends the last chunk; gives all of them. */
  List<Chunk> finish() throws IOException {
    end();
    return List.copyOf(written);
  }

  /** Frees what a failure left open; its chunk is nobody's. */
  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
