package io.sparkllm.cost;

import java.io.Serializable;

/** Counts the tokens of a text before anybody is asked. Travels to the executors. */
public interface TokenCounter extends Serializable {
  /**
   * Tokens of a text.
   *
   * @param text the text
   * @return from 0
   */
  double count(String text);

  /**
   * How it counts and how far it is off.
   *
   * @return a phrase such as {@code by characters (…)}
   */
  String describe();

  /**
   * Counts by the kinds of characters, without any table.
   *
   * @return the counter
   */
  static TokenCounter byCharacters() {
    return new CharacterCounter();
  }
}
