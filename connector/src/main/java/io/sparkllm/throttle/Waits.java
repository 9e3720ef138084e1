package io.sparkllm.throttle;

/**
 * What the executors of a run waited for, in milliseconds of all executors together.
 *
 * @param rateLimit rows waited for the rate limit, or for a pause or a cut that the service asked
 * @param concurrency rows waited for a place among the calls in flight
 * @param answers no row waited, and calls were in flight: the slowest answers
 * @param rows neither a row nor a call was there: Spark itself
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
