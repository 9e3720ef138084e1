package io.sparkllm.local.batch;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.sparkllm.local.files.FileStore;
import io.sparkllm.local.files.StoredFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The output file and the error file of one batch, written line by line as its requests run. Not
 * thread-safe.
 */
final class ResultFiles {
  private final FileStore store;
  private final String batchId;
  private final String suffix;
  private final Target output = new Target();
  private final Target errors = new Target();
  private long written;

  ResultFiles(FileStore store, String batchId) {
    this.store = store;
    this.batchId = batchId;
    this.suffix = batchId.substring(batchId.length() - 12);
  }

  /** Writes down what became of a line that ran. */
  void ran(String customId, LineOutcome outcome, BatchScript.Dialect dialect) throws IOException {
    if (outcome.form() == LineOutcome.Form.OMITTED) {
      return;
    }
    if (outcome.form() == LineOutcome.Form.TIMED_OUT) {
      didNotRun(customId, "request_timeout", "The request timed out.", dialect);
      return;
    }
    byte[] line = response(customId, outcome, dialect).getBytes(StandardCharsets.UTF_8);
    OutputStream file = (outcome.status() == 200 ? output : errors).open();
    file.write(line, 0, outcome.form() == LineOutcome.Form.CUT ? line.length / 2 : line.length);
    file.write('\n');
    if (outcome.form() == LineOutcome.Form.DOUBLED) {
      file.write(line);
      file.write('\n');
    }
  }

  /** Writes down that a line has not run, with a null response. */
  void didNotRun(String customId, String code, String message, BatchScript.Dialect dialect)
      throws IOException {
    String line =
        head(customId, dialect)
            + ",\"response\":null,\"error\":{\"code\":\""
            + code
            + "\",\"message\":\""
            + message
            + "\"}}\n";
    errors.open().write(line.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Closes the files and stores those that have lines, or all where the script wants empty ones.
   */
  void store(long lifeSeconds, boolean emptyOnes) throws IOException {
    output.store("output", StoredFile.Role.OUTPUT, lifeSeconds, emptyOnes);
    errors.store("error", StoredFile.Role.ERRORS, lifeSeconds, emptyOnes);
  }

  /** Id of the output file once it is stored; null = no line was answered. */
  String outputId() {
    return output.id;
  }

  /** Id of the error file once it is stored; null = no line failed. */
  String errorsId() {
    return errors.id;
  }

  /** Closes and removes what is not stored. */
  void discard() {
    output.discard();
    errors.discard();
  }

  private String response(String customId, LineOutcome outcome, BatchScript.Dialect dialect) {
    return head(customId, dialect)
        + ",\"response\":{\"status_code\":"
        + outcome.status()
        + ",\"request_id\":\""
        + (outcome.status() == 0 ? "" : requestId(dialect))
        + "\",\"body\":"
        + outcome.body()
        + "},\"error\":null}";
  }

  private String head(String customId, BatchScript.Dialect dialect) {
    written++;
    String id =
        dialect == BatchScript.Dialect.AZURE
            ? "{"
            : "{\"id\":\"batch_req_" + suffix + Long.toHexString(written) + "\",";
    return id
        + "\"custom_id\":\""
        + new String(JsonStringEncoder.getInstance().quoteAsString(customId))
        + "\"";
  }

  private String requestId(BatchScript.Dialect dialect) {
    return dialect == BatchScript.Dialect.AZURE
        ? new UUID(batchId.hashCode(), written).toString()
        : "req_" + suffix + Long.toHexString(written);
  }

  /** One of the two. */
  private final class Target {
    private Path path;
    private OutputStream out;
    private String id;

    private OutputStream open() throws IOException {
      if (out == null) {
        path = store.scratch();
        out = new BufferedOutputStream(Files.newOutputStream(path), 65_536);
      }
      return out;
    }

    private void store(String kind, StoredFile.Role role, long lifeSeconds, boolean emptyOnes)
        throws IOException {
      if (emptyOnes) {
        open();
      }
      if (out != null) {
        out.close();
        String name = batchId + "_" + kind + ".jsonl";
        id =
            store
                .add(path, new StoredFile.Description(name, "batch_output", role, lifeSeconds))
                .id();
      }
    }

    private void discard() {
      if (out != null && id == null) {
        try {
          out.close();
          Files.deleteIfExists(path);
        } catch (IOException e) {
          // The store removes its folder in the end.
        }
      }
    }
  }
}
