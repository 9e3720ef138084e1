package io.sparkllm.local;

import java.util.List;

/**
 * What a conversation asks for, and about which text.
 *
 * @param kind what to do
 * @param labels to choose from; empty unless labels are asked for
 * @param instruction the words of the instruction
 * @param text what it is about
 */
record Task(Kind kind, List<String> labels, String instruction, String text) {
  enum Kind {
    LABEL,
    SUMMARY,
    TRANSLATION,
    EXTRACTION,
    ANSWER
  }
}
