package io.sparkllm.openai;

/** What became of a row: an answer or an error, never both, never neither. */
public sealed interface Outcome {
  /**
   * The tokens that the service counted.
   *
   * @return never null
   */
  Usage usage();

  /**
   * The same after further tokens.
   *
   * @param spent what earlier answers to the same row used
   * @return an outcome with the sum
   */
  Outcome after(Usage spent);

  /**
   * The model's answer.
   *
   * @param text the answer, never null: what the model wrote. For a vector base64, in the standard
   *     alphabet, of its 32-bit floats with the lowest byte first ({@link Vectors}); for a
   *     moderation compact JSON, {@code {"flagged":…,"categories":{name:bool},
   *     "scores":{name:number}}}, without the categories that are null
   * @param model the model that the service says answered; may be null
   * @param finishReason {@code stop}, {@code length} …; may be null
   * @param usage tokens
   * @param serviceTier the tier that the service says it used; may be null
   */
  record Answer(String text, String model, String finishReason, Usage usage, String serviceTier)
      implements Outcome {
    @Override
    public Answer after(Usage spent) {
      return new Answer(text, model, finishReason, usage.plus(spent), serviceTier);
    }
  }

  /**
   * Why there is no answer. These become the fields of the error column.
   *
   * @param type one of the closed set
   * @param code the service's or our own finer code; may be null
   * @param message one line, without secrets and prompts
   * @param status the HTTP status; null where there was none
   * @param requestId the service's id of the request; may be null
   * @param usage tokens that were charged all the same
   */
  record Failed(
      ErrorType type, String code, String message, Integer status, String requestId, Usage usage)
      implements Outcome {
    @Override
    public Failed after(Usage spent) {
      return new Failed(type, code, message, status, requestId, usage.plus(spent));
    }

    /** An error without a reply from the service. */
    public static Failed of(ErrorType type, String code, String message) {
      return new Failed(type, code, message, null, null, Usage.UNKNOWN);
    }
  }
}
