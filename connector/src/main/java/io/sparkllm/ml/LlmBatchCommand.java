package io.sparkllm.ml;

import io.sparkllm.BatchReport;
import io.sparkllm.Llm;
import io.sparkllm.LlmBatch;
import io.sparkllm.LlmException;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The steps of {@link LlmBatch}, and {@link Llm#estimate}, as an estimator of Spark ML: the one
 * thing that a client of Spark Connect can have done on the server, once and at once. Each option
 * is a Param of the same name, as in {@link LlmTransformer}; the Param {@code command} names the
 * step. Registered for Spark Connect.
 *
 * <pre>{@code
 * LlmBatchCommand.of(llm).setCommand("submit").fit(tickets).transform(tickets).show();
 * }</pre>
 *
 * <p>Not thread-safe while Params are set.
 */
public final class LlmBatchCommand extends Estimator<LlmBatchModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private enum Command {
    SUBMIT,
    STATUS,
    COLLECT,
    WAIT,
    CANCEL,
    ESTIMATE;

    private static Command named(String name) {
      return Stream.of(values())
          .filter(command -> command.toString().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "Param command is '" + name + "'; allowed: " + allowed()));
    }

    private static String allowed() {
      return Arrays.stream(values()).map(Command::toString).collect(Collectors.joining(", "));
    }

    LlmBatchModel carryOut(String uid, Llm llm, Dataset<?> rows) {
      return this == ESTIMATE
          ? new LlmBatchModel(uid, llm.estimate(rows))
          : new LlmBatchModel(uid, carryOut(LlmBatch.of(llm), rows));
    }

    private BatchReport carryOut(LlmBatch batch, Dataset<?> rows) {
      SparkSession spark = rows.sparkSession();
      return switch (this) {
        case SUBMIT -> batch.submit(rows);
        case STATUS -> batch.status(spark);
        case COLLECT -> batch.collect(spark);
        case WAIT -> batch.await(spark);
        case CANCEL -> batch.cancel(spark);
        case ESTIMATE -> throw new IllegalStateException("An estimate is no step of a batch");
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String uid;
  private final Param<String> command;
  private final Param<?>[] params;

  /** The step {@code status} with every option at its default, under a random uid. */
  public LlmBatchCommand() {
    this(OptionParams.uid(LlmBatchCommand.class));
  }

  /**
   * The step {@code status} with every option at its default.
   *
   * @param uid the name that its model gets, too
   */
  public LlmBatchCommand(String uid) {
    this.uid = uid;
    this.command = new Param<>(uid, "command", "What fit does (" + Command.allowed() + ")");
    this.params =
        Stream.concat(OptionParams.of(uid).stream(), Stream.of(command)).toArray(Param[]::new);
    OptionParams.setDefaults(this);
    setDefault(command, Command.STATUS.toString());
  }

  /**
   * The step {@code status} under settings.
   *
   * @param llm settings with a checkpoint, their key included
   * @return an estimator with a random uid
   */
  public static LlmBatchCommand of(Llm llm) {
    LlmBatchCommand step = new LlmBatchCommand();
    OptionParams.set(step, llm.options());
    return step;
  }

  /**
   * Sets one option.
   *
   * @param name its name, in any spelling that {@link Options#named} takes
   * @param value a text, or a value of the option's own type
   * @return this estimator
   * @throws IllegalArgumentException naming the option, the value and what is allowed
   */
  public LlmBatchCommand setOption(String name, Object value) {
    OptionParams.set(this, name, value);
    return this;
  }

  /**
   * Sets the step.
   *
   * @param name {@code submit}, {@code status}, {@code collect}, {@code wait}, {@code cancel} or
   *     {@code estimate}
   * @return this estimator
   * @throws IllegalArgumentException with the value and what is allowed
   */
  public LlmBatchCommand setCommand(String name) {
    set(command, Command.named(name).toString());
    return this;
  }

  /**
   * The options that the Params stand for.
   *
   * @return options, the key included
   * @throws IllegalArgumentException as {@link LlmTransformer#options}
   */
  public LlmOptions options() {
    return OptionParams.read(this);
  }

  /**
   * Takes the step, before it returns.
   *
   * @param rows what {@code submit} submits and {@code estimate} looks at; for the other steps any
   *     DataFrame of the session
   * @return a model whose {@code transform} tells how the batches stand, or the estimate
   * @throws IllegalArgumentException when a step has no checkpoint set, when that holds no batches
   *     to look at, and as {@link LlmBatch#submit}
   * @throws IllegalStateException when another driver works on the same checkpoint's batches
   * @throws LlmException when the service refuses, or cannot be reached; nothing is lost
   */
  @Override
  public LlmBatchModel fit(Dataset<?> rows) {
    return named().carryOut(uid, Llm.of(options()), rows).setParent(this);
  }

  private Command named() {
    return Command.named(getOrDefault(command));
  }

  /** The columns of the report, whatever the input's are. */
  @Override
  public StructType transformSchema(StructType schema) {
    return named() == Command.ESTIMATE ? LlmBatchModel.ESTIMATE : LlmBatchModel.SCHEMA;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return params.clone();
  }

  @Override
  public LlmBatchCommand copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /**
   * Reads saved steps.
   *
   * @return a reader
   */
  public static MLReader<LlmBatchCommand> read() {
    return new Reading().read();
  }

  /**
   * Reads a step that was saved.
   *
   * @param path where it was saved
   * @return the step, without the values of {@code apiKey} and {@code headers}
   */
  public static LlmBatchCommand load(String path) {
    return read().load(path);
  }

  private static final class Reading implements DefaultParamsReadable<LlmBatchCommand> {}
}
