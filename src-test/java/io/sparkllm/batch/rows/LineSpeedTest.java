package io.sparkllm.batch.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.LlmOptions;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.ReplyReader;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.openai.ResultLine;
import io.sparkllm.prompt.RowMessages;
import io.sparkllm.shaded.jackson.databind.JsonNode;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lines of requests and of results on one core, beside Jackson alone on the same lines: it writes
 * trees that are there already, and reads lines into trees that nobody looks at.
 */
@Tag("once")
class LineSpeedTest {
  private static final int LINES = 50_000;
  private static final int ROUNDS = 9;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LlmOptions OPTIONS =
      LlmOptions.of(
          Map.of(
              "model", "m", "system", "You label support tickets.", "prompt", "Classify: {text}"));

  @TempDir Path folder;
  private final ApiCodec codec = ApiCodec.of(OPTIONS, true);

  /** Reads or writes all lines; gives the bytes. */
  private interface Work {
    long run() throws IOException;
  }

  private static String fingerprint(int i) {
    return String.format(Locale.ROOT, "%064x", i);
  }

  private static Row row(int i) {
    return RowFactory.create("Ticket " + i + ": the app closes by itself. ".repeat(12));
  }

  private static byte[] reply(int i) {
    return String.format(
            Locale.ROOT,
            "{\"id\":\"batch_req_%d\",\"custom_id\":\"%s\",\"response\":{\"status_code\":200,"
                + "\"request_id\":\"req_%d\",\"body\":{\"id\":\"chatcmpl-%d\",\"object\":"
                + "\"chat.completion\",\"created\":1711475054,\"model\":\"m\",\"choices\":[{"
                + "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Answer %d, of some"
                + " words and \\u00fcmlauts.\",\"refusal\":null},\"logprobs\":null,"
                + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":124,"
                + "\"completion_tokens\":15,\"total_tokens\":139},\"system_fingerprint\":null}},"
                + "\"error\":null}%n",
            i,
            fingerprint(i),
            i,
            i,
            i)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void compare(String what, Work ours, Work jackson) throws IOException {
    double[] our = new double[ROUNDS];
    double[] their = new double[ROUNDS];
    long bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      bytes = ours.run();
      long half = System.nanoTime();
      jackson.run();
      our[i] = (half - start) / 1e9;
      their[i] = (System.nanoTime() - half) / 1e9;
    }
    double mine = median(our);
    double alone = median(their);
    System.out.printf(
        Locale.ROOT,
        "%s: %,.0f lines/s, %.0f MB/s; Jackson alone %,.0f lines/s, %.0f MB/s; ratio %.2f"
            + " (medians of %d runs, %d bytes a line)%n",
        what,
        LINES / mine,
        bytes / 1e6 / mine,
        LINES / alone,
        bytes / 1e6 / alone,
        alone / mine,
        ROUNDS,
        bytes / LINES);
  }

  private static double median(double[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }

  @Test
  void requestsAreWritten() throws IOException {
    Ledger ledger = Ledger.open(folder.toString(), new Configuration());
    StructType schema = new StructType().add("text", DataTypes.StringType);
    RowMessages messages = new RowMessages(OPTIONS, schema, false, ZoneOffset.UTC);
    List<Row> rows = IntStream.range(0, LINES).mapToObj(LineSpeedTest::row).toList();
    FileLimits limits = new FileLimits(50_000, FileLimits.MOST_BYTES, Long.MAX_VALUE);
    List<Chunk> chunks = new ArrayList<>();
    Work ours =
        () -> {
          chunks.clear();
          try (ChunkWriter writer = new ChunkFiles(ledger).writer(limits, ledger)) {
            for (int i = 0; i < LINES; i++) {
              var asked = messages.of(rows.get(i));
              String id = fingerprint(i);
              writer.add(
                  id, RequestLine.of(id, "/v1/chat/completions", codec.encode(asked), asked));
            }
            chunks.addAll(writer.finish());
          }
          return chunks.stream().mapToLong(Chunk::bytes).sum();
        };
    ours.run();
    List<JsonNode> trees = new ArrayList<>();
    for (Chunk chunk : chunks) {
      try (LineReader reader = new ChunkFiles(ledger).read(chunk)) {
        for (byte[] line = reader.next(); line != null; line = reader.next()) {
          trees.add(JSON.readTree(line));
        }
      }
    }
    assertThat(trees).hasSize(LINES);

    compare(
        "writing requests",
        ours,
        () -> {
          long bytes = 0;
          Path file = folder.resolve("jackson.jsonl");
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (JsonNode tree : trees) {
              byte[] line = JSON.writeValueAsBytes(tree);
              out.write(line);
              out.write('\n');
              bytes += line.length + 1;
            }
          }
          return bytes;
        });
  }

  @Test
  void resultsAreRead() throws IOException {
    Path file = folder.resolve("results.jsonl");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < LINES; i++) {
        out.write(reply(i));
      }
    }
    ResultLine lines = new ResultLine(new ReplyReader(codec, text -> text));

    compare(
        "reading results",
        () -> {
          int answers = 0;
          try (LineReader reader = new LineReader(Files.newInputStream(file))) {
            for (byte[] line = reader.next(); line != null; line = reader.next()) {
              answers +=
                  ResultLine.customId(line) != null && lines.read(line) instanceof Reading.Answered
                      ? 1
                      : 0;
            }
          }
          assertThat(answers).isEqualTo(LINES);
          return Files.size(file);
        },
        () -> {
          try (LineReader reader = new LineReader(Files.newInputStream(file))) {
            for (byte[] line = reader.next(); line != null; line = reader.next()) {
              JSON.readTree(line);
            }
          }
          return Files.size(file);
        });
  }
}
