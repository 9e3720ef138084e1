package io.sparkllm.benchmark;

/** What is measured: something that gets answers for rows. Runs in a JVM of its own. */
interface Client extends AutoCloseable {
  /**
   * Gets the answers of all rows.
   *
   * @return seconds that it took
   * @throws Exception when a row has no answer
   */
  double run(Job job) throws Exception;

  @Override
  void close();
}
