package io.sparkllm.local.moderations;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Scores texts in the categories of OpenAI's moderations by the words in {@code moderation.txt}
 * beside this class. Each phrase that a text holds halves what is missing to 1. Immutable.
 */
public final class Moderator {
  /** From this score on a text is flagged. */
  public static final double FLAGGED = 0.5;

  // Services never tell a plain zero.
  private static final double LEAST = 0.0001;

  private final Map<String, List<Pattern>> phrases = new LinkedHashMap<>();

  /** Reads the words. */
  public Moderator() {
    try (var in = Moderator.class.getResourceAsStream("moderation.txt");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(this::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(String line) {
    int colon = line.indexOf(": ");
    String category = colon < 0 ? line.substring(0, line.length() - 1) : line.substring(0, colon);
    List<Pattern> patterns = new ArrayList<>();
    if (colon >= 0) {
      for (String phrase : line.substring(colon + 2).split(", *", -1)) {
        boolean begins = phrase.endsWith("*");
        String words = begins ? phrase.substring(0, phrase.length() - 1) : phrase;
        patterns.add(
            Pattern.compile(
                "\\b" + words.replace(" ", "\\W+") + (begins ? "" : "\\b"),
                Pattern.CASE_INSENSITIVE));
      }
    }
    phrases.put(category, patterns);
  }

  /**
   * Scores a text.
   *
   * @param text any
   * @return by category, above 0 and below 1, in the order of the file
   */
  public Map<String, Double> scores(String text) {
    Map<String, Double> scores = new LinkedHashMap<>();
    phrases.forEach(
        (category, patterns) -> {
          double missing = 1;
          for (Pattern pattern : patterns) {
            missing *= pattern.matcher(text).find() ? 0.5 : 1;
          }
          scores.put(category, Math.max(LEAST, 1 - missing));
        });
    return scores;
  }
}
