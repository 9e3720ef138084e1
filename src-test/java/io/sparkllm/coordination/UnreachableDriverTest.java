package io.sparkllm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sparkllm.Llm;
import io.sparkllm.RunMonitor;
import io.sparkllm.engine.ExecutorRegistry;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.LogWatch;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.RpcUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where Spark's RPC does not lead to the coordinator: the endpoint is taken away under it. */
@SparkTest
@Tag("smoke")
class UnreachableDriverTest {
  private static final String LIMIT = "{\"rateLimit\": {\"requestsPerMinute\": 1200}}";

  private final SparkSession spark;

  UnreachableDriverTest(SparkSession spark) {
    this.spark = spark;
  }

  @BeforeEach
  @AfterEach
  void closeTheClient() {
    Awaitility.await().until(() -> ExecutorRegistry.users() == 0);
    ExecutorRegistry.closeUnused();
  }

  private Dataset<Row> rows(int count) {
    return spark.range(0, count, 1, 2).selectExpr("id", "'row ' || id text");
  }

  private static LocalEndpoint endpoint() throws IOException {
    return LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse(LIMIT));
  }

  private static Llm llm(LocalEndpoint endpoint) {
    return Llm.chat()
        .endpoint(endpoint.url())
        .model("echo")
        .prompt("{text}")
        .requestsPerMinute(1_200);
  }

  private static void takeTheDriversEndpointAway() {
    RpcEnv env = SparkEnv.get().rpcEnv();
    env.stop(RpcUtils.makeDriverRef(Coordinator.NAME, SparkEnv.get().conf(), env));
  }

  @Test
  void everyRowIsAnsweredWithinTheLimitAndOneWarningSaysWhy() throws Exception {
    try (LocalEndpoint endpoint = endpoint();
        LogWatch log = new LogWatch()) {
      Dataset<Row> output = llm(endpoint).transform(rows(60));
      takeTheDriversEndpointAway();

      assertThat(output.filter("response = 'sha256:' || sha2(text, 256)").count()).isEqualTo(60);
      assertThat(endpoint.stats().byStatus()).containsOnly(Map.entry(200, 60L));
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN The driver cannot be asked for its rate limits");
    }
  }

  @Test
  void aFatalCauseIsStillTheOneReasonThatTheUserSees() throws Exception {
    try (LocalEndpoint endpoint =
            LocalEndpoint.start(
                "127.0.0.1", 0, "", EndpointScript.parse("{\"requireKey\": \"right\"}"));
        LogWatch log = new LogWatch()) {
      Dataset<Row> output = llm(endpoint).transform(rows(60));
      takeTheDriversEndpointAway();

      assertThat(catchThrowable(output::collectAsList))
          .hasStackTraceContaining("Stopped calling " + endpoint.url());
      assertThat(endpoint.stats().requests()).isBetween(1L, 8L);
      assertThat(log.lines()).filteredOn(line -> line.contains("Stopped calling")).hasSize(1);
    }
  }

  @Test
  void theNextTransformationServesTheDriversEndpointAgain() throws Exception {
    try (LocalEndpoint endpoint = endpoint();
        RunMonitor monitor = new RunMonitor();
        LogWatch log = new LogWatch()) {
      llm(endpoint).transform(rows(1));
      takeTheDriversEndpointAway();

      llm(endpoint).transform(rows(10), monitor).collectAsList();

      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> monitor.counts().rows() == 10);
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void anActionIsAnsweredByTheDriverAgainOnceItIsServedAgain() throws Exception {
    try (LocalEndpoint endpoint = endpoint();
        RunMonitor monitor = new RunMonitor()) {
      Dataset<Row> output = llm(endpoint).transform(rows(20), monitor);
      takeTheDriversEndpointAway();
      output.collectAsList();
      llm(endpoint).transform(rows(1));

      output.collectAsList();

      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> monitor.counts().rows() == 40);
    }
  }
}
