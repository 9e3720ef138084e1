package io.sparkllm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.Llm;
import io.sparkllm.testing.Artifacts;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/**
 * The connector's jar on a class path as clusters have it: older versions of the libraries that it
 * has inside come first.
 */
class OlderLibrariesTest {
  @Test
  void aJobRunsBehindOlderVersionsOfItsLibraries() throws IOException {
    List<Path> first = new ArrayList<>();
    try (var jars = Files.list(Artifacts.target().resolve("older-libraries"))) {
      jars.sorted().forEach(first::add);
    }
    first.add(Artifacts.connectorJar());

    Finished finished = ForkedSpark.main(Labels.class).classPathFirst(first).run();

    assertThat(finished.exitCode()).as(finished.err()).isZero();
    assertThat(finished.lines("from "))
        .containsExactly(
            "jackson-databind-2.15.0.jar",
            "httpclient-4.5.3.jar",
            "httpclient5-5.1.jar",
            "httpcore5-5.1.jar",
            "spark-llm-connector.jar");
    assertThat(finished.lines("labelled ")).containsExactly("40 rows, 40 answers");
  }

  /** The application. */
  public static final class Labels {
    private static final List<String> LIBRARIES =
        List.of(
            "com.fasterxml.jackson.databind.ObjectMapper",
            "org.apache.http.impl.client.HttpClients",
            "org.apache.hc.client5.http.impl.async.HttpAsyncClients",
            "org.apache.hc.core5.http.HttpHost",
            Llm.class.getName());

    private Labels() {}

    public static void main(String[] args) throws ReflectiveOperationException {
      for (String library : LIBRARIES) {
        String jar =
            Class.forName(library).getProtectionDomain().getCodeSource().getLocation().getPath();
        System.out.println("from " + jar.substring(jar.lastIndexOf('/') + 1));
      }
      SparkSession spark = SparkSession.builder().getOrCreate();
      var counts =
          Llm.chat()
              .endpoint("local")
              .prompt("Classify as bug, question or other: {text}")
              .transform(
                  spark.range(0, 40, 1, 2).selectExpr("'The app crashes, case ' || id AS text"))
              .selectExpr("count(*)", "count_if(response = 'bug')")
              .head();
      System.out.println(
          "labelled " + counts.getLong(0) + " rows, " + counts.getLong(1) + " answers");
      spark.stop();
    }
  }
}
