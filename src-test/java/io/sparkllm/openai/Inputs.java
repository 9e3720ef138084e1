package io.sparkllm.openai;

import io.sparkllm.LlmOptions;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.RowMessages;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Requests of many inputs and what their replies say, as texts, for the tests of this package. */
final class Inputs {
  private final ApiCodec api;
  private final RequestCodec codec;
  private final RowMessages messages;

  /** Inputs of an API, with further options. */
  Inputs(String api, String... pairs) {
    LlmOptions options =
        Codecs.options(
            Stream.concat(Stream.of("api", api), Stream.of(pairs)).toArray(String[]::new));
    this.api = ApiCodec.of(options, true);
    this.codec = RequestCodec.of(options, this.api);
    this.messages =
        new RowMessages(
            options, new StructType().add("text", DataTypes.StringType), false, ZoneOffset.UTC);
  }

  private byte[] item(String text) {
    return codec.item(messages.of(RowFactory.create(text)));
  }

  /** What a row adds to a request. */
  String input(String text) {
    return text(item(text));
  }

  /** The body of one request for all. */
  String body(String... texts) {
    return text(codec.body(Stream.of(texts).map(this::item).toList()));
  }

  /** The body for one row, made of its item. */
  String alone(String text) {
    return text(codec.alone(item(text)));
  }

  /** The body for one row, made of its messages. */
  String encoded(String text) {
    return text(api.encode(messages.of(RowFactory.create(text))));
  }

  /** What a reply says of inputs with these texts. */
  Reading read(List<String> texts, Map<String, String> headers, String reply) {
    return new ReplyReader(api, text -> text)
        .read(
            codec,
            texts.stream().map(this::item).toList(),
            200,
            headers,
            reply.getBytes(StandardCharsets.UTF_8),
            Codecs.NOW);
  }

  /** What a reply says of each of some inputs. */
  Reading.Each each(int inputs, String reply) {
    return (Reading.Each) read(Stream.generate(() -> "a").limit(inputs).toList(), Map.of(), reply);
  }

  /** The answers in a reply to some inputs: their texts, {@code invalid_response}, or null. */
  List<String> told(int inputs, String reply) {
    return each(inputs, reply).rows().stream().map(Inputs::told).toList();
  }

  private static String told(Reading row) {
    if (row instanceof Reading.Answered answered) {
      return answered.answer().text();
    }
    return row == null ? "null" : ((Reading.NotAnswered) row).failure().error().type().wireName();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
