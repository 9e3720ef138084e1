package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.local.LocalEndpoint;
import io.sparkllm.testing.SparkTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a value of each Spark type looks like in a prompt that really arrived. */
@SparkTest
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptValuesTest {
  private static final String ZONE = "spark.sql.session.timeZone";
  private static final String JAVA8 = "spark.sql.datetime.java8API.enabled";

  private final SparkSession spark;
  private LocalEndpoint endpoint;

  PromptValuesTest(SparkSession spark) {
    this.spark = spark;
  }

  @BeforeAll
  void start() {
    endpoint = Scripted.endpoint("{}");
  }

  @AfterAll
  void stop() {
    endpoint.close();
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'as it is {id}, \"quoted\"' | as it is {id}, \"quoted\"",
        "true | true",
        "cast(-7 as tinyint) | -7",
        "cast(-7 as smallint) | -7",
        "7 | 7",
        "9007199254740993 | 9007199254740993",
        "cast(0.5 as float) | 0.5",
        "cast(0.1 as double) | 0.1",
        "cast('NaN' as double) | NaN",
        "cast('-Infinity' as double) | -Infinity",
        "cast(1.10 as decimal(10,2)) | 1.10",
        "cast(0.0000000001 as decimal(20,10)) | 0.0000000001",
        "cast(12345678901234567890123456789012345678 as decimal(38,0))"
            + " | 12345678901234567890123456789012345678",
        "date'2024-02-29' | 2024-02-29",
        "date'0001-01-01' | 0001-01-01",
        "date'1582-10-04' | 1582-10-04",
        "timestamp'2024-07-01T12:00:00Z' | 2024-07-01T08:00:00-04:00",
        "timestamp'2024-01-01T12:00:00.000001Z' | 2024-01-01T07:00:00.000001-05:00",
        "timestamp'1500-06-01T12:00:00Z' | 1500-06-01T07:03:58-04:56:02",
        "timestamp_ntz'2024-07-01T12:00:01' | 2024-07-01T12:00:01",
        "timestamp_ntz'2024-07-01T12:00:00' | 2024-07-01T12:00:00",
        "cast('bytes' as binary) | Ynl0ZXM=",
        "interval '1-2' year to month | P1Y2M",
        "interval '1 02:03:04.5' day to second | PT26H3M4.5S",
        "make_interval(1, 2, 0, 3) | 1 years 2 months 3 days",
        "array(1, null, 3) | [1,null,3]",
        "array() | []",
        "map('a', 1, 'b', null) | {\"a\":1,\"b\":null}",
        "map(date'2024-02-29', array(true, null)) | {\"2024-02-29\":[true,null]}",
        "named_struct('s', 'x', 'n', cast(null as string)) | {\"s\":\"x\",\"n\":null}",
        "named_struct('d', cast(0.00000001 as decimal(20,8)), 'e', cast(100 as decimal(20,2)))"
            + " | {\"d\":0.00000001,\"e\":100.00}",
        "array(named_struct('m', map('k', array(named_struct('t', timestamp'2024-07-01T12:00:00Z',"
            + " 'b', cast('b' as binary))))), null)"
            + " | [{\"m\":{\"k\":[{\"t\":\"2024-07-01T08:00:00-04:00\",\"b\":\"Yg==\"}]}},null]",
        "named_struct('f', cast('NaN' as float), 'd', cast('Infinity' as double))"
            + " | {\"f\":\"NaN\",\"d\":\"Infinity\"}",
      })
  void aValueIsWrittenAsAPersonWould(String expression, String expected) {
    spark.conf().set(ZONE, "America/New_York");
    try {
      assertPromptHolds(expression, expected);
    } finally {
      spark.conf().set(ZONE, "UTC");
    }
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "date'0001-01-01' | 0001-01-01",
        "timestamp'2024-07-01T12:00:00Z' | 2024-07-01T14:00:00+02:00",
        "timestamp'1500-06-01T12:00:00Z' | 1500-06-01T12:53:28+00:53:28"
      })
  void datesAndTimesAreTheSameWithJavasNewTimeClasses(String expression, String expected) {
    spark.conf().set(ZONE, "Europe/Berlin");
    spark.conf().set(JAVA8, "true");
    try {
      assertPromptHolds(expression, expected);
    } finally {
      spark.conf().unset(JAVA8);
      spark.conf().set(ZONE, "UTC");
    }
  }

  private void assertPromptHolds(String expression, String expected) {
    // The comparison by hash alone would not say what was sent: the preview does.
    Dataset<Row> rows = spark.range(1).selectExpr(expression + " v");
    Row answered =
        Scripted.echo(endpoint).prompt("<{v}>").transform(rows).select("response", "error").head();

    assertThat(answered.getString(0))
        .as(() -> Scripted.echo(endpoint).prompt("<{v}>").preview(rows, 1) + " " + answered.get(1))
        .isEqualTo("sha256:" + sha256("<" + expected + ">"));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
