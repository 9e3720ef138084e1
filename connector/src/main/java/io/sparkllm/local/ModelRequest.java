package io.sparkllm.local;

/** A checked request of one API family. Immutable. */
interface ModelRequest {
  /** The model asked for; not yet known to exist. */
  String model();

  /** What scripted rules look at: whether what is asked holds these words. */
  boolean says(String words);

  /** Estimated, see {@link Tokens}. */
  int promptTokens();

  /** The caller's limit on the answer's tokens; 0 = none. */
  int maxTokens();

  /** For how many answers it asks. */
  default int items() {
    return 1;
  }

  /** A model that it asks for and that there is not, so that nothing can be answered; or null. */
  default String unknownModel(EndpointScript script) {
    return Models.knows(model(), script) ? null : model();
  }

  /**
   * Answers it.
   *
   * @param answeringModel whose answer is given: the model asked for, or a special one in its place
   * @param id suffix of the answer's id
   */
  Served answer(String answeringModel, String id);
}
