package io.sparkllm.local;

/** A checked request of one API family. Immutable. */
interface ModelRequest {
  /** The model asked for; not yet known to exist. */
  String model();

  /** What scripted rules look at: the last user message (or input), "" if there is none. */
  String lastUserText();

  /** Estimated, see {@link Tokens}. */
  int promptTokens();

  /** The caller's limit on the answer's tokens; 0 = none. */
  int maxTokens();

  /**
   * Answers it.
   *
   * @param answeringModel whose answer is given: the model asked for, or a special one in its place
   * @param id suffix of the answer's id
   */
  Served answer(String answeringModel, String id);
}
