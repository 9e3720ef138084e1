package io.sparkllm.ml;

import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;

import io.sparkllm.BatchReport;
import io.sparkllm.BatchReport.Batch;
import io.sparkllm.Estimate;
import io.sparkllm.config.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * How the batches stood when {@link LlmBatchCommand} had taken its step, or what it estimated. Over
 * Spark Connect a model has no getters, so {@link #transform} tells it.
 */
public final class LlmBatchModel extends Model<LlmBatchModel> implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  static final StructType SCHEMA =
      StructType.fromDDL(
          "checkpoint STRING, is_done BOOLEAN, requests BIGINT, answered BIGINT, waiting BIGINT,"
              + " enqueued_tokens BIGINT, token_limit BIGINT,"
              + " batches ARRAY<STRUCT<file STRING, id STRING, state STRING, is_done BOOLEAN,"
              + " round INT, requests BIGINT, answered BIGINT, failed BIGINT, since TIMESTAMP,"
              + " expires TIMESTAMP>>");

  static final StructType ESTIMATE =
      StructType.fromDDL(
          "rows BIGINT, unfit BIGINT, kept BIGINT, shared BIGINT, requests BIGINT,"
              + " prompt_tokens BIGINT, completion_tokens BIGINT, cost STRING, flex_cost STRING,"
              + " batch_cost STRING, seconds DOUBLE, limited_by STRING, assumptions ARRAY<STRING>");

  private static final String BATCHES = "batches";
  private static final String RUN = "run";

  private final String uid;
  // Params, because Connect puts models aside by saving them, and copies them before it uses them.
  private final Param<String> report;
  private final Param<String> kind;

  /**
   * A model without a report, which loading fills.
   *
   * @param uid the name of the step
   */
  public LlmBatchModel(String uid) {
    this.uid = uid;
    this.report = new Param<>(uid, "report", "How the batches stood, as a JSON object");
    this.kind = new Param<>(uid, "kind", "What the report is of (" + BATCHES + ", " + RUN + ")");
    setDefault(kind, BATCHES);
  }

  LlmBatchModel(String uid, BatchReport report) {
    this(uid);
    set(this.report, Json.write(row(report)));
  }

  LlmBatchModel(String uid, Estimate estimate) {
    this(uid);
    set(this.report, Json.write(row(estimate)));
    set(this.kind, RUN);
  }

  private static Map<String, Object> row(Estimate estimate) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("rows", estimate.rows());
    row.put("unfit", estimate.unfit());
    row.put("kept", estimate.kept());
    row.put("shared", estimate.shared());
    row.put("requests", estimate.requests());
    row.put("prompt_tokens", estimate.promptTokens());
    row.put("completion_tokens", estimate.completionTokens());
    row.put("cost", dollars(estimate.cost()));
    row.put("flex_cost", dollars(estimate.flexCost()));
    row.put("batch_cost", dollars(estimate.batchCost()));
    row.put("seconds", estimate.time() == null ? null : estimate.time().toMillis() / 1000.0);
    row.put("limited_by", estimate.limitedBy());
    row.put("assumptions", estimate.assumptions());
    return row;
  }

  /** As text, which keeps every digit. */
  private static String dollars(BigDecimal amount) {
    return amount == null ? null : amount.stripTrailingZeros().toPlainString();
  }

  private static Map<String, Object> row(BatchReport report) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("checkpoint", report.checkpoint());
    row.put("is_done", report.isDone());
    row.put("requests", report.requests());
    row.put("answered", report.answered());
    row.put("waiting", report.waiting());
    row.put("enqueued_tokens", report.enqueuedTokens());
    row.put("token_limit", report.tokenLimit());
    row.put("batches", report.batches().stream().map(LlmBatchModel::row).toList());
    return row;
  }

  private static Map<String, Object> row(Batch batch) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("file", batch.file());
    row.put("id", batch.id());
    row.put("state", batch.state());
    row.put("is_done", batch.isDone());
    row.put("round", batch.round());
    row.put("requests", batch.requests());
    row.put("answered", batch.answered());
    row.put("failed", batch.failed());
    row.put("since", seconds(batch.since()));
    row.put("expires", seconds(batch.expires()));
    return row;
  }

  /** Which Spark reads as a timestamp under any setting of formats and time zones. */
  private static Long seconds(Instant time) {
    return time == null ? null : time.getEpochSecond();
  }

  /**
   * Tells how the batches stood. No job and no call.
   *
   * @param rows any DataFrame of the session
   * @return one row: {@code checkpoint}, {@code is_done}, {@code requests}, {@code answered},
   *     {@code waiting}, {@code enqueued_tokens}, {@code token_limit} and the array {@code
   *     batches}, as in {@link BatchReport}; or the fields of an {@link Estimate}, costs as text
   */
  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    return rows.sparkSession()
        .range(1)
        .select(from_json(lit(getOrDefault(report)), schema()).as("report"))
        .select("report.*");
  }

  /** The columns of the report, whatever the input's are. */
  @Override
  public StructType transformSchema(StructType schema) {
    return schema();
  }

  private StructType schema() {
    return RUN.equals(getOrDefault(kind)) ? ESTIMATE : SCHEMA;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return new Param<?>[] {report, kind};
  }

  @Override
  public LlmBatchModel copy(ParamMap extra) {
    LlmBatchModel copy = defaultCopy(extra);
    return copy.setParent(parent());
  }

  /**
   * Reads saved models; Spark Connect calls it too.
   *
   * @return a reader
   */
  public static MLReader<LlmBatchModel> read() {
    return new Reading().read();
  }

  /**
   * Reads a model that was saved.
   *
   * @param path where it was saved
   * @return the model
   */
  public static LlmBatchModel load(String path) {
    return read().load(path);
  }

  private static final class Reading implements DefaultParamsReadable<LlmBatchModel> {}
}
