package io.sparkllm;

import static org.apache.spark.sql.functions.col;

import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import io.sparkllm.config.Options.OnFatal;
import io.sparkllm.coordination.Cap;
import io.sparkllm.cost.TokenCounter;
import io.sparkllm.engine.EstimateRows;
import io.sparkllm.engine.EstimateRows.Sums;
import io.sparkllm.engine.ExecutorRegistry;
import io.sparkllm.engine.FingerprintRows;
import io.sparkllm.engine.OutputColumns;
import io.sparkllm.engine.PartitionCall;
import io.sparkllm.engine.RowRequests;
import io.sparkllm.ledger.Ledger;
import io.sparkllm.prompt.RowMessages;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LLM calls over the rows of a DataFrame: the entry of the library. Immutable; every setting
 * returns a new value.
 *
 * <pre>{@code
 * Dataset<Row> labelled = Llm.chat()
 *     .model("gpt-4o-mini")
 *     .prompt("Classify as bug, question or other: {text}")
 *     .transform(tickets);
 * }</pre>
 *
 * <p>Every input row gives exactly one output row: the input's columns, then {@code response} and
 * {@code error} (a struct), of which exactly one is null. The type of {@code response} follows the
 * API:
 *
 * <ul>
 *   <li>{@link #chat()}, {@link #responses()}: a string; with {@link #returns(String)} a struct of
 *       its fields
 *   <li>{@link #embeddings()}: an array of floats
 *   <li>{@link #moderations()}: a struct of {@code flagged} (boolean), {@code categories} (map from
 *       string to boolean) and {@code scores} (map from string to double)
 * </ul>
 *
 * <p>Calls happen when an action pulls rows, and again when Spark runs a partition again; with
 * {@link #checkpoint(String)} only for what is not kept yet.
 */
public final class Llm {
  private static final Logger LOG = LoggerFactory.getLogger(Llm.class);

  /** The same command twice should tell the same. */
  private static final long SAMPLE_SEED = 42;

  private final LlmOptions options;

  private Llm(LlmOptions options) {
    this.options = options;
  }

  /**
   * Calls the Chat Completions API.
   *
   * @return settings at their defaults
   */
  public static Llm chat() {
    return of(LlmOptions.defaults());
  }

  /**
   * Calls the Responses API.
   *
   * @return settings at their defaults
   */
  public static Llm responses() {
    return chat().with(Options.API, Options.Api.RESPONSES);
  }

  /**
   * Calls the Embeddings API, many rows in a call. The response is a vector: an array of floats.
   *
   * @return settings at their defaults
   */
  public static Llm embeddings() {
    return chat().with(Options.API, Options.Api.EMBEDDINGS);
  }

  /**
   * Calls the Moderations API, many rows in a call. The response is a struct of {@code flagged},
   * {@code categories} and {@code scores}.
   *
   * @return settings at their defaults
   */
  public static Llm moderations() {
    return chat().with(Options.API, Options.Api.MODERATIONS);
  }

  /**
   * Chooses the label that fits each text of {@link #textCol} best. The response is a struct with
   * that label; with {@link #multiLabel} with a list of all that fit.
   *
   * @param labels at least two
   * @return settings with this task; what is set besides wins over what it stands for
   */
  public static Llm classify(String... labels) {
    return of(Options.Task.CLASSIFY).with(Options.LABELS, Arrays.asList(labels));
  }

  /**
   * Chooses labels as {@link #classify(String...)}, by what they mean.
   *
   * @param labels what each label means, by label
   * @return settings with this task
   */
  public static Llm classify(Map<String, String> labels) {
    return of(Options.Task.CLASSIFY).with(Options.LABELS, labels);
  }

  /**
   * Says how each text of {@link #textCol} feels. The response is a struct of {@code sentiment},
   * which is positive, negative, neutral or mixed.
   *
   * @return settings with this task
   */
  public static Llm sentiment() {
    return of(Options.Task.SENTIMENT);
  }

  /**
   * Sums up each text of {@link #textCol}.
   *
   * @param maxWords words of a summary at most
   * @return settings with this task
   */
  public static Llm summarize(int maxWords) {
    return of(Options.Task.SUMMARIZE).with(Options.MAX_WORDS, maxWords);
  }

  /**
   * Translates each text of {@link #textCol}.
   *
   * @param language into which language, such as French
   * @return settings with this task
   */
  public static Llm translate(String language) {
    return of(Options.Task.TRANSLATE).with(Options.LANGUAGE, language);
  }

  /**
   * Takes facts out of each text of {@link #textCol}. The response is a struct of the fields.
   *
   * @param returns the fields, as {@link #returns} takes them
   * @return settings with this task
   */
  public static Llm extract(String returns) {
    return of(Options.Task.EXTRACT).with(Options.RETURNS, returns);
  }

  /**
   * Embeds each text of {@link #textCol}: as {@link #embeddings()}.
   *
   * @return settings with this task
   */
  public static Llm embed() {
    return of(Options.Task.EMBED);
  }

  /**
   * Looks for what is harmful in each text of {@link #textCol}: as {@link #moderations()}.
   *
   * @return settings with this task
   */
  public static Llm moderate() {
    return of(Options.Task.MODERATE);
  }

  private static Llm of(Options.Task task) {
    return chat().with(Options.TASK, task);
  }

  /**
   * Takes options that were made elsewhere.
   *
   * @param options the options
   * @return settings with these options
   */
  public static Llm of(LlmOptions options) {
    return new Llm(options);
  }

  /**
   * The options set so far.
   *
   * @return immutable options
   */
  public LlmOptions options() {
    return options;
  }

  /**
   * Appends the answer and error columns. Lazy: no call is made before an action.
   *
   * @param rows the input, batch or streaming
   * @return the input's columns, then the answer, the error and (when named) the metadata column
   * @throws IllegalArgumentException before any call, naming option or column, value and cure
   */
  public Dataset<Row> transform(Dataset<?> rows) {
    return transform(rows, null);
  }

  /**
   * As {@link #transform(Dataset)}, and tells a monitor what happens.
   *
   * @param rows the input, batch or streaming
   * @param monitor follows the run; null for none
   * @return as {@link #transform(Dataset)}
   * @throws IllegalArgumentException before any call, naming option or column, value and cure
   */
  public Dataset<Row> transform(Dataset<?> rows, RunMonitor monitor) {
    return transform(rows, monitor, options.get(Options.ON_FATAL) == OnFatal.FAIL);
  }

  /**
   * As {@link #transform(Dataset, RunMonitor)}, but {@code maxCost} and {@code maxTotalTokens} fail
   * no job, whatever {@code onFatal} says: rows that were not asked get {@code not_attempted}. For
   * applications that write what was answered and judge the output.
   *
   * @param rows the input, batch or streaming
   * @param monitor follows the run; null for none
   * @return as {@link #transform(Dataset)}
   * @throws IllegalArgumentException before any call, naming option or column, value and cure
   */
  public Dataset<Row> transformUpToCap(Dataset<?> rows, RunMonitor monitor) {
    return transform(rows, monitor, false);
  }

  private Dataset<Row> transform(Dataset<?> rows, RunMonitor monitor, boolean capFails) {
    Dataset<Row> input = rows.toDF();
    StructType output = new OutputColumns(options).appendTo(input.schema(), caseSensitive(input));
    options.validate();
    // In batch mode nothing is asked, so no key is needed.
    boolean asks = options.get(Options.MODE) != Mode.BATCH;
    RowRequests requests =
        requests(
            input, asks ? endpoint(options, input.sparkSession()) : Endpoint.withoutKey(options));
    Cap cap = asks ? Cap.of(options, capFails) : null;
    Ledger ledger = ledger(input);
    ExecutorRegistry.coordinator().serve();
    PartitionCall call =
        new PartitionCall(
            requests,
            ledger,
            cap,
            Executors.expected(input.sparkSession().sparkContext()),
            monitor == null ? null : monitor.id());
    return withMetadata(
        arranged(input, requests, ledger).mapPartitions(call, Encoders.row(output)), output);
  }

  /** Where answers are shared, equal requests come together first. */
  private Dataset<Row> arranged(Dataset<Row> input, RowRequests requests, Ledger ledger) {
    if (!options.sharesAnswers()) {
      return input;
    }
    int buckets = ledger == null ? FingerprintRows.BUCKETS : ledger.buckets();
    return new FingerprintRows(requests, buckets)
        .arrange(input, Math.min(buckets, Executors.partitions(input.sparkSession())));
  }

  Ledger ledger(Dataset<Row> input) {
    if (options.sharesAnswers() && input.isStreaming()) {
      throw new IllegalArgumentException(
          "Option "
              + (options.checkpoint() == null ? "dedupe" : "checkpoint")
              + " cannot be used on a streaming DataFrame; call transform on each micro-batch"
              + " instead: writeStream().foreachBatch((rows, id) -> llm.transform(rows).write()…)");
    }
    if (options.checkpoint() == null) {
      return null;
    }
    SparkContext spark = input.sparkSession().sparkContext();
    if (spark.getConf().getBoolean("spark.speculation", false)) {
      LOG.warn(
          "spark.speculation is on: two copies of a task may ask the same rows at the same time, and"
              + " pay twice; set it to false");
    }
    return Ledger.open(options.checkpoint(), spark.hadoopConfiguration());
  }

  /**
   * Gives columns back what a typed operation drops: comments, ML attributes, char and varchar
   * lengths, watermarks. Columns that share a name cannot be named, and go without.
   */
  private static Dataset<Row> withMetadata(Dataset<Row> rows, StructType schema) {
    boolean plain = Stream.of(schema.fields()).allMatch(f -> f.metadata().equals(Metadata.empty()));
    boolean ambiguous =
        Stream.of(schema.fieldNames()).map(name -> name.toLowerCase(Locale.ROOT)).distinct().count()
            < schema.length();
    if (plain || ambiguous) {
      return rows;
    }
    return rows.select(
        Stream.of(schema.fields())
            .map(f -> col("`" + f.name().replace("`", "``") + "`").as(f.name(), f.metadata()))
            .toArray(Column[]::new));
  }

  /**
   * The requests of the first rows, without sending them. Needs no key.
   *
   * @param rows the input
   * @param count how many rows, from 1
   * @return for each row the request line, the headers with hidden values and the exact body, or
   *     the reason why the row cannot be asked
   * @throws IllegalArgumentException as {@link #transform(Dataset)}
   */
  public List<String> preview(Dataset<?> rows, int count) {
    Dataset<Row> input = rows.toDF();
    new OutputColumns(options).appendTo(input.schema(), caseSensitive(input));
    options.validate();
    RowRequests requests = requests(input, Endpoint.withoutKey(options));
    return input.takeAsList(count).stream().map(requests::preview).toList();
  }

  /**
   * What a run over these rows would take: requests, tokens, cost and time. Asks nothing and needs
   * no key; reads all rows, and the checkpoint where one is set.
   *
   * @param rows the input
   * @return the estimate, with what it goes by
   * @throws IllegalArgumentException as {@link #transform(Dataset)}
   */
  public Estimate estimate(Dataset<?> rows) {
    return estimate(rows, Assumptions.USUAL);
  }

  /**
   * As {@link #estimate(Dataset)}, under other assumptions.
   *
   * @param rows the input
   * @param assumptions what to go by
   * @return the estimate, with what it goes by
   * @throws IllegalArgumentException as {@link #transform(Dataset)}
   */
  public Estimate estimate(Dataset<?> rows, Assumptions assumptions) {
    Dataset<Row> input = rows.toDF();
    if (input.isStreaming()) {
      throw new IllegalArgumentException(
          "A streaming DataFrame has no end, and cannot be estimated; take a table of the same rows");
    }
    new OutputColumns(options).appendTo(input.schema(), caseSensitive(input));
    options.validate();
    RowRequests requests = requests(input, Endpoint.withoutKey(options));
    SparkContext spark = input.sparkSession().sparkContext();
    Ledger ledger =
        options.checkpoint() == null
            ? null
            : Ledger.ifExists(options.checkpoint(), spark.hadoopConfiguration());
    boolean all = assumptions.sample() == 1;
    Sums sums =
        sums(
            all ? input : input.sample(assumptions.sample(), SAMPLE_SEED),
            requests,
            ledger,
            assumptions.counter());
    long count = all ? sums.rows() : input.count();
    if (sums.rows() == 0 && count > 0) {
      sums = sums(input, requests, ledger, assumptions.counter());
    }
    return new Estimation(
            options,
            assumptions,
            sums,
            count,
            requests.codec().maxTokens(),
            Executors.expected(spark))
        .estimate();
  }

  private Sums sums(Dataset<Row> input, RowRequests requests, Ledger ledger, TokenCounter counter) {
    return arranged(input, requests, ledger)
        .mapPartitions(new EstimateRows(requests, ledger, counter), Encoders.STRING())
        .collectAsList()
        .stream()
        .map(Sums::of)
        .reduce(Sums.ZERO, Sums::plus);
  }

  /**
   * The columns that {@link #transform(Dataset)} gives, from the input's columns alone. Needs no
   * key.
   *
   * @param input the input's columns
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @return the input's columns, then the answer, the error and (when named) the metadata column
   * @throws IllegalArgumentException as {@link #transform(Dataset)}
   */
  public StructType outputSchema(StructType input, boolean caseSensitive) {
    options.validate();
    new RowMessages(options, input, caseSensitive, ZoneOffset.UTC);
    return new OutputColumns(options).appendTo(input, caseSensitive);
  }

  /**
   * The input columns that the prompts name.
   *
   * @return names as the user wrote them
   */
  public Set<String> inputColumns() {
    return RowMessages.columnsOf(options);
  }

  static Endpoint endpoint(LlmOptions options, SparkSession spark) {
    RuntimeConfig conf = spark.conf();
    return options.isLocal()
        ? Endpoint.local(
            options,
            ExecutorRegistry.localEndpoint(
                conf.get("spark.master"), conf.get("spark.driver.host", "127.0.0.1")))
        : Endpoint.resolve(options, System.getenv());
  }

  RowRequests requests(Dataset<Row> input, Endpoint endpoint) {
    return new RowRequests(
        options,
        endpoint,
        input.schema(),
        caseSensitive(input),
        input.sparkSession().conf().get("spark.sql.session.timeZone"),
        Boolean.parseBoolean(
            input.sparkSession().conf().get("spark.sql.datetime.java8API.enabled", "false")));
  }

  private static boolean caseSensitive(Dataset<Row> input) {
    return Boolean.parseBoolean(
        input.sparkSession().conf().get("spark.sql.caseSensitive", "false"));
  }

  private Llm with(Option<?> option, Object value) {
    return new Llm(options.with(option, value));
  }

  /**
   * Base URL of an OpenAI-compatible service, or local for the built-in endpoint.
   *
   * @param value the value of the option {@code endpoint}; see {@link Options#ENDPOINT}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm endpoint(String value) {
    return with(Options.ENDPOINT, value);
  }

  /**
   * Environment variable, on the driver, that holds the key.
   *
   * @param value the value of the option {@code apiKeyEnv}; see {@link Options#API_KEY_ENV}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm apiKeyEnv(String value) {
    return with(Options.API_KEY_ENV, value);
  }

  /**
   * File, on the driver, whose first line is the key; wins over apiKeyEnv.
   *
   * @param value the value of the option {@code apiKeyFile}; see {@link Options#API_KEY_FILE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm apiKeyFile(String value) {
    return with(Options.API_KEY_FILE, value);
  }

  /**
   * The key itself, in Java and Python code only (from a secret store, say).
   *
   * @param value the value of the option {@code apiKey}; see {@link Options#API_KEY}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm apiKey(String value) {
    return with(Options.API_KEY, value);
  }

  /**
   * How the key travels; api-key for Azure, none for servers without keys.
   *
   * @param value the value of the option {@code authHeader}; see {@link Options#AUTH_HEADER}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm authHeader(Options.AuthHeader value) {
    return with(Options.AUTH_HEADER, value);
  }

  /**
   * More request headers, as a JSON object of texts.
   *
   * @param value the value of the option {@code headers}; see {@link Options#HEADERS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm headers(Map<String, String> value) {
    return with(Options.HEADERS, value);
  }

  /**
   * Azure's api-version, sent as query parameter.
   *
   * @param value the value of the option {@code apiVersion}; see {@link Options#API_VERSION}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm apiVersion(String value) {
    return with(Options.API_VERSION, value);
  }

  /**
   * Lets a key go over plain HTTP to a host other than this machine.
   *
   * @param value the value of the option {@code allowHttpKey}; see {@link Options#ALLOW_HTTP_KEY}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm allowHttpKey(boolean value) {
    return with(Options.ALLOW_HTTP_KEY, value);
  }

  /**
   * The endpoint's API that is called.
   *
   * @param value the value of the option {@code api}; see {@link Options#API}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm api(Options.Api value) {
    return with(Options.API, value);
  }

  /**
   * Model (on Azure: deployment); required, but local with the local endpoint.
   *
   * @param value the value of the option {@code model}; see {@link Options#MODEL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm model(String value) {
    return with(Options.MODEL, value);
  }

  /**
   * Template of the user message; {@code {column}} stands for the row's value. This, textCol or
   * messagesCol.
   *
   * @param value the value of the option {@code prompt}; see {@link Options#PROMPT}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm prompt(String value) {
    return with(Options.PROMPT, value);
  }

  /**
   * Column whose value is sent as it is: the same as a prompt that is this column alone.
   *
   * @param value the value of the option {@code textCol}; see {@link Options#TEXT_COL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm textCol(String value) {
    return with(Options.TEXT_COL, value);
  }

  /**
   * Template of the system message (instructions), {@code {column}} as in prompt.
   *
   * @param value the value of the option {@code system}; see {@link Options#SYSTEM}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm system(String value) {
    return with(Options.SYSTEM, value);
  }

  /**
   * Column with whole conversations: an array of (role, content) structs, or its JSON.
   *
   * @param value the value of the option {@code messagesCol}; see {@link Options#MESSAGES_COL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm messagesCol(String value) {
    return with(Options.MESSAGES_COL, value);
  }

  /**
   * What is done with each text of textCol, instead of a prompt: sets system, returns or api,
   * unless they are set.
   *
   * @param value the value of the option {@code task}; see {@link Options#TASK}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm task(Options.Task value) {
    return with(Options.TASK, value);
  }

  /**
   * Labels of task=classify: bug,question,other, or a JSON object that describes each.
   *
   * @param value the value of the option {@code labels}; see {@link Options#LABELS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm labels(String value) {
    return with(Options.LABELS, value);
  }

  /**
   * Whether task=classify gives every label that fits, in labels, instead of one in label.
   *
   * @param value the value of the option {@code multiLabel}; see {@link Options#MULTI_LABEL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm multiLabel(boolean value) {
    return with(Options.MULTI_LABEL, value);
  }

  /**
   * Words of a summary at most (task=summarize); unless set, one to three sentences.
   *
   * @param value the value of the option {@code maxWords}; see {@link Options#MAX_WORDS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxWords(int value) {
    return with(Options.MAX_WORDS, value);
  }

  /**
   * Language that task=translate translates into, such as French.
   *
   * @param value the value of the option {@code language}; see {@link Options#LANGUAGE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm language(String value) {
    return with(Options.LANGUAGE, value);
  }

  /**
   * Sampling temperature; not sent unless set, as some models refuse it.
   *
   * @param value the value of the option {@code temperature}; see {@link Options#TEMPERATURE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm temperature(double value) {
    return with(Options.TEMPERATURE, value);
  }

  /**
   * Upper bound of an answer's length, in tokens.
   *
   * @param value the value of the option {@code maxTokens}; see {@link Options#MAX_TOKENS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxTokens(int value) {
    return with(Options.MAX_TOKENS, value);
  }

  /**
   * Further fields of the request body, as a JSON object; wins over the shorthands.
   *
   * @param value the value of the option {@code params}; see {@link Options#PARAMS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm params(String value) {
    return with(Options.PARAMS, value);
  }

  /**
   * Schema of the answer, which then is a struct: Spark's DDL such as {@code label STRING, score
   * DOUBLE}, a StructType as JSON, or a JSON Schema.
   *
   * @param value the value of the option {@code returns}; see {@link Options#RETURNS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm returns(String value) {
    return with(Options.RETURNS, value);
  }

  /**
   * How often a row is asked again, with the reason, whose answer does not fit returns.
   *
   * @param value the value of the option {@code schemaRetries}; see {@link Options#SCHEMA_RETRIES}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm schemaRetries(int value) {
    return with(Options.SCHEMA_RETRIES, value);
  }

  /**
   * Tier of the service (chat, responses); flex is as cheap as batches and answers at once, when
   * there is room. With it requestTimeout is 15min and rowTimeout 1h unless set.
   *
   * @param value the value of the option {@code serviceTier}; see {@link Options#SERVICE_TIER}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm serviceTier(String value) {
    return with(Options.SERVICE_TIER, value);
  }

  /**
   * What asks a row that the flex tier had no room for three times: the same tier further on, or
   * the default one, at its price.
   *
   * @param value the value of the option {@code flexFallback}; see {@link Options#FLEX_FALLBACK}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm flexFallback(Options.FlexFallback value) {
    return with(Options.FLEX_FALLBACK, value);
  }

  /**
   * What one call asks: one row (of embeddings and moderations many), an array of requests, many
   * rows in one prompt; or the Batch API, whose answers {@link #transform} takes from the
   * checkpoint; see {@link LlmBatch}.
   *
   * @param value the value of the option {@code mode}; see {@link Options#MODE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm mode(Options.Mode value) {
    return with(Options.MODE, value);
  }

  /**
   * Rows in one call at most, where calls carry many; unless set 2048 for embeddings, else 32.
   * Sizes start small and grow.
   *
   * @param value the value of the option {@code batchSize}; see {@link Options#BATCH_SIZE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm batchSize(int value) {
    return with(Options.BATCH_SIZE, value);
  }

  /**
   * Length of the vectors (embeddings); unless set, the model's own.
   *
   * @param value the value of the option {@code dimensions}; see {@link Options#DIMENSIONS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm dimensions(int value) {
    return with(Options.DIMENSIONS, value);
  }

  /**
   * Longest input of embeddings, in tokens, estimated as a token for four bytes of UTF-8.
   *
   * @param value the value of the option {@code maxInputTokens}; see {@link
   *     Options#MAX_INPUT_TOKENS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxInputTokens(int value) {
    return with(Options.MAX_INPUT_TOKENS, value);
  }

  /**
   * What is done with an input of embeddings that is too long: the row is an error, or its
   * beginning or its end is sent.
   *
   * @param value the value of the option {@code truncate}; see {@link Options#TRUNCATE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm truncate(Options.Truncate value) {
    return with(Options.TRUNCATE, value);
  }

  /**
   * Form of arrays of requests: request objects, or the conversations of vLLM.
   *
   * @param value the value of the option {@code dialect}; see {@link Options#DIALECT}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm dialect(Options.Dialect value) {
    return with(Options.DIALECT, value);
  }

  /**
   * Path below endpoint that takes arrays of requests, such as /many; unless set, the API's own.
   *
   * @param value the value of the option {@code arrayPath}; see {@link Options#ARRAY_PATH}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm arrayPath(String value) {
    return with(Options.ARRAY_PATH, value);
  }

  /**
   * What is done where the server takes no arrays: the job fails, or rows are asked one by one.
   *
   * @param value the value of the option {@code arrayFallback}; see {@link Options#ARRAY_FALLBACK}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm arrayFallback(Options.ArrayFallback value) {
    return with(Options.ARRAY_FALLBACK, value);
  }

  /**
   * What asks the rows that batches did not answer: further batches, or realtime calls.
   *
   * @param value the value of the option {@code batchFallback}; see {@link Options#BATCH_FALLBACK}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm batchFallback(Options.BatchFallback value) {
    return with(Options.BATCH_FALLBACK, value);
  }

  /**
   * Requests in one file of the Batch API at most; unless set 50000, on Azure 100000.
   *
   * @param value the value of the option {@code batchFileRequests}; see {@link
   *     Options#BATCH_FILE_REQUESTS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm batchFileRequests(int value) {
    return with(Options.BATCH_FILE_REQUESTS, value);
  }

  /**
   * Prompt tokens in live batches at most; unless set, learned when the service refuses.
   *
   * @param value the value of the option {@code batchEnqueuedTokens}; see {@link
   *     Options#BATCH_ENQUEUED_TOKENS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm batchEnqueuedTokens(long value) {
    return with(Options.BATCH_ENQUEUED_TOKENS, value);
  }

  /**
   * After how long the service deletes the files of batches; unless set, after its default.
   *
   * @param value the value of the option {@code batchFilesExpire}; see {@link
   *     Options#BATCH_FILES_EXPIRE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm batchFilesExpire(Duration value) {
    return with(Options.BATCH_FILES_EXPIRE, value);
  }

  /**
   * Calls in flight at most, per executor; fewer while the service refuses.
   *
   * @param value the value of the option {@code concurrency}; see {@link Options#CONCURRENCY}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm concurrency(int value) {
    return with(Options.CONCURRENCY, value);
  }

  /**
   * Requests per minute at most, evenly paced, of the whole Spark application.
   *
   * @param value the value of the option {@code requestsPerMinute}; see {@link
   *     Options#REQUESTS_PER_MINUTE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm requestsPerMinute(int value) {
    return with(Options.REQUESTS_PER_MINUTE, value);
  }

  /**
   * Tokens (prompt and answer) per minute at most, evenly paced, of the whole application.
   *
   * @param value the value of the option {@code tokensPerMinute}; see {@link
   *     Options#TOKENS_PER_MINUTE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm tokensPerMinute(long value) {
    return with(Options.TOKENS_PER_MINUTE, value);
  }

  /**
   * Attempts per row; waits for a rate limit do not count.
   *
   * @param value the value of the option {@code maxAttempts}; see {@link Options#MAX_ATTEMPTS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxAttempts(int value) {
    return with(Options.MAX_ATTEMPTS, value);
  }

  /**
   * Time for one attempt, from sending to the last byte of the answer.
   *
   * @param value the value of the option {@code requestTimeout}; see {@link
   *     Options#REQUEST_TIMEOUT}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm requestTimeout(Duration value) {
    return with(Options.REQUEST_TIMEOUT, value);
  }

  /**
   * Time for one row, from its first call through all retries and rate-limit waits.
   *
   * @param value the value of the option {@code rowTimeout}; see {@link Options#ROW_TIMEOUT}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm rowTimeout(Duration value) {
    return with(Options.ROW_TIMEOUT, value);
  }

  /**
   * Rows keep the order of their partition; false gives them as they finish.
   *
   * @param value the value of the option {@code ordered}; see {@link Options#ORDERED}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm ordered(boolean value) {
    return with(Options.ORDERED, value);
  }

  /**
   * Equal requests are asked once and share the answer; a checkpoint always does so.
   *
   * @param value the value of the option {@code dedupe}; see {@link Options#DEDUPE}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm dedupe(boolean value) {
    return with(Options.DEDUPE, value);
  }

  /**
   * Directory that keeps every answer, so that none is paid twice, or none.
   *
   * @param value the value of the option {@code checkpoint}; see {@link Options#CHECKPOINT}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm checkpoint(String value) {
    return with(Options.CHECKPOINT, value);
  }

  /**
   * Failed rows in the checkpoint that are asked again.
   *
   * @param value the value of the option {@code retryErrors}: {@code retryable}, {@code all},
   *     {@code none}, or error types separated by commas; see {@link Options#RETRY_ERRORS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm retryErrors(String value) {
    return with(Options.RETRY_ERRORS, value);
  }

  /**
   * On a wrong key, unknown model or empty quota: fail the job, or fill the error column.
   *
   * @param value the value of the option {@code onFatal}; see {@link Options#ON_FATAL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm onFatal(Options.OnFatal value) {
    return with(Options.ON_FATAL, value);
  }

  /**
   * Failed rows tolerated, as a ratio, per task (the job: of its output, default 0.1).
   *
   * @param value the value of the option {@code maxErrorRatio}; see {@link Options#MAX_ERROR_RATIO}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxErrorRatio(double value) {
    return with(Options.MAX_ERROR_RATIO, value);
  }

  /**
   * JSON file, on the driver, with the prices of models per million tokens.
   *
   * @param value the value of the option {@code prices}; see {@link Options#PRICES}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm prices(String value) {
    return with(Options.PRICES, value);
  }

  /**
   * US dollars that a run may spend; then its calls stop, and answers so far are kept.
   *
   * @param value the value of the option {@code maxCost}; see {@link Options#MAX_COST}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxCost(double value) {
    return with(Options.MAX_COST, value);
  }

  /**
   * Tokens (prompt and answer) that a run may spend; then its calls stop, as with maxCost.
   *
   * @param value the value of the option {@code maxTotalTokens}; see {@link
   *     Options#MAX_TOTAL_TOKENS}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm maxTotalTokens(long value) {
    return with(Options.MAX_TOTAL_TOKENS, value);
  }

  /**
   * Name of the answer column.
   *
   * @param value the value of the option {@code responseCol}; see {@link Options#RESPONSE_COL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm responseCol(String value) {
    return with(Options.RESPONSE_COL, value);
  }

  /**
   * Name of the error column.
   *
   * @param value the value of the option {@code errorCol}; see {@link Options#ERROR_COL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm errorCol(String value) {
    return with(Options.ERROR_COL, value);
  }

  /**
   * Name of a column with model, tokens, latency and source; none unless named.
   *
   * @param value the value of the option {@code metadataCol}; see {@link Options#METADATA_COL}
   * @return new settings
   * @throws IllegalArgumentException when the value is not allowed
   */
  public Llm metadataCol(String value) {
    return with(Options.METADATA_COL, value);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
