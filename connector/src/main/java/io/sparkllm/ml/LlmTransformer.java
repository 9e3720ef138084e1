package io.sparkllm.ml;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * {@link Llm} as a stage of a Spark ML pipeline. Each option is a Param of the same name, whose
 * value is the option's text; other types (numbers, booleans, durations) are taken and turned into
 * it. Registered for Spark Connect.
 *
 * <pre>{@code
 * LlmTransformer labels =
 *     LlmTransformer.of(Llm.chat().model("gpt-4o-mini").prompt("Classify …: {text}"));
 * PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {labels}).fit(tickets);
 * }</pre>
 *
 * <p>Transforming is lazy: no job and no call before an action. The values of {@code apiKey} and
 * {@code headers} are never saved; after loading they must be set again. As every Spark ML stage,
 * not thread-safe while Params are set.
 */
public final class LlmTransformer extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final OptionParam[] params;

  /** A stage with every option at its default, under a random uid. */
  public LlmTransformer() {
    this(OptionParams.uid(LlmTransformer.class));
  }

  /**
   * A stage with every option at its default.
   *
   * @param uid the stage's name, unique in its pipeline
   */
  public LlmTransformer(String uid) {
    this.uid = uid;
    this.params = OptionParams.of(uid).toArray(OptionParam[]::new);
    OptionParams.setDefaults(this);
  }

  /**
   * A stage that does what settings do.
   *
   * @param llm settings, their key included
   * @return a stage with a random uid
   */
  public static LlmTransformer of(Llm llm) {
    LlmTransformer transformer = new LlmTransformer();
    OptionParams.set(transformer, llm.options());
    return transformer;
  }

  /**
   * Sets one option.
   *
   * @param name its name, in any spelling that {@link Options#named} takes
   * @param value a text, or a value of the option's own type
   * @return this stage
   * @throws IllegalArgumentException naming the option, the value and what is allowed
   */
  public LlmTransformer setOption(String name, Object value) {
    OptionParams.set(this, name, value);
    return this;
  }

  /**
   * The options that the Params stand for.
   *
   * @return options, the key included
   * @throws IllegalArgumentException where a key or headers are missing because they are not saved,
   *     and where a key was sent over Spark Connect
   */
  public LlmOptions options() {
    return OptionParams.read(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return params.clone();
  }

  /**
   * Appends the answer and error columns, as {@link Llm#transform}. No job and no call.
   *
   * @throws IllegalArgumentException before any call, naming option or column, value and cure
   */
  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    return Llm.of(options()).transform(rows);
  }

  /**
   * The columns that {@link #transform} gives. Needs no key.
   *
   * @throws IllegalArgumentException naming option or column, value and cure
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return Llm.of(options()).outputSchema(schema, caseSensitive());
  }

  private static boolean caseSensitive() {
    return SparkSession.getActiveSession().isDefined()
        && Boolean.parseBoolean(
            SparkSession.active().conf().get("spark.sql.caseSensitive", "false"));
  }

  @Override
  public LlmTransformer copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /**
   * Reads saved stages; pipelines call it too.
   *
   * @return a reader
   */
  public static MLReader<LlmTransformer> read() {
    return new Reading().read();
  }

  /**
   * Reads a stage that was saved on any version of Spark.
   *
   * @param path where it was saved
   * @return the stage, without the values of {@code apiKey} and {@code headers}
   */
  public static LlmTransformer load(String path) {
    return read().load(path);
  }

  private static final class Reading implements DefaultParamsReadable<LlmTransformer> {}
}
