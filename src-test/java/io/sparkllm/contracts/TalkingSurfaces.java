package io.sparkllm.contracts;

import io.sparkllm.Llm;
import io.sparkllm.ml.LlmTransformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The part of {@link SecretsTest}'s application that goes through SQL and Spark ML. */
final class TalkingSurfaces {
  private final SparkSession spark;
  private final Dataset<Row> rows;
  private final Path folder;

  TalkingSurfaces(SparkSession spark, Dataset<Row> rows, Path folder) {
    this.spark = spark;
    this.rows = rows;
    this.folder = folder;
  }

  /** A view that works and one that fails, with the key from the environment. */
  void sql(String endpoint, String keyVariable) {
    rows.createOrReplaceTempView("rows");
    for (Map.Entry<String, String> view :
        Map.of("answers", "{text}", "failing", "fatal {text}").entrySet()) {
      spark.sql(
          "CREATE TEMPORARY VIEW %s USING llm OPTIONS (table 'rows', endpoint '%s', model 'echo',"
                  .formatted(view.getKey(), endpoint)
              + " prompt '%s', apiKeyEnv '%s', metadataCol 'metadata')"
                  .formatted(view.getValue(), keyVariable));
    }
    for (String look :
        List.of(
            "DESCRIBE EXTENDED answers",
            "EXPLAIN EXTENDED SELECT * FROM answers WHERE id < 3",
            "EXPLAIN FORMATTED SELECT * FROM answers",
            "EXPLAIN CODEGEN SELECT response FROM answers")) {
      System.out.println(spark.sql(look).collectAsList());
    }
    tell("sql", spark.table("answers"));
    SecretsTest.Talks.fail(() -> spark.table("failing").collectAsList());
  }

  /** A pipeline that works, saved and printed, and one that fails, with a literal key. */
  void ml(Llm llm) {
    PipelineModel model = pipeline(llm);
    for (PipelineStage stage : model.stages()) {
      System.out.println(stage + stage.explainParams() + stage.extractParamMap());
      System.out.println(((LlmTransformer) stage).options());
    }
    try {
      model.save(folder.resolve("pipeline").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tell("ml", model.transform(rows));
    SecretsTest.Talks.fail(
        () -> pipeline(llm.prompt("fatal {text}")).transform(rows).collectAsList());
  }

  private PipelineModel pipeline(Llm llm) {
    return new Pipeline().setStages(new PipelineStage[] {LlmTransformer.of(llm)}).fit(rows);
  }

  private void tell(String name, Dataset<Row> output) {
    System.out.println(output.queryExecution());
    Row counts = output.selectExpr("count(response)", "count(error)").head();
    System.out.println(
        name + ": " + counts.getLong(0) + " answers, " + counts.getLong(1) + " errors");
    output.write().json(folder.resolve("written").resolve(name).toString());
  }

  /** Each page of the UI that shows queries, jobs or settings, as a file. */
  void saveUi() {
    String ui = spark.sparkContext().uiWebUrl().get();
    Stream<String> pages = Stream.of("jobs/", "stages/", "environment/", "SQL/");
    // More than there were: the page of one that there was not says so.
    Stream<String> queries = IntStream.range(0, 40).mapToObj(id -> "SQL/execution/?id=" + id);
    try {
      spark.sparkContext().listenerBus().waitUntilEmpty();
      Path saved = Files.createDirectory(folder.resolve("ui"));
      HttpClient client = HttpClient.newHttpClient();
      for (String page : Stream.concat(pages, queries).toList()) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(ui + "/" + page)).build();
        Files.writeString(
            saved.resolve(page.replaceAll("\\W", "_") + ".html"),
            client.send(request, BodyHandlers.ofString()).body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
