package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot work is said by {@code transform}, on one line, before any call. */
@SparkTest
@ExtendWith(LeakCheck.class)
class BadInputTest {
  private static final String ENV = "SPARK_LLM_TEST_NO_SUCH_KEY";

  private final Dataset<Row> input;

  BadInputTest(SparkSession spark) {
    this.input = spark.range(3).selectExpr("id", "'row ' || id text", "1 `Response`", "2 num");
  }

  private static Arguments wrong(String what, Function<Llm, Llm> settings, String... said) {
    return Arguments.of(what, settings, List.of(said));
  }

  static Stream<Arguments> wrongSettings() {
    return Stream.of(
        wrong(
            "a prompt with a column that is not there",
            llm -> llm.prompt("{txet}"),
            "prompt",
            "txet",
            "id, text",
            "{{txet}}"),
        wrong(
            "a system message with a column that is not there",
            llm -> llm.system("{nope}"),
            "system",
            "nope",
            "id, text"),
        wrong(
            "a messages column that is not there",
            llm -> of(llm, Map.of("messagesCol", "nope"), "prompt"),
            "messagesCol",
            "nope",
            "id, text"),
        wrong(
            "a messages column of a wrong type",
            llm -> of(llm, Map.of("messagesCol", "num"), "prompt"),
            "messagesCol",
            "num",
            "int",
            "array<struct<role:string,content:string>>"),
        wrong(
            "a text column that is not there",
            llm -> of(llm, Map.of("textCol", "nope"), "prompt"),
            "textCol",
            "nope",
            "id, text"),
        wrong(
            "an instruction with a column, for many rows in one prompt",
            llm -> of(llm, Map.of("mode", "packed", "system", "No {id}")),
            "system",
            "mode=packed",
            "put the column into prompt"),
        wrong(
            "an instruction for embeddings",
            llm -> of(llm, Map.of("api", "embeddings", "system", "Be kind")),
            "system",
            "api=embeddings",
            "leave it out"),
        wrong(
            "many rows in a request of one",
            llm -> of(llm, Map.of("batchSize", "8")),
            "batchSize is 8",
            "mode=realtime",
            "array or packed"),
        wrong(
            "an option of another API",
            llm -> of(llm, Map.of("dimensions", "8")),
            "dimensions",
            "api=embeddings"),
        wrong(
            "an answer column that is there already",
            llm -> llm.responseCol("response"),
            "response",
            "drop it",
            "responseCol"),
        wrong(
            "an error column named as the answer column",
            llm -> llm.errorCol("answer"),
            "answer",
            "errorCol"),
        wrong(
            "no key for a remote service",
            llm -> llm.endpoint("https://llm.example.com/v1").apiKeyEnv(ENV),
            "llm.example.com",
            ENV,
            "apiKeyFile",
            "authHeader=none"),
        wrong(
            "a key over plain HTTP",
            llm -> llm.endpoint("http://llm.example.com/v1").apiKey("k-123456"),
            "endpoint",
            "http://llm.example.com/v1",
            "https",
            "allowHttpKey=true"),
        wrong(
            "a key file that is not there",
            llm -> llm.endpoint("https://llm.example.com/v1").apiKeyFile("/no/such/file"),
            "apiKeyFile",
            "/no/such/file"),
        wrong(
            "an endpoint with the path of the call",
            llm -> llm.endpoint("https://llm.example.com/v1/chat/completions"),
            "endpoint",
            "base URL"),
        wrong(
            "an endpoint that is no URL",
            llm -> llm.endpoint("llm.example.com"),
            "endpoint",
            "llm.example.com",
            "http"),
        wrong("no model", llm -> of(llm, Map.of(), "model"), "model", "endpoint=local"),
        wrong("no prompt", llm -> of(llm, Map.of(), "prompt"), "prompt", "textCol", "messagesCol"),
        wrong(
            "a prompt and a messages column",
            llm -> llm.messagesCol("text"),
            "prompt",
            "messagesCol"),
        wrong("a prompt and a text column", llm -> llm.textCol("text"), "prompt", "textCol"),
        wrong(
            "an unknown option",
            llm -> of(llm, Map.of("requestsPerMin", "5")),
            "requestsPerMin",
            "requestsPerMinute"),
        wrong(
            "a number out of range", llm -> llm.concurrency(0), "concurrency", "'0'", "1 to 4096"),
        wrong(
            "a text for a number",
            llm -> of(llm, Map.of("maxattempts", "many")),
            "maxAttempts",
            "'many'",
            "1 to 100"),
        wrong(
            "a ratio above one",
            llm -> llm.maxErrorRatio(1.5),
            "maxErrorRatio",
            "'1.5'",
            "0.0 to 1.0"),
        wrong(
            "an unknown choice",
            llm -> of(llm, Map.of("on-fatal", "ignore")),
            "onFatal",
            "'ignore'",
            "fail, column"),
        wrong(
            "a time that is too long",
            llm -> llm.requestTimeout(Duration.ofDays(3)),
            "requestTimeout",
            "such as 500ms"),
        wrong(
            "params that are no JSON object",
            llm -> llm.params("[1]"),
            "params",
            "'[1]'",
            "JSON object"),
        wrong(
            "a header that breaks out of its line",
            llm -> llm.headers(Map.of("X-Team", "a\r\nb")),
            "headers",
            "X-Team",
            "ASCII"));
  }

  /** The same settings from texts, with some added and one left out. */
  private static Llm of(Llm llm, Map<String, String> added, String... without) {
    Map<String, String> texts = new LinkedHashMap<>(llm.options().texts());
    List.of(without).forEach(texts::remove);
    texts.putAll(added);
    return Llm.of(LlmOptions.of(texts));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongSettings")
  void isToldBeforeAnyCall(String what, Function<Llm, Llm> settings, List<String> said) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Llm llm = Scripted.echo(endpoint).responseCol("answer");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> settings.apply(llm).transform(input))
          .satisfies(
              e ->
                  assertThat(e.getMessage())
                      .contains(said)
                      .doesNotContain("\n", "k-123456", "a\r"));
      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @Test
  void transformMakesNoCallByItself() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      Dataset<Row> output = Scripted.echo(endpoint).responseCol("answer").transform(input);
      output.explain(true);
      output.printSchema();

      assertThat(endpoint.stats().requests()).isZero();
    }
  }

  @Test
  void aCaseSensitiveSessionTellsColumnsApartByCase(SparkSession spark) {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      spark.conf().set("spark.sql.caseSensitive", "true");

      assertThat(Scripted.echo(endpoint).transform(input).columns())
          .contains("Response", "response");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Scripted.echo(endpoint).prompt("{TEXT}").transform(input));
    } finally {
      spark.conf().unset("spark.sql.caseSensitive");
    }
  }
}
