package io.sparkllm.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the text of an option becomes a value, and the sentence that says what is allowed.
 *
 * @param <T> the Java type of the value
 */
public final class OptionType<T> {
  private static final Pattern DURATION =
      Pattern.compile("(\\d+)\\s*(ms|millis|s|sec|seconds?|m|min|minutes?|h|hours?)?");

  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  private final Class<T> javaType;
  private final String allowed;
  private final Function<String, T> parser;
  private final Function<T, String> formatter;

  private OptionType(
      Class<T> javaType,
      String allowed,
      Function<String, T> parser,
      Function<T, String> formatter) {
    this.javaType = javaType;
    this.allowed = allowed;
    this.parser = parser;
    this.formatter = formatter;
  }

  /** Any text that is not blank. */
  static OptionType<String> text() {
    return new OptionType<>(
        String.class, "a text", s -> require(!s.isBlank(), s), Function.identity());
  }

  /** A whole number between two bounds, both included. */
  static OptionType<Integer> integer(int min, int max) {
    return new OptionType<>(
        Integer.class,
        "a whole number from " + min + " to " + max,
        s -> {
          int value = Integer.parseInt(s.trim().replace("_", ""));
          return require(value >= min && value <= max, value);
        },
        String::valueOf);
  }

  /** A whole number of 64 bits between two bounds, both included. */
  static OptionType<Long> longInteger(long min, long max) {
    return new OptionType<>(
        Long.class,
        "a whole number from " + min + " to " + max,
        s -> {
          long value = Long.parseLong(s.trim().replace("_", ""));
          return require(value >= min && value <= max, value);
        },
        String::valueOf);
  }

  /** A decimal number between two bounds, both included. */
  static OptionType<Double> decimal(double min, double max) {
    return new OptionType<>(
        Double.class,
        "a number from " + min + " to " + max,
        s -> {
          double value = Double.parseDouble(s.trim());
          return require(value >= min && value <= max, value);
        },
        String::valueOf);
  }

  /** An amount of money, which is more than nothing. */
  static OptionType<Double> dollars() {
    return new OptionType<>(
        Double.class,
        "a number of US dollars above 0",
        s -> {
          double value = Double.parseDouble(s.trim());
          return require(value > 0 && value < Double.POSITIVE_INFINITY, value);
        },
        value -> BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
  }

  /** {@code true} or {@code false}, nothing else: a typing error must not switch a guard off. */
  static OptionType<Boolean> bool() {
    return new OptionType<>(
        Boolean.class,
        "true or false",
        s ->
            switch (s.trim().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException();
            },
        String::valueOf);
  }

  /**
   * A length of time such as {@code 500ms}, {@code 180s}, {@code 15min}; bare numbers are seconds.
   */
  static OptionType<Duration> duration(Duration min, Duration max) {
    return new OptionType<>(
        Duration.class,
        "a time from " + format(min) + " to " + format(max) + ", such as 500ms, 180s or 15min",
        s -> {
          Duration value = parseDuration(s);
          return require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0, value);
        },
        OptionType::format);
  }

  /** One of the constants of an enum, written in lower case with hyphens. */
  static <E extends Enum<E>> OptionType<E> choice(Class<E> type) {
    return new OptionType<>(
        type,
        Arrays.stream(type.getEnumConstants())
            .map(OptionType::label)
            .collect(Collectors.joining(", ")),
        s ->
            Arrays.stream(type.getEnumConstants())
                .filter(e -> label(e).equals(s.trim().toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new),
        OptionType::label);
  }

  /** A JSON object, kept as its text. */
  static OptionType<String> jsonObject() {
    return new OptionType<>(
        String.class,
        "a JSON object such as {\"top_p\": 0.9}",
        s -> {
          Json.object(s);
          return s;
        },
        Function.identity());
  }

  /** A schema of answers, which is checked with the other options. */
  static OptionType<String> schema() {
    return new OptionType<>(
        String.class,
        "a schema such as label STRING, score DOUBLE",
        s -> require(!s.isBlank(), s),
        Function.identity());
  }

  /** A JSON object of texts, kept as its text; used for headers. */
  static OptionType<String> jsonTextMap() {
    return new OptionType<>(
        String.class,
        "a JSON object of texts such as {\"X-Team\": \"data\"}",
        s -> {
          Json.textMap(s);
          return s;
        },
        Function.identity());
  }

  /** Labels, kept as their text; {@link Labels} reads them. */
  static OptionType<String> labels() {
    return new OptionType<>(
        String.class,
        "labels separated by commas, or a JSON object from label to description",
        s -> {
          Labels.check(s);
          return s;
        },
        Function.identity());
  }

  /** A name of the service's own, in lower case. */
  static OptionType<String> word(String examples) {
    return new OptionType<>(
        String.class,
        "a word such as " + examples,
        s -> {
          String word = s.trim().toLowerCase(Locale.ROOT);
          return require(WORD.matcher(word).matches(), word);
        },
        Function.identity());
  }

  /** A key: never printed. */
  static OptionType<Secret> secret() {
    return new OptionType<>(
        Secret.class, "a key", s -> Secret.of(require(!s.isBlank(), s).trim()), s -> "<hidden>");
  }

  /**
   * The Java type of the values.
   *
   * @return the class, never null
   */
  public Class<T> javaType() {
    return javaType;
  }

  /**
   * What is allowed, as a phrase for messages and docs.
   *
   * @return for example {@code a whole number from 1 to 4096}
   */
  public String allowed() {
    return allowed;
  }

  T parse(Object raw) {
    if (raw instanceof Secret) {
      // Its text is hidden, and it was checked when it was made.
      return javaType.cast(raw);
    }
    if (javaType.isInstance(raw) && javaType != String.class) {
      return parser.apply(formatter.apply(javaType.cast(raw)));
    }
    if (raw instanceof Map<?, ?> map) {
      return parser.apply(Json.write(map));
    }
    if (raw instanceof Collection<?> list) {
      return parser.apply(Json.write(list));
    }
    return parser.apply(String.valueOf(raw));
  }

  String format(Object value) {
    return formatter.apply(javaType.cast(value));
  }

  /** The text of a duration in the form that {@link #duration} reads. */
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "min";
  }

  private static Duration parseDuration(String text) {
    Matcher m = DURATION.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new IllegalArgumentException();
    }
    long amount = Long.parseLong(m.group(1));
    String unit = Objects.requireNonNullElse(m.group(2), "s");
    if (unit.startsWith("ms") || unit.startsWith("milli")) {
      return Duration.ofMillis(amount);
    }
    return switch (unit.charAt(0)) {
      case 'h' -> Duration.ofHours(amount);
      case 'm' -> Duration.ofMinutes(amount);
      default -> Duration.ofSeconds(amount);
    };
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <V> V require(boolean holds, V value) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
    return value;
  }
}
