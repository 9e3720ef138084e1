package io.sparkllm.local;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds many weighted words and phrases in one pass over a text, by a trie walked from each word's
 * start. Immutable once built.
 */
final class Cues {
  private static final class Node {
    final Map<Character, Node> next = new HashMap<>();
    final List<Integer> anywhere = new ArrayList<>();
    final List<Integer> wholeWord = new ArrayList<>();
  }

  private final Node root = new Node();
  private final List<double[]> cues = new ArrayList<>();

  /** Adds a cue for a concept; a trailing {@code *} makes it a prefix. */
  void add(String cue, int concept, double weight) {
    boolean prefix = cue.endsWith("*");
    String key = prefix ? cue.substring(0, cue.length() - 1) : cue;
    Node node = root;
    for (int i = 0; i < key.length(); i++) {
      node = node.next.computeIfAbsent(key.charAt(i), k -> new Node());
    }
    // Scripts without spaces between words have no word ends to wait for.
    boolean unspaced = key.codePoints().anyMatch(c -> c > 0x2E00);
    (prefix || unspaced ? node.anywhere : node.wholeWord).add(cues.size());
    cues.add(new double[] {concept, weight});
  }

  /** The sum of weights by concept; each cue counts once, however often it stands there. */
  double[] score(String text, int concepts) {
    String normal = normal(text);
    BitSet found = new BitSet(cues.size());
    for (int start = 0; start < normal.length(); start++) {
      if (start == 0 || normal.charAt(start - 1) == ' ' || normal.charAt(start) > 0x2E00) {
        walk(normal, start, found);
      }
    }
    double[] scores = new double[concepts];
    found.stream().forEach(cue -> scores[(int) cues.get(cue)[0]] += cues.get(cue)[1]);
    return scores;
  }

  private void walk(String normal, int start, BitSet found) {
    Node node = root;
    for (int i = start; i < normal.length(); i++) {
      node = node.next.get(normal.charAt(i));
      if (node == null) {
        return;
      }
      node.anywhere.forEach(found::set);
      if (!node.wholeWord.isEmpty() && (i + 1 == normal.length() || normal.charAt(i + 1) == ' ')) {
        node.wholeWord.forEach(found::set);
      }
    }
  }

  /** Lower case, words apart by one space, " . " and " ? " for ends of sentences and lines. */
  static String normal(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder(lower.length() + 16).append(". ");
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      switch (c) {
        case '\'', '’', '\u064B', '\u200B' -> {}
        case '?', '？', '؟' -> mark(out, "? ");
        case '.', '!', '\n', ';', ':', '。', '！' -> mark(out, ". ");
        default -> {
          if (Character.isLetterOrDigit(c) || Character.isSurrogate(c) || c > 0x2E00 || c == '❤') {
            out.append(c);
          } else if (out.charAt(out.length() - 1) != ' ') {
            out.append(' ');
          }
        }
      }
    }
    return out.toString();
  }

  private static void mark(StringBuilder out, String mark) {
    if (out.charAt(out.length() - 1) != ' ') {
      out.append(' ');
    }
    out.append(mark);
  }
}
