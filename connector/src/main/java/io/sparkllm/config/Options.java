package io.sparkllm.config;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every option there is. This list is the answer to "what can I set?" on every surface. */
public final class Options {
  /** The value of {@code checkpoint} that stands for no checkpoint. */
  public static final String NONE = "none";

  /** How the key travels. */
  public enum AuthHeader {
    /** {@code Authorization: Bearer <key>}. */
    BEARER,
    /** {@code api-key: <key>}, as Azure OpenAI takes it. */
    API_KEY,
    /** No key at all. */
    NONE
  }

  /** The endpoint's API that is called. */
  public enum Api {
    /** {@code /chat/completions}. */
    CHAT,
    /** {@code /responses}. */
    RESPONSES,
    /** {@code /embeddings}: the response is a vector. */
    EMBEDDINGS,
    /** {@code /moderations}: the response is a struct. */
    MODERATIONS;

    /** Whether many inputs go as one array, by the API's own rules. */
    public boolean takesInputs() {
      return this == EMBEDDINGS || this == MODERATIONS;
    }
  }

  /** What is done with each text, without a prompt of one's own. */
  public enum Task {
    /** Chooses among labels: the response is a struct of {@code label} or {@code labels}. */
    CLASSIFY,
    /** Says how a text feels: a struct of {@code sentiment}. */
    SENTIMENT,
    /** Shortens: a text. */
    SUMMARIZE,
    /** Puts into another language: a text. */
    TRANSLATE,
    /** Takes facts out: the struct of {@code returns}. */
    EXTRACT,
    /** Gives a vector. */
    EMBED,
    /** Says whether a text is harmful: a struct. */
    MODERATE
  }

  /** What asks the rows that the flex tier has no room for. */
  public enum FlexFallback {
    /** The same tier, until the row's time is over. */
    NONE,
    /** The default tier, at its price. */
    DEFAULT
  }

  /** What one call to the service asks. */
  public enum Mode {
    /** One row (of embeddings and moderations: many inputs), and the answer comes at once. */
    REALTIME,
    /** Many request objects in one JSON array. */
    ARRAY,
    /** Many rows in one prompt, told apart by ids. */
    PACKED,
    /** Files of rows through the Batch API, whose answers come within a day. */
    BATCH
  }

  /** The form of {@code mode=array}. */
  public enum Dialect {
    /** A JSON array of standard request objects. */
    OPENAI,
    /** {@code /chat/completions/batch} of vLLM: many conversations with shared parameters. */
    VLLM
  }

  /** What is done where the server takes no arrays. */
  public enum ArrayFallback {
    /** The job fails with one clear exception. */
    NONE,
    /** Rows are asked one by one. */
    REALTIME
  }

  /** What is done with an input that is too long for the model. */
  public enum Truncate {
    /** The row is an error. */
    NONE,
    /** The beginning of the text is sent. */
    HEAD,
    /** The end of the text is sent. */
    TAIL
  }

  /** What is done with rows that a batch did not answer. */
  public enum BatchFallback {
    /** They go into further batches, up to {@code maxAttempts}. */
    NONE,
    /** They are asked one by one at once, at the price of such calls. */
    REALTIME
  }

  /** What a fatal cause does. */
  public enum OnFatal {
    /** The job fails with one clear exception. */
    FAIL,
    /** The rest of the rows get the cause in their error column, without a call. */
    COLUMN
  }

  /** Base URL of the service. */
  public static final Option<String> ENDPOINT =
      Option.of(
          "endpoint",
          OptionType.text(),
          "https://api.openai.com/v1",
          "Base URL of an OpenAI-compatible service, or `local` for the built-in endpoint");

  /** Environment variable that holds the key. */
  public static final Option<String> API_KEY_ENV =
      Option.of(
          "apiKeyEnv",
          OptionType.text(),
          "OPENAI_API_KEY",
          "Environment variable, on the driver, that holds the key");

  /** File that holds the key. */
  public static final Option<String> API_KEY_FILE =
      Option.of(
          "apiKeyFile",
          OptionType.text(),
          null,
          "File, on the driver, whose first line is the key; wins over apiKeyEnv");

  /** The key itself. */
  public static final Option<Secret> API_KEY =
      Option.sensitive(
          "apiKey",
          OptionType.secret(),
          "The key itself, in Java and Python code only (from a secret store, say)");

  /** How the key travels. */
  public static final Option<AuthHeader> AUTH_HEADER =
      Option.of(
          "authHeader",
          OptionType.choice(AuthHeader.class),
          AuthHeader.BEARER,
          "How the key travels; `api-key` for Azure, `none` for servers without keys");

  /** More request headers. */
  public static final Option<String> HEADERS =
      Option.sensitive(
          "headers", OptionType.jsonTextMap(), "More request headers, as a JSON object of texts");

  /** Azure's query parameter. */
  public static final Option<String> API_VERSION =
      Option.of(
          "apiVersion", OptionType.text(), null, "Azure's api-version, sent as query parameter");

  /** Lets a key go over plain HTTP. */
  public static final Option<Boolean> ALLOW_HTTP_KEY =
      Option.of(
          "allowHttpKey",
          OptionType.bool(),
          false,
          "Lets a key go over plain HTTP to a host other than this machine");

  /** The API that is called. */
  public static final Option<Api> API =
      Option.of("api", OptionType.choice(Api.class), Api.CHAT, "The endpoint's API that is called");

  /** The model. */
  public static final Option<String> MODEL =
      Option.of(
          "model",
          OptionType.text(),
          null,
          "Model (on Azure: deployment); required, but `local` with the local endpoint");

  /** The prompt template. */
  public static final Option<String> PROMPT =
      Option.of(
          "prompt",
          OptionType.text(),
          null,
          "Template of the user message; {column} stands for the row's value. This, textCol or"
              + " messagesCol");

  /** Column whose text is sent. */
  public static final Option<String> TEXT_COL =
      Option.of(
          "textCol",
          OptionType.text(),
          null,
          "Column whose value is sent as it is: the same as prompt={column}");

  /** The system message's template. */
  public static final Option<String> SYSTEM =
      Option.of(
          "system",
          OptionType.text(),
          null,
          "Template of the system message (instructions), {column} as in prompt");

  /** Column that holds whole conversations. */
  public static final Option<String> MESSAGES_COL =
      Option.of(
          "messagesCol",
          OptionType.text(),
          null,
          "Column with whole conversations: an array of (role, content) structs, or its JSON");

  /** What is done with each text. */
  public static final Option<Task> TASK =
      Option.of(
          "task",
          OptionType.choice(Task.class),
          null,
          "What is done with each text of textCol, instead of a prompt: sets system, returns or api,"
              + " unless they are set");

  /** The labels of a classification. */
  public static final Option<String> LABELS =
      Option.of(
          "labels",
          OptionType.labels(),
          null,
          "Labels of task=classify: `bug,question,other`, or a JSON object that describes each");

  /** Whether a text may have several labels. */
  public static final Option<Boolean> MULTI_LABEL =
      Option.of(
          "multiLabel",
          OptionType.bool(),
          false,
          "Whether task=classify gives every label that fits, in `labels`, instead of one in `label`");

  /** The length of a summary. */
  public static final Option<Integer> MAX_WORDS =
      Option.of(
          "maxWords",
          OptionType.integer(1, 10_000),
          null,
          "Words of a summary at most (task=summarize); unless set, one to three sentences");

  /** The language of a translation. */
  public static final Option<String> LANGUAGE =
      Option.of(
          "language",
          OptionType.text(),
          null,
          "Language that task=translate translates into, such as `French`");

  /** Sampling temperature. */
  public static final Option<Double> TEMPERATURE =
      Option.of(
          "temperature",
          OptionType.decimal(0, 2),
          null,
          "Sampling temperature; not sent unless set, as some models refuse it");

  /** Upper bound of an answer's length. */
  public static final Option<Integer> MAX_TOKENS =
      Option.of(
          "maxTokens",
          OptionType.integer(1, 1_000_000),
          null,
          "Upper bound of an answer's length, in tokens");

  /** Further body fields. */
  public static final Option<String> PARAMS =
      Option.of(
          "params",
          OptionType.jsonObject(),
          null,
          "Further fields of the request body, as a JSON object; wins over the shorthands");

  /** The schema of typed answers. */
  public static final Option<String> RETURNS =
      Option.of(
          "returns",
          OptionType.schema(),
          null,
          "Schema of the answer, which then is a struct: Spark's DDL such as `label STRING, score"
              + " DOUBLE`, a StructType as JSON, or a JSON Schema");

  /** How often a mismatch is asked again. */
  public static final Option<Integer> SCHEMA_RETRIES =
      Option.of(
          "schemaRetries",
          OptionType.integer(0, 10),
          2,
          "How often a row is asked again, with the reason, whose answer does not fit returns");

  /** The service's tier. */
  public static final Option<String> SERVICE_TIER =
      Option.of(
          "serviceTier",
          OptionType.word("auto, default, flex, priority or scale"),
          null,
          "Tier of the service (chat, responses); `flex` is as cheap as batches and answers at once,"
              + " when there is room. With it requestTimeout is 15min and rowTimeout 1h unless set");

  /** What asks the rows that the flex tier has no room for. */
  public static final Option<FlexFallback> FLEX_FALLBACK =
      Option.of(
          "flexFallback",
          OptionType.choice(FlexFallback.class),
          FlexFallback.NONE,
          "What asks a row that the flex tier had no room for three times: the same tier further on,"
              + " or the `default` one, at its price");

  /** What one call asks. */
  public static final Option<Mode> MODE =
      Option.of(
          "mode",
          OptionType.choice(Mode.class),
          Mode.REALTIME,
          "`realtime` asks row by row (embeddings, moderations: many inputs a call); `array` posts many"
              + " requests as one JSON array; `packed` puts many rows into one prompt; `batch` takes"
              + " the answers of the Batch API (half price, within 24 h) from the checkpoint");

  /** Rows of one call. */
  public static final Option<Integer> BATCH_SIZE =
      Option.of(
          "batchSize",
          OptionType.integer(1, 2048),
          null,
          "Rows in one call at most, where calls carry many; unless set 2048 for embeddings, else 32."
              + " Sizes start small and grow");

  /** Length of the vectors. */
  public static final Option<Integer> DIMENSIONS =
      Option.of(
          "dimensions",
          OptionType.integer(1, 100_000),
          null,
          "Length of the vectors (embeddings); unless set, the model's own");

  /** The longest input of embeddings. */
  public static final Option<Integer> MAX_INPUT_TOKENS =
      Option.of(
          "maxInputTokens",
          OptionType.integer(1, 10_000_000),
          8192,
          "Longest input of embeddings, in tokens, estimated as a token for four bytes of UTF-8");

  /** What is done with inputs that are too long. */
  public static final Option<Truncate> TRUNCATE =
      Option.of(
          "truncate",
          OptionType.choice(Truncate.class),
          Truncate.NONE,
          "An input of embeddings that is too long: `none` makes the row an error, `head` sends its"
              + " beginning, `tail` its end");

  /** The form of arrays. */
  public static final Option<Dialect> DIALECT =
      Option.of(
          "dialect",
          OptionType.choice(Dialect.class),
          Dialect.OPENAI,
          "Form of mode=array: request objects, or the conversations of vLLM's"
              + " `/chat/completions/batch`");

  /** The path that takes arrays. */
  public static final Option<String> ARRAY_PATH =
      Option.of(
          "arrayPath",
          OptionType.text(),
          null,
          "Path below endpoint that takes the arrays of mode=array, such as `/many`; unless set, the"
              + " API's own");

  /** What is done where arrays are not taken. */
  public static final Option<ArrayFallback> ARRAY_FALLBACK =
      Option.of(
          "arrayFallback",
          OptionType.choice(ArrayFallback.class),
          ArrayFallback.NONE,
          "Where the server takes no arrays: `none` fails the job, `realtime` asks row by row");

  /** What is done with rows that a batch did not answer. */
  public static final Option<BatchFallback> BATCH_FALLBACK =
      Option.of(
          "batchFallback",
          OptionType.choice(BatchFallback.class),
          BatchFallback.NONE,
          "What asks the rows that batches did not answer: further batches, or `realtime` calls");

  /** Requests of one file. */
  public static final Option<Integer> BATCH_FILE_REQUESTS =
      Option.of(
          "batchFileRequests",
          OptionType.integer(1, 1_000_000),
          null,
          "Requests in one file of the Batch API at most; unless set 50000, on Azure 100000");

  /** Tokens of all live batches. */
  public static final Option<Long> BATCH_ENQUEUED_TOKENS =
      Option.of(
          "batchEnqueuedTokens",
          OptionType.longInteger(1, 1_000_000_000_000L),
          null,
          "Prompt tokens in live batches at most; unless set, learned when the service refuses");

  /** When the service deletes files. */
  public static final Option<Duration> BATCH_FILES_EXPIRE =
      Option.of(
          "batchFilesExpire",
          OptionType.duration(Duration.ofHours(1), Duration.ofDays(30)),
          null,
          "After how long the service deletes the files of batches; unless set, after its default");

  /** Calls in flight per executor. */
  public static final Option<Integer> CONCURRENCY =
      Option.of(
          "concurrency",
          OptionType.integer(1, 4096),
          64,
          "Calls in flight at most, per executor; fewer while the service refuses");

  /** Budget of requests. */
  public static final Option<Integer> REQUESTS_PER_MINUTE =
      Option.of(
          "requestsPerMinute",
          OptionType.integer(1, 100_000_000),
          null,
          "Requests per minute at most, evenly paced, of the whole Spark application");

  /** Budget of tokens. */
  public static final Option<Long> TOKENS_PER_MINUTE =
      Option.of(
          "tokensPerMinute",
          OptionType.longInteger(1, 1_000_000_000_000L),
          null,
          "Tokens (prompt and answer) per minute at most, evenly paced, of the whole application");

  /** Attempts per row. */
  public static final Option<Integer> MAX_ATTEMPTS =
      Option.of(
          "maxAttempts",
          OptionType.integer(1, 100),
          8,
          "Attempts per row; waits for a rate limit do not count");

  /** Time of one attempt. */
  public static final Option<Duration> REQUEST_TIMEOUT =
      Option.of(
          "requestTimeout",
          OptionType.duration(Duration.ofMillis(10), Duration.ofHours(2)),
          Duration.ofMinutes(3),
          "Time for one attempt, from sending to the last byte of the answer");

  /** Time of one row. */
  public static final Option<Duration> ROW_TIMEOUT =
      Option.of(
          "rowTimeout",
          OptionType.duration(Duration.ofMillis(10), Duration.ofDays(2)),
          Duration.ofMinutes(15),
          "Time for one row, from its first call through all retries and rate-limit waits");

  /** Whether rows keep their order. */
  public static final Option<Boolean> ORDERED =
      Option.of(
          "ordered",
          OptionType.bool(),
          true,
          "Rows keep the order of their partition; false gives them as they finish");

  /** Whether equal requests are asked once. */
  public static final Option<Boolean> DEDUPE =
      Option.of(
          "dedupe",
          OptionType.bool(),
          false,
          "Equal requests are asked once and share the answer; a checkpoint always does so");

  /** Where finished answers are kept. */
  public static final Option<String> CHECKPOINT =
      Option.of(
          "checkpoint",
          OptionType.text(),
          NONE,
          "Directory that keeps every answer, so that none is paid twice, or `none` (the job:"
              + " `<output>_checkpoint`)");

  /** Which failed rows of a checkpoint are asked again. */
  public static final Option<String> RETRY_ERRORS =
      Option.of(
          "retryErrors",
          OptionType.text(),
          "retryable",
          "Failed rows in the checkpoint that are asked again: `retryable`, `all`, `none`, or error"
              + " types such as `timeout,server`");

  /** What a fatal cause does. */
  public static final Option<OnFatal> ON_FATAL =
      Option.of(
          "onFatal",
          OptionType.choice(OnFatal.class),
          OnFatal.FAIL,
          "On a wrong key, unknown model or empty quota: fail the job, or fill the error column");

  /** The failure budget. */
  public static final Option<Double> MAX_ERROR_RATIO =
      Option.of(
          "maxErrorRatio",
          OptionType.decimal(0, 1),
          1.0,
          "Failed rows tolerated, as a ratio, per task (the job: of its output, default 0.1)");

  /** Where the prices of models stand. */
  public static final Option<String> PRICES =
      Option.of(
          "prices",
          OptionType.text(),
          null,
          "JSON file, on the driver, with the prices of models per million tokens; unless set, those"
              + " that came with the connector");

  /** What may be spent. */
  public static final Option<Double> MAX_COST =
      Option.of(
          "maxCost",
          OptionType.dollars(),
          null,
          "US dollars that a run may spend; then its calls stop, and answers so far are kept");

  /** Tokens that may be spent. */
  public static final Option<Long> MAX_TOTAL_TOKENS =
      Option.of(
          "maxTotalTokens",
          OptionType.longInteger(1, 1_000_000_000_000_000L),
          null,
          "Tokens (prompt and answer) that a run may spend; then its calls stop, as with maxCost");

  /** Name of the answer column. */
  public static final Option<String> RESPONSE_COL =
      Option.of("responseCol", OptionType.text(), "response", "Name of the answer column");

  /** Name of the error column. */
  public static final Option<String> ERROR_COL =
      Option.of("errorCol", OptionType.text(), "error", "Name of the error column");

  /** Name of the metadata column. */
  public static final Option<String> METADATA_COL =
      Option.of(
          "metadataCol",
          OptionType.text(),
          null,
          "Name of a column with model, tokens, latency and source; none unless named");

  private static final List<Option<?>> ALL =
      List.of(
          ENDPOINT,
          API_KEY_ENV,
          API_KEY_FILE,
          API_KEY,
          AUTH_HEADER,
          HEADERS,
          API_VERSION,
          ALLOW_HTTP_KEY,
          API,
          MODEL,
          PROMPT,
          TEXT_COL,
          SYSTEM,
          MESSAGES_COL,
          TASK,
          LABELS,
          MULTI_LABEL,
          MAX_WORDS,
          LANGUAGE,
          TEMPERATURE,
          MAX_TOKENS,
          PARAMS,
          RETURNS,
          SCHEMA_RETRIES,
          SERVICE_TIER,
          FLEX_FALLBACK,
          MODE,
          BATCH_SIZE,
          DIMENSIONS,
          MAX_INPUT_TOKENS,
          TRUNCATE,
          DIALECT,
          ARRAY_PATH,
          ARRAY_FALLBACK,
          BATCH_FALLBACK,
          BATCH_FILE_REQUESTS,
          BATCH_ENQUEUED_TOKENS,
          BATCH_FILES_EXPIRE,
          CONCURRENCY,
          REQUESTS_PER_MINUTE,
          TOKENS_PER_MINUTE,
          MAX_ATTEMPTS,
          REQUEST_TIMEOUT,
          ROW_TIMEOUT,
          ORDERED,
          DEDUPE,
          CHECKPOINT,
          RETRY_ERRORS,
          ON_FATAL,
          MAX_ERROR_RATIO,
          PRICES,
          MAX_COST,
          MAX_TOTAL_TOKENS,
          RESPONSE_COL,
          ERROR_COL,
          METADATA_COL);

  private static final Map<String, Option<?>> BY_NAME =
      ALL.stream()
          .collect(
              Collectors.collectingAndThen(
                  Collectors.toMap(o -> normal(o.name()), o -> o, (a, b) -> a, LinkedHashMap::new),
                  Map::copyOf));

  private Options() {}

  /**
   * All options, in the order of the reference table.
   *
   * @return an immutable list
   */
  public static List<Option<?>> all() {
    return ALL;
  }

  /**
   * Finds an option however its name is written: {@code requestsPerMinute}, {@code
   * requestsperminute} (SQL), {@code requests-per-minute} (flags), {@code requests_per_minute}
   * (Python).
   *
   * @param name the name as the user wrote it
   * @return the option
   * @throws IllegalArgumentException naming the nearest option when there is none of that name
   */
  public static Option<?> named(String name) {
    return Optional.<Option<?>>ofNullable(BY_NAME.get(normal(name)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown option " + name + "; the nearest known is " + nearest(name)));
  }

  private static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  private static String nearest(String name) {
    return ALL.stream()
        .min(Comparator.comparingInt(o -> Names.distance(normal(o.name()), normal(name))))
        .orElseThrow()
        .name();
  }

  /**
   * The reference table of the docs, in Markdown.
   *
   * @return a table with one row for each option
   */
  public static String markdownTable() {
    StringBuilder table =
        new StringBuilder("| option | default | allowed | meaning |\n|---|---|---|---|\n");
    for (Option<?> option : ALL) {
      table.append(
          String.format(
              "| `%s` | %s | %s | %s |\n",
              option.name(),
              option.defaultValue() == null ? "" : "`" + option.defaultText() + "`",
              option.type().allowed().replace("|", "\\|"),
              option.doc()));
    }
    return table.toString();
  }
}
