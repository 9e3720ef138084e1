package io.sparkllm.local;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** The forms in which services say how long to wait. */
enum RetryAfter {
  /** {@code retry-after} in whole seconds, rounded up, and {@code retry-after-ms}: OpenAI. */
  SECONDS {
    @Override
    Map<String, String> headers(double seconds) {
      return Map.of("retry-after", whole(seconds), "retry-after-ms", ms(seconds));
    }
  },
  /** {@code retry-after} in whole seconds alone. */
  INTEGER {
    @Override
    Map<String, String> headers(double seconds) {
      return Map.of("retry-after", whole(seconds));
    }
  },
  /** {@code retry-after: 1.250}. */
  FLOAT {
    @Override
    Map<String, String> headers(double seconds) {
      return Map.of("retry-after", String.format(Locale.ROOT, "%.3f", seconds));
    }
  },
  /** {@code retry-after} as an HTTP date (RFC 9110 §10.2.3), rounded up to the next second. */
  DATE {
    @Override
    Map<String, String> headers(double seconds) {
      Instant until = Instant.ofEpochMilli(System.currentTimeMillis() + (long) (seconds * 1000));
      ZonedDateTime date = until.plusMillis(999).atZone(ZoneOffset.UTC);
      return Map.of("retry-after", HTTP_DATE.format(date));
    }
  },
  /** {@code retry-after-ms} alone: Azure. */
  MS {
    @Override
    Map<String, String> headers(double seconds) {
      return Map.of("retry-after-ms", ms(seconds));
    }
  },
  /** No header: the message's hint is all there is. */
  NONE {
    @Override
    Map<String, String> headers(double seconds) {
      return Map.of();
    }
  };

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

  abstract Map<String, String> headers(double seconds);

  private static String whole(double seconds) {
    return Long.toString((long) Math.ceil(seconds));
  }

  private static String ms(double seconds) {
    return Long.toString((long) Math.ceil(seconds * 1000));
  }
}
