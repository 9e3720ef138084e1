package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One rule of the fault plan: when it applies, and what happens then.
 *
 * @param when which requests it meets
 * @param kind what happens
 * @param status HTTP status; 0 = the kind's own
 * @param type error type; null = the kind's own
 * @param code error code; null = the kind's own
 * @param param error param; null = none
 * @param message error message; null = the kind's own
 * @param body literal body in place of the OpenAI-shaped one; null = none. A JSON string is sent as
 *     plain text
 * @param headers more response headers
 * @param hint what {@code retry-after} says
 * @param timing delays
 */
record Fault(
    When when,
    FaultKind kind,
    int status,
    String type,
    String code,
    String param,
    String message,
    JsonNode body,
    Map<String, String> headers,
    Hint hint,
    Timing timing) {

  /**
   * Conditions; all that are given must hold.
   *
   * @param ratio share of askings, 0 to 1
   * @param from first request number, counted from 1
   * @param to last request number
   * @param contains substring of the last user message, or of any item; null = any
   * @param path substring of the path; null = any
   * @param call what is asked of files and batches, e.g. {@code create}; null = anything
   * @param times only the first so many askings of each prompt
   * @param minItems only calls of at least so many items
   * @param minBytes only calls whose body has at least so many bytes
   * @param index only items at this place of their call, counted from 0; negative = any
   */
  record When(
      double ratio,
      long from,
      long to,
      String contains,
      String path,
      String call,
      int times,
      int minItems,
      long minBytes,
      int index) {}

  /**
   * The hint how long to wait.
   *
   * @param seconds negative = no hint
   * @param form the header's form
   */
  record Hint(double seconds, RetryAfter form) {}

  /**
   * Delays in milliseconds.
   *
   * @param latencyMs before the fault shows; negative = as ordinary answers
   * @param stallMs how long a stalled connection stays open
   * @param chunkBytes bytes per drip
   * @param chunkDelayMs between drips
   */
  record Timing(long latencyMs, long stallMs, int chunkBytes, long chunkDelayMs) {}
}
