package io.sparkllm.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.config.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.Path;

/**
 * The file that makes a directory a ledger. Its content follows from the format alone, so that two
 * who make a ledger at once write the same.
 *
 * @param buckets number of buckets
 */
record LedgerFormat(int buckets) {
  static final String FILE = LedgerFiles.OWN + ".json";

  /** Raised when older versions would misread what this one writes. */
  static final int VERSION = 1;

  private static final String NAME = "spark-llm-ledger";

  /** Enough for 10,000 tasks to share in 40 waves, few enough for a folder each. */
  private static final int BUCKETS = 256;

  private static final int MAX_BUCKETS = 1000;

  /** A directory that is no ledger, or none that this version reads; the message tells the cure. */
  static final class UnusableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  /**
   * Reads the file.
   *
   * @return null when there is none
   * @throws UnusableException when it is of a newer format, or damaged
   */
  static LedgerFormat read(LedgerFiles files) throws IOException {
    String text;
    try (InputStream in = files.open(files.file(FILE))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return null;
    }
    try {
      JsonNode json = Json.parse(text);
      int buckets = json.path("buckets").asInt();
      if (json.path("format").asText().equals(NAME)) {
        int version = json.path("version").asInt();
        if (version > VERSION) {
          throw new UnusableException(
              String.format(
                  "which a newer version of this library wrote (format %d, this one knows %d); use"
                      + " that version, or another directory",
                  version, VERSION));
        }
        if (version > 0 && buckets > 0 && buckets <= MAX_BUCKETS) {
          return new LedgerFormat(buckets);
        }
      }
    } catch (JsonProcessingException e) {
      // As damaged as one with other content.
    }
    throw new UnusableException(
        String.format(
            "whose %s is damaged; give another directory, or put back what a run writes there: %s",
            FILE, new LedgerFormat(BUCKETS).text().strip()));
  }

  /** Writes the file of a new ledger, unless somebody else just did; theirs says the same. */
  static LedgerFormat create(LedgerFiles files, Storage storage) throws IOException {
    LedgerFormat format = new LedgerFormat(BUCKETS);
    Path file = files.file(FILE);
    // Where an unfinished file is seen, it must not be seen under its name.
    Path written = storage.showsOpen() ? files.file(FILE + "." + UUID.randomUUID() + ".new") : file;
    try (OutputStream out = files.create(written)) {
      out.write(format.text().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (!files.exists(file)) {
        throw e;
      }
    }
    if (!written.equals(file)) {
      try {
        files.rename(written, file);
      } catch (IOException e) {
        if (!files.exists(file)) {
          throw e;
        }
        files.delete(written);
      }
    }
    // Theirs, should it be another version's.
    return read(files);
  }

  private String text() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", NAME);
    fields.put("version", VERSION);
    fields.put("buckets", buckets);
    return Json.write(fields) + "\n";
  }
}
