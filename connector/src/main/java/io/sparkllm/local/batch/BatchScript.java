package io.sparkllm.local.batch;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How batches behave. Immutable; may change while batches run, and then holds for those too.
 *
 * @param timing how long the states take
 * @param hold where batches stop until the script says otherwise
 * @param limits how much is taken
 * @param failures batches that fail when they are validated
 * @param unsupportedModels models that the Batch API does not serve
 * @param dialect the service's own ways
 * @param emptyFile what stands for a result file without lines
 * @param inputHidden whether a file that was uploaded is not found by its first so many batches
 *     ({@code lag})
 * @param gone what cannot be found any more
 * @param seed another seed, another order of results
 */
public record BatchScript(
    Timing timing,
    Hold hold,
    Limits limits,
    List<Failure> failures,
    Set<String> unsupportedModels,
    Dialect dialect,
    EmptyFile emptyFile,
    int inputHidden,
    Set<Gone> gone,
    long seed) {
  /** Copies the collections. */
  public BatchScript {
    failures = List.copyOf(failures);
    unsupportedModels = Set.copyOf(unsupportedModels);
    gone = Set.copyOf(gone);
  }

  /**
   * How long the states take.
   *
   * @param validatingMs milliseconds
   * @param lineMs milliseconds for each line, one after the other
   * @param finalizingMs milliseconds
   * @param cancellingMs milliseconds
   * @param windowSeconds from creation until the batch expires
   * @param aheadSeconds how far the clock of files and batches stands ahead of the machine's
   */
  public record Timing(
      long validatingMs,
      long lineMs,
      long finalizingMs,
      long cancellingMs,
      long windowSeconds,
      long aheadSeconds) {}

  /**
   * Where batches stop.
   *
   * @param states in which they stay
   * @param afterLines in {@code in_progress}: how many lines run before that
   */
  public record Hold(Set<BatchState> states, long afterLines) {
    /** Copies the states. */
    public Hold {
      states = Set.copyOf(states);
    }

    boolean in(BatchState state) {
      return states.contains(state);
    }
  }

  /**
   * How much is taken.
   *
   * @param lines most lines of a file
   * @param inputs most embedding inputs of a file
   * @param enqueuedTokens most prompt tokens of all live batches of a model, by model; {@code *} =
   *     any other; 0 = unlimited
   */
  public record Limits(long lines, long inputs, Map<String, Long> enqueuedTokens) {
    /** Copies the map. */
    public Limits {
      enqueuedTokens = Map.copyOf(enqueuedTokens);
    }

    /**
     * The limit of a model.
     *
     * @param model its name
     * @return tokens; 0 = unlimited
     */
    public long enqueuedTokens(String model) {
      Long own = enqueuedTokens.get(model);
      return own == null ? enqueuedTokens.getOrDefault("*", 0L) : own;
    }
  }

  /**
   * Batches that fail when they are validated.
   *
   * @param code e.g. {@code billing_hard_limit_reached}
   * @param message one English sentence
   * @param from number of the first such batch, counted from 1 in order of creation
   * @param to number of the last such batch
   */
  public record Failure(String code, String message, long from, long to) {
    boolean meets(long number) {
      return number >= from && number <= to;
    }
  }

  /** The ways of a service. */
  public enum Dialect {
    /** OpenAI's own. */
    OPENAI,
    /** Azure OpenAI: its codes, lines without {@code id}, endpoints without {@code /v1}. */
    AZURE
  }

  /** What stands for a result file without lines. */
  public enum EmptyFile {
    /** No id at all. */
    NULL,
    /** The empty string as its id. */
    EMPTY_ID,
    /** A file of zero bytes. */
    EMPTY_FILE
  }

  /** What cannot be found any more. */
  public enum Gone {
    /** All batches. */
    BATCHES,
    /** Files that clients uploaded. */
    INPUT_FILES,
    /** The answers of batches. */
    OUTPUT_FILES,
    /** The failures of batches. */
    ERROR_FILES
  }
}
