package io.sparkllm.local;

/** A request that asks for one message. Immutable. */
interface ConversationRequest extends ModelRequest {
  /** What is asked. */
  Conversation asked();

  /**
   * Puts an answer into the API's form.
   *
   * @param answer what the model says
   * @param id suffix of the answer's id
   */
  Served say(Answer answer, String id);

  @Override
  default boolean says(String words) {
    return asked().lastUser().contains(words);
  }

  @Override
  default int promptTokens() {
    return asked().promptTokens();
  }

  @Override
  default int maxTokens() {
    return asked().maxTokens();
  }

  @Override
  default Served answer(String answeringModel, String id) {
    return say(Models.answer(answeringModel, asked()), id);
  }
}
