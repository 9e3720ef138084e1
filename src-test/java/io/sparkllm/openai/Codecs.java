package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkllm.LlmOptions;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.RowMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Bodies and replies as texts, for the tests of this package. */
final class Codecs {
  /** Spark's own Jackson; the library's is relocated. */
  static final ObjectMapper JSON = new ObjectMapper();

  static final Instant NOW = Instant.parse("2024-07-01T10:00:00Z");

  private Codecs() {}

  static LlmOptions options(String... pairs) {
    Map<String, String> texts = new HashMap<>(Map.of("model", "m", "prompt", "{text}"));
    for (int i = 0; i < pairs.length; i += 2) {
      texts.put(pairs[i], pairs[i + 1]);
    }
    return LlmOptions.of(texts);
  }

  /** The request body for a prompt. */
  static JsonNode body(LlmOptions options, boolean openAi, String prompt) {
    StructType schema = new StructType().add("text", DataTypes.StringType);
    RowMessages messages = new RowMessages(options, schema, false, ZoneOffset.UTC);
    byte[] body = ApiCodec.of(options, openAi).encode(messages.of(RowFactory.create(prompt)));
    try {
      return JSON.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Reading read(String api, int status, Map<String, String> headers, String body) {
    ReplyReader reader =
        new ReplyReader(
            ApiCodec.of(options("api", api), true), text -> text.replace("sk-4711", "<hidden>"));
    return reader.read(status, headers, body.getBytes(StandardCharsets.UTF_8), NOW);
  }

  static Outcome.Answer answer(String api, String body) {
    return ((Reading.Answered) read(api, 200, Map.of(), body)).answer();
  }

  static Failure failure(String api, int status, Map<String, String> headers, String body) {
    return ((Reading.NotAnswered) read(api, status, headers, body)).failure();
  }

  static Failure failure(int status, String body) {
    return failure("chat", status, Map.of(), body);
  }
}
