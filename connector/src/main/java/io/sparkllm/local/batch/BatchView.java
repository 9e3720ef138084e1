package io.sparkllm.local.batch;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A batch as it stands at one moment.
 *
 * @param id {@code batch_} and 24 characters
 * @param asked what it was made from
 * @param model null until it is validated
 * @param state where it stands
 * @param since when it came into each state that it has been in, in seconds since 1970
 * @param counts lines
 * @param usage tokens of all answers
 * @param problems why it failed; else empty
 * @param outputFileId null = none
 * @param errorFileId null = none
 * @param looks how often it was looked at since it ended
 */
public record BatchView(
    String id,
    NewBatch asked,
    String model,
    BatchState state,
    Map<BatchState, Long> since,
    Counts counts,
    Usage usage,
    List<BatchProblem> problems,
    String outputFileId,
    String errorFileId,
    int looks) {
  /** Copies the collections. */
  public BatchView {
    since = new EnumMap<>(since);
    problems = List.copyOf(problems);
  }

  /**
   * When it was made.
   *
   * @return seconds since 1970
   */
  public long createdAt() {
    return since.get(BatchState.VALIDATING);
  }

  /**
   * Lines.
   *
   * @param total 0 until the batch is validated
   * @param completed answered with status 200
   * @param failed answered otherwise
   */
  public record Counts(long total, long completed, long failed) {
    static final Counts NONE = new Counts(0, 0, 0);
  }

  /**
   * Tokens of all answers.
   *
   * @param input of prompts
   * @param output of answers
   */
  public record Usage(long input, long output) {
    static final Usage NONE = new Usage(0, 0);
  }
}
