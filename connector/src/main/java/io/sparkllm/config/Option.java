package io.sparkllm.config;

import java.util.Locale;

/**
 * The declaration of one option: the Java builder, string maps, the command line and the reference
 * table all follow from it. Immutable.
 *
 * @param <T> the Java type of its value
 */
public final class Option<T> {
  private final String name;
  private final OptionType<T> type;
  private final T defaultValue;
  private final boolean sensitive;
  private final String doc;

  private Option(String name, OptionType<T> type, T defaultValue, boolean sensitive, String doc) {
    this.name = name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.sensitive = sensitive;
    this.doc = doc;
  }

  static <T> Option<T> of(String name, OptionType<T> type, T defaultValue, String doc) {
    return new Option<>(name, type, defaultValue, false, doc);
  }

  static <T> Option<T> sensitive(String name, OptionType<T> type, String doc) {
    return new Option<>(name, type, null, true, doc);
  }

  /**
   * The name in camel case, as in Java.
   *
   * @return for example {@code requestsPerMinute}
   */
  public String name() {
    return name;
  }

  /**
   * The name as a command-line flag, without the leading hyphens.
   *
   * @return for example {@code requests-per-minute}
   */
  public String kebabName() {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /**
   * Type, range and formatting of the value.
   *
   * @return never null
   */
  public OptionType<T> type() {
    return type;
  }

  /**
   * The value when nothing is set.
   *
   * @return null where the option has no default
   */
  public T defaultValue() {
    return defaultValue;
  }

  /**
   * The default as text.
   *
   * @return {@code none} where the option has no default
   */
  public String defaultText() {
    return defaultValue == null ? "none" : type.format(defaultValue);
  }

  /**
   * Whether values must not be printed.
   *
   * @return true for keys and headers
   */
  public boolean isSensitive() {
    return sensitive;
  }

  /**
   * What the option does, in one line.
   *
   * @return a sentence
   */
  public String doc() {
    return doc;
  }

  /**
   * Turns a raw value into a checked one.
   *
   * @param raw text, or a value of the option's own type
   * @return the value
   * @throws IllegalArgumentException naming the option, the value and what is allowed
   */
  public T parse(Object raw) {
    try {
      return type.parse(raw);
    } catch (IllegalArgumentException | ArithmeticException e) {
      String shown = sensitive ? "<hidden>" : "'" + cut(String.valueOf(raw)) + "'";
      throw new IllegalArgumentException(
          "Option " + name + " is " + shown + "; allowed: " + type.allowed(), e);
    }
  }

  /**
   * The text of a value, in the form that {@link #parse} reads.
   *
   * @param value a value of the option's type
   * @return its text; {@code <hidden>} for a key
   */
  public String format(Object value) {
    return type.format(value);
  }

  private static String cut(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  @Override
  public String toString() {
    return name;
  }
}
