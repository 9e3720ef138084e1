package io.sparkllm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.LlmOptions;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an answer's text, as the ledger keeps it, is in its row. */
class AnswerValueTest {
  private static Row row(String api, String text) {
    LlmOptions options = LlmOptions.of(Map.of("model", "m", "api", api, "prompt", "{x}"));
    Outcome answer = new Outcome.Answer(text, "m", null, Usage.UNKNOWN, null);
    return new OutputColumns(options).row(Call.finished(RowFactory.create("input"), 0, answer), 1);
  }

  @Test
  void isAVectorForEmbeddings() {
    Row row = row("embeddings", "AACAPwAAIMA=");

    assertThat(row.get(1)).isEqualTo(new float[] {1.0f, -2.5f});
    assertThat(row.isNullAt(2)).isTrue();
  }

  @Test
  void isAStructForModerations() {
    Row said =
        row(
                "moderations",
                "{\"flagged\":true,\"categories\":{\"b\":true,\"a\":false},\"scores\":{\"b\":1}}")
            .getStruct(1);

    assertThat(said.getBoolean(0)).isTrue();
    assertThat(said.<String, Boolean>getJavaMap(1)).isEqualTo(Map.of("a", false, "b", true));
    assertThat(said.<String, Double>getJavaMap(2)).isEqualTo(Map.of("b", 1.0));
  }

  @ParameterizedTest
  @CsvSource({"chat", "responses"})
  void isTheTextWhereThatIsTheAnswer(String api) {
    assertThat(row(api, "{\"flagged\":true}").get(1)).isEqualTo("{\"flagged\":true}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "embeddings | not base64",
        "embeddings | AAA=",
        "moderations | no json",
        "moderations | {}"
      })
  void isAnErrorWhereAChangedLedgerHoldsSomethingElse(String api, String text) {
    Row row = row(api, text);

    assertThat(row.isNullAt(1)).isTrue();
    assertThat(row.getStruct(2).getString(0)).isEqualTo("invalid_response");
    assertThat(row.getStruct(2).getString(2)).contains("use a new checkpoint");
  }
}
