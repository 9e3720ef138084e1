package io.sparkllm.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputsCodecTest {
  private static final String A = "AACAPw==";
  private static final String B = "AAAAQA==";
  private static final String C = "AABAQA==";

  private final Inputs inputs = new Inputs("embeddings");

  /** Items of a list, each an index and a number; either may be left out. */
  private static String reply(String... items) {
    String data =
        String.join(
            ",",
            Stream.of(items)
                .map(item -> item.split("=", -1))
                .map(
                    item ->
                        "{\"embedding\":["
                            + item[1]
                            + "]"
                            + (item[0].isEmpty() ? "}" : ",\"index\":" + item[0] + "}"))
                .toList());
    return "{\"model\":\"m-1\",\"data\":[" + data + "]}";
  }

  private static String reply(String items) {
    return reply(items.split(" "));
  }

  @Test
  void putsTheInputsIntoOneArray() {
    assertThat(inputs.body("a", "\"b\"", "ä"))
        .isEqualTo(
            "{\"model\":\"m\",\"encoding_format\":\"base64\",\"input\":[\"a\",\"\\\"b\\\"\",\"ä\"]}");
  }

  @Test
  void asksForOneRowAsItsMessagesWould() {
    assertThat(inputs.alone("a\n")).isEqualTo(inputs.encoded("a\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "in order,                 0=1 1=2 2=3,         AACAPw== AAAAQA== AABAQA==",
    "shuffled,                 2=3 0=1 1=2,         AACAPw== AAAAQA== AABAQA==",
    "one missing,              2=3 0=1,             AACAPw== null AABAQA==",
    "one too high,             0=1 1=2 3=3,         AACAPw== AAAAQA== null",
    "one below zero,           0=1 1=2 -1=3,        AACAPw== AAAAQA== null",
    "one that is no number,    0=1 1=2 \"2\"=3,     AACAPw== AAAAQA== null",
    "one beyond all integers,  0=1 1=2 4294967298=3, AACAPw== AAAAQA== null",
    "one without,              0=1 1=2 =3,          AACAPw== AAAAQA== null",
    "one told twice alike,     0=1 1=2 1=2 2=3,     AACAPw== AAAAQA== AABAQA==",
    "one told twice,           0=1 1=2 1=3 2=3,     AACAPw== null AABAQA==",
    "one told thrice,          0=1 1=2 1=3 1=2 2=3, AACAPw== null AABAQA==",
    "all the same,             0=1 0=2 0=3,         null null null",
    "none and the right size,  =1 =2 =3,            AACAPw== AAAAQA== AABAQA==",
    "none and one too few,     =1 =2,               null null null",
    "none and one too many,    =1 =2 =3 =4,         null null null",
  })
  void putsVectorsToTheirInputsByIndex(String indices, String items, String told) {
    assertThat(inputs.told(3, reply(items))).as(indices).isEqualTo(List.of(told.split(" ")));
  }

  @Test
  void givesEveryAnswerTheModelOfTheReply() {
    assertThat(inputs.each(2, reply("0=1 1=2")).rows())
        .containsExactly(
            new Reading.Answered(new Outcome.Answer(A, "m-1", null, Usage.UNKNOWN, null)),
            new Reading.Answered(new Outcome.Answer(B, "m-1", null, Usage.UNKNOWN, null)));
  }

  @Test
  void failsOnlyTheRowWhoseVectorIsNone() {
    assertThat(inputs.told(3, reply("0=1", "1=1e39", "2=3")))
        .containsExactly(A, "invalid_response", C);
  }

  @Test
  void asksARowAgainWhoseVectorIsNoneAndNamesTheRequest() {
    Reading.Each each =
        (Reading.Each)
            inputs.read(List.of("a"), Map.of("x-request-id", "req-1"), reply("0=\"no\""));

    assertThat(((Reading.NotAnswered) each.rows().get(0)).failure())
        .satisfies(
            f -> {
              assertThat(f.reaction()).isEqualTo(Reaction.RETRY);
              assertThat(f.error().requestId()).isEqualTo("req-1");
              assertThat(f.error().status()).isEqualTo(200);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "7", "null", "{\"data\":{\"0\":[1]}}", "{\"data\":null}"})
  void asksAllAgainWhereThereIsNoList(String reply) {
    assertThat(((Reading.NotAnswered) inputs.read(List.of("a", "b"), Map.of(), reply)).failure())
        .extracting(f -> f.error().type(), Failure::reaction)
        .containsExactly(ErrorType.INVALID_RESPONSE, Reaction.RETRY);
  }

  @Test
  void sharesTheTokensOutByLengthSoThatTheSumIsExact() {
    String reply =
        reply("0=1 1=2 2=3")
            .replace(
                "\"model\"", "\"usage\":{\"prompt_tokens\":100,\"total_tokens\":100},\"model\"");

    Reading.Each each =
        (Reading.Each) inputs.read(List.of("x", "x".repeat(98), "x".repeat(31)), Map.of(), reply);

    // The items are 3, 100 and 33 bytes long.
    assertThat(each.rows())
        .extracting(row -> ((Reading.Answered) row).answer().usage())
        .containsExactly(
            new Usage(2L, null, 0L, 2L),
            new Usage(74L, null, 0L, 74L),
            new Usage(24L, null, 0L, 24L));
    assertThat(each.usage()).isEqualTo(new Usage(100L, null, 0L, 100L));
  }
}
