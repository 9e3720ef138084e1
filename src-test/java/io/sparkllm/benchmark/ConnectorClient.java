package io.sparkllm.benchmark;

import io.sparkllm.Llm;
import io.sparkllm.config.Options.AuthHeader;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The connector as users call it, on Spark in this JVM; its answers go where nothing is written.
 */
final class ConnectorClient implements Client {
  private static final int PARTITIONS = 2;

  private final String url;
  private final SparkSession spark;
  private final LinkedBlockingQueue<StageInfo> stages = new LinkedBlockingQueue<>();

  ConnectorClient(String url) {
    this.url = url;
    this.spark =
        SparkSession.builder()
            .master("local[" + PARTITIONS + "]")
            .appName("benchmark")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onStageCompleted(SparkListenerStageCompleted event) {
                stages.add(event.stageInfo());
              }
            });
  }

  /** Seconds of the one stage, which holds mapPartitions: planning is out, as is Spark's start. */
  @Override
  public double run(Job job) throws InterruptedException {
    stages.clear();
    Llm llm =
        Llm.chat()
            .endpoint(url)
            .authHeader(AuthHeader.NONE)
            .model("echo")
            .prompt("{text}")
            .concurrency(job.inFlight())
            .maxErrorRatio(0);
    if (job.requestsPerMinute() > 0) {
      llm = llm.requestsPerMinute(job.requestsPerMinute());
    }
    if (job.tokensPerMinute() > 0) {
      llm = llm.tokensPerMinute(job.tokensPerMinute());
    }
    Dataset<Row> rows =
        spark.range(0, job.rows(), 1, PARTITIONS).selectExpr("id", Prompts.sql() + " AS text");
    llm.transform(rows).write().format("noop").mode(SaveMode.Overwrite).save();
    StageInfo stage = stages.poll(10, TimeUnit.SECONDS);
    if (stage == null) {
      throw new IllegalStateException("Spark told of no stage");
    }
    long begin = (Long) stage.submissionTime().get();
    long end = (Long) stage.completionTime().get();
    return (end - begin) / 1e3;
  }

  @Override
  public void close() {
    spark.stop();
  }
}
