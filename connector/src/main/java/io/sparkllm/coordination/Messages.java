package io.sparkllm.coordination;

import io.sparkllm.CallCounts;
import io.sparkllm.config.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * What travels between executors and driver: JSON in byte arrays, as Spark's RPC cannot read
 * classes that came with an application's jars.
 */
final class Messages {
  /** An executor's report: what it counted, and what it asks of each budget. */
  record Report(String executor, Map<String, CallCounts> counts, List<BudgetAsk> asks) {}

  /** The answers, in the order of what was asked. */
  record Answers(List<BudgetAnswer> answers) {}

  private Messages() {}

  static byte[] write(Object message) {
    try {
      return Json.MAPPER.writeValueAsBytes(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static <T> T read(Object message, Class<T> type) {
    try {
      return Json.MAPPER.readValue((byte[]) message, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
