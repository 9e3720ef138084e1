package io.sparkllm.schema;

import java.io.Serializable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * How dates and instants stand in a session's rows: its time zone, and the classes that its
 * encoders take. Immutable.
 */
public final class RowTimes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** 1900, from where on Spark itself converts nothing between the calendars. */
  private static final Instant CALENDARS_AGREE = Instant.parse("1900-01-01T00:00:00Z");

  /** The zone UTC and the classes of {@code java.sql}: Spark's default. */
  public static final RowTimes UTC = ofSql(ZoneOffset.UTC);

  private final ZoneId zone;
  private final boolean javaTime;

  private RowTimes(ZoneId zone, boolean javaTime) {
    this.zone = zone;
    this.javaTime = javaTime;
  }

  /**
   * Rows that hold {@code java.sql.Date} and {@code java.sql.Timestamp}.
   *
   * @param zone the session's time zone
   * @return how times stand in rows
   */
  public static RowTimes ofSql(ZoneId zone) {
    return new RowTimes(zone, false);
  }

  /**
   * Rows that hold {@code LocalDate} and {@code Instant}, as {@code
   * spark.sql.datetime.java8API.enabled} has it.
   *
   * @param zone the session's time zone
   * @return how times stand in rows
   */
  public static RowTimes ofJavaTime(ZoneId zone) {
    return new RowTimes(zone, true);
  }

  ZoneId zone() {
    return zone;
  }

  Object date(LocalDate date) {
    return javaTime ? date : Date.valueOf(date);
  }

  Object instant(Instant instant) {
    if (javaTime) {
      return instant;
    }
    // Long ago the old class counts in another calendar, but Spark goes by its fields.
    return instant.isBefore(CALENDARS_AGREE)
        ? Timestamp.valueOf(LocalDateTime.ofInstant(instant, ZoneId.systemDefault()))
        : Timestamp.from(instant);
  }
}
