package io.sparkllm.contracts;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.LogWatch;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 3 without task retries: a bad job ends after a few calls, a bad row ends nothing. */
@SparkTest
@ExtendWith(LeakCheck.class)
class FatalCauseTest {
  private static final int ROWS = 500;

  private final SparkSession spark;
  private final Dataset<Row> input;

  FatalCauseTest(SparkSession spark) {
    this.spark = spark;
    this.input = spark.range(0, ROWS, 1, 4).selectExpr("id", "'row ' || id text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"requireKey\": \"right\"} | auth | apiKeyEnv",
        "{\"faults\": [{\"kind\": \"quota\"}]} | quota | spending limits",
        "{\"faults\": [{\"kind\": \"model_not_found\"}]} | not_found | model and endpoint",
        "{\"faults\": [{\"status\": 403}]} | auth | apiKeyEnv",
        "{\"faults\": [{\"status\": 404}]} | not_found | model and endpoint",
      })
  void isToldOnceAfterAFewCalls(String script, String type, String cure) {
    try (LocalEndpoint endpoint = Scripted.endpoint(script)) {
      assertStops(
          () -> Scripted.echo(endpoint).transform(input).collectAsList(),
          endpoint.url(),
          type,
          cure);
      assertThat(endpoint.stats().requests()).isBetween(1L, 16L);
    }
  }

  @Test
  void isOneErrorInTheLog() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"requireKey\": \"right\"}");
        LogWatch log = new LogWatch()) {
      assertThatThrownBy(() -> Scripted.echo(endpoint).transform(input).collectAsList())
          .hasMessageContaining("Stopped calling");

      assertThat(log.lines())
          .filteredOn(line -> line.startsWith("ERROR"))
          .singleElement()
          .asString()
          .startsWith("ERROR Stopped calling " + endpoint.url());
    }
  }

  @Test
  void anUnknownModelIsNamed() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{}")) {
      assertStops(
          () -> Scripted.echo(endpoint).model("gpt-none").transform(input).collectAsList(),
          "gpt-none",
          "not_found",
          "model and endpoint");
      assertThat(endpoint.stats().requests()).isBetween(1L, 16L);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"requireKey\": \"right\"} | auth",
        "{\"faults\": [{\"kind\": \"quota\"}]} | quota",
        "{\"faults\": [{\"kind\": \"model_not_found\"}]} | not_found",
      })
  void fillsTheErrorColumnWithoutCallingWhereAsked(String script, String type) {
    try (LocalEndpoint endpoint = Scripted.endpoint(script)) {
      Dataset<Row> output =
          Scripted.echo(endpoint).onFatal(OnFatal.COLUMN).transform(input).localCheckpoint();

      assertThat(output.filter(expr("response is null and error is not null")).count())
          .isEqualTo(ROWS);
      assertThat(output.select("error.type").distinct().collectAsList())
          .extracting(row -> row.getString(0))
          .containsExactlyInAnyOrder(type, "not_attempted");
      assertThat(
              output
                  .filter(
                      expr(
                          "error.type = 'not_attempted' and error.attempts = 0 and error.retryable"
                              + " and error.message like 'Not asked. Stopped calling %'"))
                  .count())
          .isGreaterThanOrEqualTo(ROWS - 16);
      assertThat(endpoint.stats().requests()).isBetween(1L, 16L);
    }
  }

  @Test
  void anEndpointThatIsNotThereIsToldAfterAFewAttemptsToConnect() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Llm llm = Scripted.echo("http://127.0.0.1:" + port + "/v1");

    assertStops(
        () -> llm.transform(input).collectAsList(),
        "127.0.0.1:" + port,
        "connection",
        "option endpoint");

    Row attempts =
        llm.onFatal(OnFatal.COLUMN)
            .transform(input)
            .selectExpr("sum(error.attempts)", "count(error)", "count(response)")
            .head();
    // Two tasks with four rows each look ahead, and no row connects more than three times.
    assertThat(attempts.getLong(0)).isBetween(1L, 24L);
    assertThat(attempts.getLong(1)).isEqualTo(ROWS);
    assertThat(attempts.getLong(2)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 400})
  void oneRowsRefusalFailsThatRowAlone(int status) {
    String script =
        "{\"faults\": [{\"contains\": \"row 250.\", \"status\": %d}]}".formatted(status);
    Dataset<Row> rows = spark.range(0, ROWS, 1, 4).selectExpr("id", "'row ' || id || '.' text");
    try (LocalEndpoint endpoint = Scripted.endpoint(script)) {
      Dataset<Row> output = Scripted.echo(endpoint).transform(rows).localCheckpoint();

      List<Row> failed = output.filter(expr("error is not null")).collectAsList();
      assertThat(failed).hasSize(1);
      assertThat(failed.get(0).getLong(0)).isEqualTo(250);
      assertThat(failed.get(0).getStruct(3).<Integer>getAs("status")).isEqualTo(status);
      assertThat(output.filter(expr("response = 'sha256:' || sha2(text, 256)")).count())
          .isEqualTo(ROWS - 1);
    }
  }

  @Test
  @Tag("smoke")
  void aSecondActionAsksAgainOnceTheCauseIsGone() {
    try (LocalEndpoint endpoint = Scripted.endpoint("{\"requireKey\": \"right\"}")) {
      Dataset<Row> output = Scripted.echo(endpoint).apiKey("k-123456").transform(input);
      assertStops(output::count, endpoint.url(), "auth", "apiKeyEnv");
      assertStops(output::count, endpoint.url(), "auth", "apiKeyEnv");
      assertThat(endpoint.stats().requests()).isBetween(2L, 32L);

      endpoint.script(EndpointScript.none());

      assertThat(output.filter(expr("response = 'sha256:' || sha2(text, 256)")).count())
          .isEqualTo(ROWS);
    }
  }

  @Test
  void theErrorBudgetOfATaskFailsItWithTheNumbers() {
    try (LocalEndpoint endpoint =
        Scripted.endpoint("{\"faults\": [{\"ratio\": 0.5, \"status\": 400}]}")) {
      Llm llm = Scripted.echo(endpoint);

      assertThatThrownBy(() -> llm.maxErrorRatio(0.2).transform(input).collectAsList())
          .hasStackTraceContaining("maxErrorRatio=0.2")
          .hasStackTraceContaining("rows of a task failed");
      assertThat(llm.maxErrorRatio(0.9).transform(input).filter("error is not null").count())
          .isBetween(150L, 350L);
    }
  }

  private static void assertStops(ThrowingCallable action, String... said) {
    assertThatThrownBy(action)
        .satisfies(
            e -> {
              assertThat(e.getMessage()).contains("Stopped calling").contains(said);
              assertThat(e.getMessage()).doesNotContain("k-123456");
            });
  }
}
