package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.ForkedSpark;
import io.sparkllm.testing.ForkedSpark.Finished;
import io.sparkllm.testing.SparkTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract 7: an application with everything switched on that tells (event log, UI, DEBUG logging,
 * plans, errors that repeat the key) tells neither keys nor values of headers.
 */
@SparkTest
@Tag("smoke")
class SecretsTest {
  private static final String LITERAL = "sk-literal-Zq81Xv";
  private static final String IN_ENVIRONMENT = "sk-environment-Kp27Wd";
  private static final String HEADER = "team-secret-Mb93Rt";
  private static final List<String> SECRETS = List.of(LITERAL, IN_ENVIRONMENT, HEADER);

  /** The service repeats the key and the header in all that it says. */
  private static final String TALKATIVE =
      """
      {"faults": [
        {"contains": "fatal", "status": 401, "code": "invalid_api_key",
         "message": "Incorrect API key provided: %1$s with X-Team %2$s."},
        {"contains": "row 3", "status": 400, "code": "bad %1$s",
         "message": "Bad request of %1$s with %2$s."},
        {"contains": "row 4", "status": 400, "body": "plainly %1$s %2$s"},
        {"contains": "row 5", "status": 400, "message": "no", "code": "c",
         "headers": {"x-request-id": "%1$s%2$s"}}]}
      """;

  @Test
  void noKeyAndNoHeadersValueIsToldAnywhere(SparkSession spark, @TempDir Path folder)
      throws IOException {
    Path events = Files.createDirectory(folder.resolve("events"));
    Path written = folder.resolve("written");
    Path logging = Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
    try (LocalEndpoint first = Scripted.endpoint(TALKATIVE.formatted(LITERAL, HEADER));
        LocalEndpoint second = Scripted.endpoint(TALKATIVE.formatted(IN_ENVIRONMENT, HEADER));
        LocalEndpoint third =
            Scripted.endpoint(TALKATIVE.formatted(IN_ENVIRONMENT, IN_ENVIRONMENT))) {
      Finished finished =
          ForkedSpark.main(Talks.class)
              .environment("SECRETS_TEST_KEY", IN_ENVIRONMENT)
              .conf("spark.ui.enabled", "true")
              .conf("spark.ui.port", "0")
              .conf("spark.eventLog.enabled", "true")
              .conf("spark.eventLog.compress", "false")
              .conf("spark.eventLog.dir", events.toUri().toString())
              .javaOptions("-Dlog4j2.configurationFile=" + logging.toUri())
              .arguments(first.url(), second.url(), third.url(), folder)
              .run();

      assertThat(finished.exitCode()).as(finished.err()).isZero();
      // All that should have told something did.
      assertThat(finished.lines("literal: ")).containsExactly("6 answers, 3 errors");
      assertThat(finished.lines("environment: ")).containsExactly("6 answers, 3 errors");
      assertThat(finished.lines("sql: ")).containsExactly("6 answers, 3 errors");
      assertThat(finished.lines("ml: ")).containsExactly("6 answers, 3 errors");
      assertThat(finished.lines("failed: "))
          .hasSize(6)
          .allMatch(message -> message.contains("Incorrect API key provided: "));
      assertThat(finished.lines("refused: ")).hasSize(6);
      assertThat(finished.err()).contains("Stopped calling").contains("DEBUG");
      assertThat(read(events)).contains("SparkListenerTaskEnd");
      assertThat(read(written)).contains("Bad request of ");

      assertSecretless("standard output", finished.out());
      // At DEBUG the client logs what a service sends, which no sane one fills with keys; and a
      // dump
      // of bytes would hide a key from this search in its columns.
      assertSecretless("the log", withoutLines(finished.err(), "http.headers: \\S+ << "));
      assertThat(finished.err()).contains("Authorization: <hidden>").doesNotContain("http.wire: ");
      assertSecretless("the event log", read(events));
      assertSecretless("what was written", read(written));
      assertThat(read(folder.resolve("ui"))).contains("Scan llm LlmOptions(", "Environment");
      assertSecretless("the UI", read(folder.resolve("ui")));
      assertSecretless("the saved pipeline", read(folder.resolve("pipeline")));
      assertThatThrownBy(() -> load(folder).transform(spark.range(1).selectExpr("'a' text")))
          .hasMessageContaining("Option apiKey was set when this stage was saved");
    }
  }

  /** Saved in another process. */
  private static PipelineModel load(Path folder) {
    return PipelineModel.load(folder.resolve("pipeline").toString());
  }

  private static final String LOGGING =
      """
      rootLogger.level = info
      rootLogger.appenderRef.console.ref = console
      appender.console.type = Console
      appender.console.name = console
      appender.console.target = SYSTEM_ERR
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %p %c: %m%n%ex
      logger.llm.name = io.sparkllm
      logger.llm.level = debug
      logger.plans.name = org.apache.spark.sql.execution
      logger.plans.level = debug
      """;

  private static void assertSecretless(String where, String text) {
    for (String secret : SECRETS) {
      assertThat(text.contains(secret)).as("%s tells %s", where, secret).isFalse();
    }
  }

  private static String withoutLines(String text, String regex) {
    Predicate<String> unwanted = Pattern.compile(regex).asPredicate();
    return text.lines().filter(unwanted.negate()).collect(Collectors.joining("\n"));
  }

  private static String read(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  /**
   * The application. Its arguments are an endpoint for each key and one that gets no headers, and a
   * folder to write to.
   */
  public static final class Talks {
    private final SparkSession spark;
    private final Dataset<Row> rows;

    private Talks(SparkSession spark) {
      this.spark = spark;
      this.rows = spark.range(0, 9, 1, 2).selectExpr("id", "'row ' || id text");
    }

    public static void main(String[] args) {
      Talks talks = new Talks(SparkSession.builder().getOrCreate());
      String written = args[3] + "/written";
      Map<String, String> headers = Map.of("X-Team", HEADER);
      talks.talk("literal", Scripted.echo(args[0]).headers(headers).apiKey(LITERAL), written);
      talks.talk(
          "environment",
          Scripted.echo(args[1]).headers(headers).apiKeyEnv("SECRETS_TEST_KEY"),
          written);
      TalkingSurfaces surfaces = new TalkingSurfaces(talks.spark, talks.rows, Path.of(args[3]));
      surfaces.sql(args[2], "SECRETS_TEST_KEY");
      surfaces.ml(Scripted.echo(args[0]).headers(headers).apiKey(LITERAL));
      surfaces.saveUi();
      talks.spark.stop();
    }

    private void talk(String name, Llm llm, String folder) {
      Dataset<Row> output = llm.metadataCol("metadata").transform(rows);
      output.explain(true);
      System.out.println(output.queryExecution());
      output.queryExecution().debug().codegen();
      System.out.println(llm + " " + llm.options() + " " + llm.options().texts());
      System.out.println(llm.preview(rows, 2));
      System.out.println(output.toJavaRDD().toDebugString());
      System.out.println(output.schema().json());
      output.write().json(folder + "/" + name);
      output.show(20, false);
      Row counts = output.selectExpr("count(response)", "count(error)").head();
      System.out.println(
          name + ": " + counts.getLong(0) + " answers, " + counts.getLong(1) + " errors");
      fail(() -> llm.prompt("fatal {text}").transform(rows).collectAsList());
      fail(() -> llm.prompt("fatal {text}").transform(rows).write().json(folder + "/no-" + name));
      llm.prompt("fatal {text}")
          .onFatal(OnFatal.COLUMN)
          .transform(rows)
          .write()
          .json(folder + "/fatal-" + name);
      refuse(() -> llm.headers(Map.of("X-Bad", HEADER + "\n")).transform(rows));
      refuse(() -> llm.prompt("{nope}").transform(rows));
      refuse(() -> llm.endpoint("http://llm.example.com").transform(rows));
    }

    static void fail(Runnable action) {
      try {
        action.run();
      } catch (Exception e) {
        // Scala throws checked exceptions undeclared.
        System.out.println("failed: " + String.valueOf(e.getMessage()).replace('\n', ' '));
        e.printStackTrace();
      }
    }

    private static void refuse(Runnable action) {
      try {
        action.run();
      } catch (IllegalArgumentException e) {
        System.out.println("refused: " + e);
      }
    }
  }
}
