package io.sparkllm.cost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Options;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The prices of models: the option {@code prices}, or those in the jar. Immutable. */
public final class Prices {
  private static final String SHIPPED = "prices.json";

  /** What the built-in endpoint serves. */
  private static final List<String> FREE = List.of(LlmOptions.LOCAL, "echo");

  /** As in {@code gpt-4o-mini-2024-07-18} and {@code gpt-4-0613}. */
  private static final Pattern DATED =
      Pattern.compile("(.+)-(?:\\d{4}-\\d{2}-\\d{2}|\\d{8}|\\d{4})");

  private static final List<String> FIELDS =
      List.of("input", "cachedInput", "output", "batchDiscount", "flexDiscount");

  private final String name;
  private final LocalDate updated;
  private final Map<String, Price> models;

  private Prices(String name, LocalDate updated, Map<String, Price> models) {
    this.name = name;
    this.updated = updated;
    this.models = models;
  }

  /**
   * The prices that the options name.
   *
   * @param options the options
   * @return prices
   * @throws IllegalArgumentException naming the file, the model and the field that is wrong
   */
  public static Prices of(LlmOptions options) {
    String file = options.get(Options.PRICES);
    if (file == null) {
      return parse("the connector's own prices", shipped());
    }
    try {
      return parse(file, Files.readString(Path.of(file)));
    } catch (NoSuchFileException e) {
      throw wrong(file, "is not there; name a file on the driver");
    } catch (IOException | InvalidPathException e) {
      throw wrong(file, "cannot be read: " + e);
    }
  }

  private static String shipped() {
    try (InputStream in = Prices.class.getResourceAsStream(SHIPPED)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Prices parse(String name, String text) {
    JsonNode root;
    try {
      root = Json.parse(text);
    } catch (JsonProcessingException e) {
      throw wrong(name, "is no JSON: " + e.getOriginalMessage());
    }
    JsonNode listed = root.path("models");
    if (!listed.isObject() || listed.isEmpty()) {
      throw wrong(name, "has no object models, by name the prices of each model");
    }
    Map<String, Price> models = new HashMap<>();
    for (Map.Entry<String, JsonNode> model : listed.properties()) {
      models.put(model.getKey(), new Entry(name, model.getKey(), model.getValue()).price());
    }
    return new Prices(name, updated(name, root.path("updated")), models);
  }

  private static LocalDate updated(String name, JsonNode date) {
    try {
      return LocalDate.parse(date.asText());
    } catch (DateTimeParseException e) {
      throw wrong(name, "has updated " + date + "; allowed: a date such as \"2026-11-30\"");
    }
  }

  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException("Option prices is '" + name + "', which " + what);
  }

  /** One model in the file. */
  private record Entry(String file, String model, JsonNode fields) {
    Price price() {
      if (!fields.isObject()) {
        throw wrong("is " + fields + "; allowed: an object of " + String.join(", ", FIELDS));
      }
      fields
          .fieldNames()
          .forEachRemaining(
              field -> {
                if (!FIELDS.contains(field)) {
                  throw wrong("has a field " + field + "; known: " + String.join(", ", FIELDS));
                }
              });
      return new Price(
          required("input"),
          amount("cachedInput"),
          required("output"),
          discount("batchDiscount"),
          discount("flexDiscount"));
    }

    private BigDecimal required(String field) {
      if (!fields.has(field)) {
        throw wrong("has no field " + field + ", in dollars per million tokens");
      }
      return amount(field);
    }

    private BigDecimal amount(String field) {
      JsonNode value = fields.path(field);
      if (value.isMissingNode()) {
        return null;
      }
      if (!value.isNumber() || value.decimalValue().signum() < 0) {
        throw wrong("has " + field + " " + value + "; allowed: a number from 0");
      }
      // By its text: the double nearest to 0.15 is another number.
      return new BigDecimal(value.asText());
    }

    private BigDecimal discount(String field) {
      BigDecimal value = amount(field);
      if (value != null && value.compareTo(BigDecimal.ONE) > 0) {
        throw wrong("has " + field + " " + value + "; allowed: a number from 0 to 1");
      }
      return value;
    }

    private IllegalArgumentException wrong(String what) {
      return Prices.wrong(file, "is wrong: model " + model + " " + what);
    }
  }

  /**
   * The price of a model: by its name, or by the name without its date.
   *
   * @param model the model that requests name
   * @return empty where it is not known; what the built-in endpoint serves costs nothing
   */
  public Optional<Price> price(String model) {
    Price exact = models.get(model);
    if (exact != null) {
      return Optional.of(exact);
    }
    Matcher dated = DATED.matcher(model);
    if (dated.matches() && models.containsKey(dated.group(1))) {
      return Optional.of(models.get(dated.group(1)));
    }
    return FREE.contains(model) ? Optional.of(Price.FREE) : Optional.empty();
  }

  /**
   * Where and when these prices come from.
   *
   * @return for example {@code /data/prices.json of 2026-11-30}
   */
  @Override
  public String toString() {
    return name + " of " + updated;
  }
}
