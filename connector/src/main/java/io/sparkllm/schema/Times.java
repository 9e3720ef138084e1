package io.sparkllm.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Dates and times in ISO 8601, to the microsecond and within the years that Spark writes. */
final class Times {
  private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ISO_DATE_TIME;

  private Times() {}

  private static SchemaMismatchException wrongFormat(String wanted) {
    return SchemaMismatchException.of(Shape.WRONG_FORMAT, "is not " + wanted);
  }

  private static void requireYear(int year) {
    if (year < 1 || year > 9999) {
      throw SchemaMismatchException.of(
          Shape.OUT_OF_RANGE, "is in the year " + year + "; allowed: 1 to 9999");
    }
  }

  private static LocalDateTime exact(LocalDateTime time) {
    requireYear(time.getYear());
    if (!time.equals(time.truncatedTo(ChronoUnit.MICROS))) {
      throw SchemaMismatchException.of(Shape.OUT_OF_RANGE, "is more exact than microseconds");
    }
    return time;
  }

  /** Models often write a space for the T. */
  private static String withT(String text) {
    return text.length() > 10 && text.charAt(10) == ' '
        ? text.substring(0, 10) + 'T' + text.substring(11)
        : text;
  }

  /** A day. */
  static final class Day extends Shape {
    private static final String WANTED = "a date such as 2026-01-31";

    @Override
    DataType type() {
      return DataTypes.DateType;
    }

    @Override
    String jsonType() {
      return "string";
    }

    @Override
    void describe(ObjectNode schema, boolean nullable) {
      schema.put("format", "date");
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      LocalDate date;
      try {
        date = LocalDate.parse(Scalars.text(node, WANTED));
      } catch (DateTimeException e) {
        throw wrongFormat(WANTED);
      }
      requireYear(date.getYear());
      return times.date(date);
    }
  }

  /** A moment; without an offset it is in the session's time zone. */
  static final class Moment extends Shape {
    private static final String WANTED = "a time such as 2026-01-31T13:45:00Z";

    @Override
    DataType type() {
      return DataTypes.TimestampType;
    }

    @Override
    String jsonType() {
      return "string";
    }

    @Override
    void describe(ObjectNode schema, boolean nullable) {
      schema.put("format", "date-time");
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      Instant instant;
      try {
        TemporalAccessor read =
            DATE_TIME.parseBest(
                withT(Scalars.text(node, WANTED)), ZonedDateTime::from, LocalDateTime::from);
        instant =
            read instanceof ZonedDateTime zoned
                ? zoned.toInstant()
                : ((LocalDateTime) read).atZone(times.zone()).toInstant();
      } catch (DateTimeException e) {
        throw wrongFormat(WANTED);
      }
      exact(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
      return times.instant(instant);
    }
  }

  /** What a clock and a calendar on the wall show. */
  static final class Local extends Shape {
    private static final String WANTED = "a time without zone such as 2026-01-31T13:45:00";

    @Override
    DataType type() {
      return DataTypes.TimestampNTZType;
    }

    @Override
    String jsonType() {
      return "string";
    }

    @Override
    String hint() {
      return "local date and time without zone, such as 2026-01-31T13:45:00";
    }

    @Override
    Object read(JsonNode node, RowTimes times) {
      try {
        return exact(LocalDateTime.parse(withT(Scalars.text(node, WANTED))));
      } catch (DateTimeException e) {
        throw wrongFormat(WANTED);
      }
    }
  }
}
