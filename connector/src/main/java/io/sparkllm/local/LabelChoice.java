package io.sparkllm.local;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Chooses the label that fits a text: by what common labels mean, then by words that label and text
 * share, then {@code other}, then the first.
 */
final class LabelChoice {
  private static final Set<String> REST =
      Set.of(
          "other",
          "others",
          "none",
          "misc",
          "miscellaneous",
          "unknown",
          "general",
          "n/a",
          "none of the above",
          "something else",
          "not applicable",
          "neither");

  private static final int BUG = Concepts.COMMON.find("bug");
  // Who writes a whole sentence and neither asks, orders nor thanks reports that something is
  // wrong.
  private static final int STATEMENT = 30;
  private static final double STATEMENT_WEIGHT = 1.5;

  private LabelChoice() {}

  /** One of the labels, exactly as offered. */
  static String choose(List<String> labels, String text) {
    if (Sentiment.offered(labels)) {
      return Sentiment.choose(labels, text);
    }
    String rest = labels.stream().filter(LabelChoice::isRest).findFirst().orElse(null);
    if (rest != null && text.codePoints().noneMatch(Character::isLetterOrDigit)) {
      return rest;
    }
    double[] concepts = Concepts.COMMON.score(text);
    boolean[] offered = new boolean[concepts.length];
    String best = null;
    double highest = 0;
    String normal = Cues.normal(text);
    for (String label : labels) {
      int concept = Concepts.COMMON.find(label);
      double score = concept >= 0 ? concepts[concept] : 2 * overlap(label, normal);
      if (concept >= 0 && concept == BUG && normal.length() > STATEMENT) {
        score += STATEMENT_WEIGHT;
      }
      if (concept >= 0) {
        offered[concept] = true;
      }
      if (score > highest) {
        highest = score;
        best = label;
      }
    }
    return rest != null && restScore(concepts, offered) >= highest
        ? rest
        : best != null ? best : rest != null ? rest : labels.get(0);
  }

  /** What speaks for a meaning that no label offers. */
  private static double restScore(double[] concepts, boolean[] offered) {
    double highest = 0;
    for (int i = 0; i < concepts.length; i++) {
      if (!offered[i] && !Concepts.COMMON.isApart(i)) {
        highest = Math.max(highest, concepts[i]);
      }
    }
    return highest;
  }

  /** How many of the label's words begin words of the text. */
  private static int overlap(String label, String normalText) {
    int shared = 0;
    for (String word : label.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      // A short stem of long words: "shipping" meets "shipped".
      String stem = word.length() > 6 ? word.substring(0, word.length() - 3) : word;
      if (!stem.isEmpty() && normalText.contains(" " + stem)) {
        shared++;
      }
    }
    return shared;
  }

  private static boolean isRest(String label) {
    return REST.contains(label.toLowerCase(Locale.ROOT).strip());
  }
}
