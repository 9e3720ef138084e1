package io.sparkllm.local.embeddings;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Embeds texts by their words: each word adds to a few places that its hash chooses, so that texts
 * with words in common are near each other. Beginnings of words count as well ("print" in printer
 * and printing), and so do the topics that a text speaks of; frequent small words hardly do. The
 * same text has the same vector on every machine. Stateless but for the topics.
 */
public final class HashedWords {
  private static final Set<String> SMALL =
      Set.of(
          "a", "an", "the", "and", "or", "but", "not", "no", "of", "to", "in", "on", "at", "by",
          "for", "with", "from", "as", "is", "are", "was", "were", "be", "been", "am", "it", "its",
          "i", "we", "you", "he", "she", "they", "my", "our", "your", "me", "us", "them", "this",
          "that", "these", "those", "there", "here", "do", "does", "did", "have", "has", "had",
          "will", "would", "can", "could", "if", "so", "very", "just", "than", "then", "when");
  private static final double SMALL_WEIGHT = 0.1;
  private static final double STEM_WEIGHT = 0.5;
  private static final double TOPIC_WEIGHT = 0.7;
  private static final int LEAST_STEM = 4;
  private static final int STEM = 5;
  // More places a word make unrelated words less alike by chance.
  private static final int PLACES = 4;
  // Above it, scripts write words without spaces: each character counts as a word.
  private static final int UNSPACED = 0x2E00;

  private final Function<String, double[]> topics;

  /**
   * Makes an embedder.
   *
   * @param topics tells how much a text speaks of each of some topics, 0 or more
   */
  public HashedWords(Function<String, double[]> topics) {
    this.topics = topics;
  }

  /**
   * Embeds a text.
   *
   * @param text not empty
   * @param dimensions of the vector, at least 1
   * @return a vector of length 1
   */
  public float[] embed(String text, int dimensions) {
    double[] sum = new double[dimensions];
    words(text)
        .forEach(
            (word, count) -> {
              double weight = Math.sqrt(count) * (SMALL.contains(word) ? SMALL_WEIGHT : 1);
              add(sum, hash('w', word), weight);
              String stem = stem(word);
              if (stem.length() >= LEAST_STEM) {
                add(sum, hash('s', stem), weight * STEM_WEIGHT);
              }
            });
    double[] scores = topics.apply(text);
    for (int topic = 0; topic < scores.length; topic++) {
      if (scores[topic] > 0) {
        add(sum, mix(topic + 1), TOPIC_WEIGHT * Math.sqrt(scores[topic]));
      }
    }
    return UnitVector.of(sum, hash('t', text));
  }

  private static Map<String, Integer> words(String text) {
    Map<String, Integer> words = new HashMap<>();
    String lower = text.toLowerCase(Locale.ROOT);
    int start = -1;
    for (int i = 0; i <= lower.length(); i++) {
      char c = i < lower.length() ? lower.charAt(i) : ' ';
      boolean letter = Character.isLetterOrDigit(c) || Character.isSurrogate(c);
      if (start >= 0 && (!letter || c > UNSPACED)) {
        words.merge(lower.substring(start, i), 1, Integer::sum);
        start = -1;
      }
      if (letter && c > UNSPACED) {
        words.merge(lower.substring(i, i + 1), 1, Integer::sum);
      } else if (letter && start < 0) {
        start = i;
      }
    }
    return words;
  }

  /** The beginning of a word, without the s of a plural. */
  private static String stem(String word) {
    int end = word.endsWith("s") && !word.endsWith("ss") ? word.length() - 1 : word.length();
    return word.substring(0, Math.min(end, STEM));
  }

  private static void add(double[] sum, long hash, double weight) {
    long bits = hash;
    for (int place = 0; place < PLACES; place++) {
      bits = mix(bits + place);
      int at = (int) Long.remainderUnsigned(bits >>> 1, sum.length);
      sum[at] += (bits & 1) == 0 ? weight : -weight;
    }
  }

  /** FNV-1a over UTF-16, kinds of features apart from each other. */
  private static long hash(char kind, String text) {
    long hash = 0xCBF29CE484222325L ^ kind;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
