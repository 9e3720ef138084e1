package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.Message;
import io.sparkllm.prompt.RowMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Requests of many rows and their replies as texts, for the tests of this package. */
final class Forms {
  private final ApiCodec api;
  private final RequestCodec codec;
  private final LlmOptions options;

  private Forms(LlmOptions options) {
    this.options = options;
    this.api = ApiCodec.of(options, false);
    this.codec = RequestCodec.of(options, api);
  }

  static Forms of(String... options) {
    return new Forms(Codecs.options(options));
  }

  RequestCodec codec() {
    return codec;
  }

  List<Message> messages(String text) {
    StructType schema = new StructType().add("text", DataTypes.StringType);
    return new RowMessages(options, schema, false, ZoneOffset.UTC).of(RowFactory.create(text));
  }

  /** The body of a row's own request. */
  String encoded(String text) {
    return text(api.encode(messages(text)));
  }

  List<byte[]> items(String... texts) {
    return Stream.of(texts).map(text -> codec.item(messages(text))).toList();
  }

  JsonNode body(String... texts) {
    return json(text(codec.body(items(texts))));
  }

  Reading read(String reply, String... texts) {
    return read(200, reply, texts);
  }

  Reading read(int status, String reply, String... texts) {
    ReplyReader reader = new ReplyReader(api, text -> text.replace("sk-4711", "<hidden>"));
    return reader.read(
        codec,
        items(texts),
        status,
        Map.of("x-request-id", "q7"),
        reply.getBytes(StandardCharsets.UTF_8),
        Codecs.NOW);
  }

  Reading.Each each(String reply, String... texts) {
    return (Reading.Each) read(reply, texts);
  }

  Failure failure(int status, String reply) {
    return ((Reading.NotAnswered) read(status, reply, "a", "b")).failure();
  }

  /** What a server answers to texts. */
  Reading ask(String base, String... texts) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + codec.path()))
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofByteArray(codec.body(items(texts))))
            .build();
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      return read(response.statusCode(), response.body(), texts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows' answers; the type of their error, or null where the reply does not tell. */
  static List<String> told(Reading reading) {
    List<String> told = new ArrayList<>();
    for (Reading row : ((Reading.Each) reading).rows()) {
      told.add(
          row == null
              ? null
              : row instanceof Reading.Answered answered
                  ? answered.answer().text()
                  : ((Reading.NotAnswered) row).failure().error().type().toString());
    }
    return told;
  }

  static List<Outcome.Answer> answers(Reading reading) {
    return ((Reading.Each) reading)
        .rows().stream().map(row -> ((Reading.Answered) row).answer()).toList();
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static JsonNode json(String text) {
    try {
      return Codecs.JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** JSON in whose texts double quotes are ʺ and single ones ʼ; all others are JSON's own. */
  static String oddQuotes(String text) {
    return text.replace('\'', '"').replace('ʼ', '\'').replace("ʺ", "\\\"");
  }

  /** What the model echo of the local endpoint answers. */
  static String echo(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
