package io.sparkllm.local;

import java.util.List;
import java.util.Locale;

/** Says how a text feels, by words and the negations before them. */
final class Sentiment {
  static final List<String> LABELS = List.of("positive", "negative", "neutral");

  private static final int GOOD = 0;
  private static final int BAD = 1;
  private static final Cues CUES = new Cues();

  static {
    add(
        GOOD,
        "good, great*, love*, excellent, amazing, awesome, happy, thank*, thx, perfect*, wonderful,"
            + " fantastic, best, nice*, recommend*, pleased, enjoy*, helpful, fast, easy, brilliant,"
            + " delight*, impress*, works well, well done, beautiful*, pretty, like it, superb,"
            + " reliable, friendly, gut, toll, danke, super, merci, bien, bravo, gracias, perfecto,"
            + " bueno, excelente, dziękuję, świetn*, 👍, ❤, 😊, 🙏, ありがとう, شكرا, תודה");
    add(
        BAD,
        "bad, terrible, awful, hate*, worst, poor*, horrible, disappoint*, angry, broken, broke,"
            + " fail*, error*, wrong, slow, useless, waste, problem*, crash*, bug*, not work*, doesnt"
            + " work, never, annoy*, frustrat*, complain*, refund*, rude, late, missing, dirty,"
            + " expensive, unacceptable, cant, cannot, lost, sad, ugly, dreadful, schlecht,"
            + " furchtbar, kaputt, fehler*, leider, enttäuscht, mauvais*, erreur*, nul, problème*,"
            + " malo, mala, terrible, fatal, no funciona, zły, źle, błąd*, 😡, 👎, エラー, خطأ, שגיאה");
    for (String negated :
        List.of(
            "not good",
            "not great",
            "not happy",
            "not recommend",
            "wont recommend",
            "not helpful",
            "not like",
            "dont like",
            "not easy",
            "no good",
            "never again",
            "not nice",
            "not fast",
            "wont be recommending",
            "not impressed",
            "not pleased",
            "not reliable")) {
      CUES.add(negated, BAD, 3);
    }
    for (String negated :
        List.of(
            "not bad",
            "no problem*",
            "no error*",
            "no complain*",
            "never fail*",
            "never crash*",
            "not expensive",
            "dont have a problem")) {
      CUES.add(negated, GOOD, 3);
    }
  }

  private Sentiment() {}

  /** Whether these labels ask for a sentiment. */
  static boolean offered(List<String> labels) {
    return find(labels, "pos") != null && find(labels, "neg") != null;
  }

  /** One of the labels, exactly as offered. */
  static String choose(List<String> labels, String text) {
    double balance = balance(text);
    String neutral = find(labels, "neu");
    String mixed = neutral == null ? find(labels, "mix") : neutral;
    if (Math.abs(balance) < 0.5 && mixed != null) {
      return mixed;
    }
    return find(labels, balance < 0 ? "neg" : "pos");
  }

  /** Above zero for friendly texts, below for unfriendly ones. */
  static double balance(String text) {
    double[] scores = CUES.score(text, 2);
    return scores[GOOD] - scores[BAD];
  }

  private static String find(List<String> labels, String stem) {
    return labels.stream()
        .filter(label -> label.toLowerCase(Locale.ROOT).startsWith(stem))
        .findFirst()
        .orElse(null);
  }

  private static void add(int concept, String words) {
    for (String word : words.split(", *", -1)) {
      CUES.add(word, concept, 1);
    }
  }
}
