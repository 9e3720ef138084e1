package io.sparkllm.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What common labels mean: read from {@code concepts.txt} beside this class. Immutable. */
final class Concepts {
  static final Concepts COMMON = load();

  private final Map<String, Integer> byLabel = new HashMap<>();
  private final Cues cues = new Cues();
  private final BitSet apart = new BitSet();
  private int count;

  private Concepts() {}

  /** The concept that a label names, or -1. */
  int find(String label) {
    String key = label.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ').strip();
    return byLabel.getOrDefault(key, -1);
  }

  /** Whether a concept says nothing about the subject (how urgent it is, say). */
  boolean isApart(int concept) {
    return apart.get(concept);
  }

  double[] score(String text) {
    return cues.score(text, count);
  }

  /** How much a text speaks of each subject; 0 for what says nothing about the subject. */
  double[] subjects(String text) {
    double[] scores = score(text);
    apart.stream().forEach(concept -> scores[concept] = 0);
    return scores;
  }

  private static Concepts load() {
    Concepts concepts = new Concepts();
    try (var in = Concepts.class.getResourceAsStream("concepts.txt");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(concepts::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return concepts;
  }

  private void read(String line) {
    if (line.startsWith("[")) {
      if (line.endsWith(" apart")) {
        apart.set(count);
      }
      count++;
      return;
    }
    int colon = line.indexOf(": ");
    String key = line.substring(0, colon);
    for (String item : line.substring(colon + 2).split(", *", -1)) {
      if (key.equals("labels")) {
        byLabel.put(item.replace('-', ' '), count - 1);
      } else {
        cues.add(item, count - 1, Double.parseDouble(key));
      }
    }
  }
}
