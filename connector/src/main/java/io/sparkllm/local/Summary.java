package io.sparkllm.local;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Extractive summaries: the sentences whose words recur most, in their order. */
final class Summary {
  private static final Pattern SENTENCE = Pattern.compile("(?<=[.!?。！？])\\s+|\\n+");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{3,}");
  private static final Pattern WORDS_ASKED =
      Pattern.compile("(\\d{1,4})[\\s-]words?", Pattern.CASE_INSENSITIVE);
  private static final Pattern SENTENCES_ASKED =
      Pattern.compile(
          "\\b(one|two|three|four|five|single|\\d{1,2})[\\s-]sentences?", Pattern.CASE_INSENSITIVE);
  private static final Set<String> COMMON =
      Set.of(
          "the", "and", "for", "are", "but", "not", "you", "all", "any", "can", "had", "her", "was",
          "one", "our", "out", "has", "have", "him", "his", "how", "its", "may", "new", "now",
          "old", "see", "two", "who", "did", "get", "with", "that", "this", "from", "they", "will",
          "would", "there", "their", "what", "when", "which", "your", "been", "were", "than",
          "then", "them", "hello", "dear", "please", "thanks", "regards", "kind", "best");
  private static final List<String> NUMBERS = List.of("", "one", "two", "three", "four", "five");
  private static final int DEFAULT_SENTENCES = 2;
  private static final int DEFAULT_WORDS = 60;

  private Summary() {}

  /** As long as the instruction asks for: by default two sentences of at most 60 words. */
  static String of(String text, String instruction) {
    return of(text, sentencesAsked(instruction), wordsAsked(instruction));
  }

  static String of(String text, int maxSentences, int maxWords) {
    String[] sentences = SENTENCE.split(text.strip(), -1);
    Map<String, Integer> counts = new HashMap<>();
    for (String sentence : sentences) {
      for (String word : words(sentence)) {
        counts.merge(word, 1, Integer::sum);
      }
    }
    List<Integer> best =
        IntStream.range(0, sentences.length)
            .boxed()
            .filter(i -> !words(sentences[i]).isEmpty())
            .sorted(Comparator.comparingDouble((Integer i) -> -weight(sentences[i], i, counts)))
            .limit(maxSentences)
            .sorted()
            .toList();
    List<String> chosen = new ArrayList<>();
    best.forEach(i -> chosen.add(sentences[i].strip()));
    return cut(chosen.isEmpty() ? text.strip() : String.join(" ", chosen), maxWords);
  }

  /** The first so many words. */
  static String cut(String text, int maxWords) {
    String[] words = text.split("\\s+", -1);
    return words.length <= maxWords
        ? String.join(" ", words)
        : String.join(" ", List.of(words).subList(0, maxWords)) + " …";
  }

  /** Distinct words that carry meaning, in lower case. */
  static Set<String> words(String text) {
    Set<String> words = new HashSet<>();
    Matcher word = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (word.find()) {
      if (!COMMON.contains(word.group())) {
        words.add(word.group());
      }
    }
    return words;
  }

  private static double weight(String sentence, int index, Map<String, Integer> counts) {
    Set<String> words = words(sentence);
    double sum = 0;
    for (String word : words) {
      sum += counts.get(word);
    }
    // Long sentences must not win by length alone; early ones tend to state the matter.
    return sum / Math.sqrt(words.size() + 3.0) + 1.0 / (index + 1);
  }

  private static int wordsAsked(String instruction) {
    Matcher asked = WORDS_ASKED.matcher(instruction);
    return asked.find() ? Math.max(1, Integer.parseInt(asked.group(1))) : DEFAULT_WORDS;
  }

  private static int sentencesAsked(String instruction) {
    Matcher asked = SENTENCES_ASKED.matcher(instruction);
    if (!asked.find()) {
      return DEFAULT_SENTENCES;
    }
    String number = asked.group(1).toLowerCase(Locale.ROOT);
    if (number.equals("single")) {
      return 1;
    }
    int word = NUMBERS.indexOf(number);
    return Math.max(1, word > 0 ? word : Integer.parseInt(number));
  }
}
