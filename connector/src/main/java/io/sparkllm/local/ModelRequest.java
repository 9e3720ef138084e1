package io.sparkllm.local;

/** A checked request of one API family. Immutable. */
interface ModelRequest {
  /** The model asked for; not yet known to exist. */
  String model();

  /** What is asked. */
  Conversation asked();

  /** What scripted rules look at: the last user message (or input), "" if there is none. */
  default String lastUserText() {
    return asked().lastUser();
  }

  /** Estimated, see {@link Tokens}. */
  default int promptTokens() {
    return asked().promptTokens();
  }

  /** The caller's limit on the answer's tokens; 0 = none. */
  default int maxTokens() {
    return asked().maxTokens();
  }

  /**
   * Answers it.
   *
   * @param answeringModel whose answer is given: the model asked for, or a special one in its place
   * @param id suffix of the answer's id
   */
  Served answer(String answeringModel, String id);
}
