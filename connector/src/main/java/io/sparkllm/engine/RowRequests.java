package io.sparkllm.engine;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Endpoint;
import io.sparkllm.config.Options;
import io.sparkllm.ledger.RequestFingerprints;
import io.sparkllm.openai.ApiCodec;
import io.sparkllm.openai.RequestCodec;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.RowMessages;
import io.sparkllm.schema.RowTimes;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * How the rows of one DataFrame become requests: settings and schema, no live resource. Immutable;
 * travels to the executors.
 */
public final class RowRequests implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LlmOptions options;
  private final Endpoint endpoint;
  private final StructType schema;
  private final boolean caseSensitive;
  private final String timeZone;
  private final boolean javaTime;

  /**
   * Checks everything that can be checked before the first call.
   *
   * @param options the options
   * @param endpoint the resolved endpoint
   * @param schema the input's schema; rows may have further columns behind it
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @param timeZone the session's time zone
   * @param javaTime the session's {@code spark.sql.datetime.java8API.enabled}
   * @throws IllegalArgumentException naming option or column, value and cure
   */
  public RowRequests(
      LlmOptions options,
      Endpoint endpoint,
      StructType schema,
      boolean caseSensitive,
      String timeZone,
      boolean javaTime) {
    this.options = options.validate();
    this.endpoint = endpoint;
    this.schema = schema;
    this.caseSensitive = caseSensitive;
    this.timeZone = timeZone;
    this.javaTime = javaTime;
    messages();
    RequestCodec.of(options, codec());
  }

  /**
   * A row's request, without sending it.
   *
   * @param row a row of the input
   * @return request line, headers with hidden values, and the exact body; or why it cannot be asked
   */
  public String preview(Row row) {
    StringBuilder text = new StringBuilder("POST " + endpoint.url(codec().path()) + "\n");
    endpoint.headerNames().forEach(name -> text.append(name).append(": <hidden>\n"));
    try {
      byte[] body = codec().encode(messages().of(row));
      return text.append(new String(body, StandardCharsets.UTF_8)).toString();
    } catch (InvalidInputException e) {
      return text.append("not asked: ").append(e.getMessage()).toString();
    }
  }

  /**
   * The options that the requests follow.
   *
   * @return validated options
   */
  public LlmOptions options() {
    return options;
  }

  /**
   * Where the requests go.
   *
   * @return the endpoint, which holds the key
   */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * The columns of the input.
   *
   * @return the schema
   */
  public StructType schema() {
    return schema;
  }

  /**
   * Turns rows into messages.
   *
   * @return for one thread or many
   */
  public RowMessages messages() {
    return new RowMessages(options, schema, caseSensitive, zone(timeZone));
  }

  /**
   * How dates and times stand in rows.
   *
   * @return for one thread or many
   */
  public RowTimes times() {
    return javaTime ? RowTimes.ofJavaTime(zone(timeZone)) : RowTimes.ofSql(zone(timeZone));
  }

  /**
   * Turns messages into bodies, and bodies into outcomes.
   *
   * @return for one thread or many
   */
  public ApiCodec codec() {
    return ApiCodec.of(options, endpoint.isOpenAi());
  }

  /**
   * Names requests.
   *
   * @return for one thread
   */
  public RequestFingerprints fingerprints() {
    return new RequestFingerprints(
        options.isLocal() ? LlmOptions.LOCAL : endpoint.baseUrl(),
        options.get(Options.API_VERSION),
        codec().path());
  }

  /** Spark also takes short names, such as PST, and offsets such as +1:00. */
  private static ZoneId zone(String name) {
    String padded = name.replaceFirst("([+-])(\\d):", "$10$2:");
    try {
      return ZoneId.of(padded, ZoneId.SHORT_IDS);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "The setting spark.sql.session.timeZone is '" + name + "', which Java does not know", e);
    }
  }
}
