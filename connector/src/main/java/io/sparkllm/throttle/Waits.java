package io.sparkllm.throttle;

/**
 * What the executors of a run waited for, in milliseconds of all executors together.
 *
 * @param rateLimit rows waited for the rate limit, or for a pause or a cut that the service asked
 * @param concurrency rows waited for a place among the calls in flight, as many as the option says
 * @param answers nothing to send and nothing to do before answers came: the slowest ones, calls
 *     that failed and wait for their next attempt, or the first ones, with which the calls grow
 * @param rows there was room for calls, but Spark was reading the input or working on the output
 */
public record Waits(long rateLimit, long concurrency, long answers, long rows) {
  /** Nothing yet. */
  public static final Waits ZERO = new Waits(0, 0, 0, 0);

  /**
   * Adds two.
   *
   * @param more the other
   * @return the sums
   */
  public Waits plus(Waits more) {
    return new Waits(
        rateLimit + more.rateLimit,
        concurrency + more.concurrency,
        answers + more.answers,
        rows + more.rows);
  }

  /**
   * All of it.
   *
   * @return milliseconds
   */
  public long total() {
    return rateLimit + concurrency + answers + rows;
  }
}
