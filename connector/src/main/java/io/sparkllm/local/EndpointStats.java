package io.sparkllm.local;

import io.sparkllm.local.batch.BatchStats;
import java.util.List;
import java.util.Map;

/**
 * What the endpoint has served since its start or the last reset. Calls of the control routes
 * ({@code /stats}, {@code /script}, {@code /health}) are not counted.
 *
 * @param requests requests that arrived whole
 * @param byStatus answers by HTTP status, without those that never came
 * @param byPath requests by route, {@code unknown} for unknown paths
 * @param byModel model calls by the model's name (at most 100 names, then {@code other})
 * @param items what model calls that got past the limits asked for, by path; lines of batches under
 *     {@code batch} and their endpoint
 * @param answers good answers: status 200, well-formed and sent whole; a call that asks for many
 *     things at once has one for each that it got
 * @param doubles good answers beyond the first to the same request; 0 without {@code trackPrompts}
 * @param distinctPrompts different requests that got past the limits, items each for itself; 0
 *     without {@code trackPrompts}
 * @param inFlight requests that wait for their answer now
 * @param maxInFlight most of them at any one time
 * @param dropped connections that a fault closed without an answer
 * @param stalled connections that a fault let hang
 * @param abandoned requests whose client closed the connection before its answer was sent
 * @param promptTokens sum over status-200 answers, as told in {@code usage}
 * @param completionTokens sum over status-200 answers, as told in {@code usage}
 * @param seconds one entry for each second in which a model call was accepted or throttled
 * @param accepted each accepted model call, as they came in but for neighbours; empty without
 *     {@code recordTimes}
 * @param refused each model call that a limit or a fault refused, likewise
 * @param batch files and batches
 */
public record EndpointStats(
    long requests,
    Map<Integer, Long> byStatus,
    Map<String, Long> byPath,
    Map<String, Long> byModel,
    Map<String, Items> items,
    long answers,
    long doubles,
    int distinctPrompts,
    int inFlight,
    int maxInFlight,
    long dropped,
    long stalled,
    long abandoned,
    long promptTokens,
    long completionTokens,
    List<Second> seconds,
    List<Accepted> accepted,
    List<Refused> refused,
    BatchStats batch) {

  /**
   * What calls to one path asked for: one item each, or many at once.
   *
   * @param calls that got past the limits
   * @param items asked for by these
   * @param answers good ones
   * @param doubles good answers beyond the first to the same item, wherever that one was given
   * @param most items of one call
   */
  public record Items(long calls, long items, long answers, long doubles, long most) {}

  /**
   * One second of model calls.
   *
   * @param epochSecond when
   * @param requests answered with status 200, by time of arrival
   * @param tokens charged for these: max(max_tokens, estimated prompt tokens), or what they used
   *     where that is more and counts ({@code charge} {@code used})
   * @param throttled answered with status 429
   */
  public record Second(long epochSecond, long requests, long tokens, long throttled) {}

  /**
   * One model call answered with status 200.
   *
   * @param epochMs time of arrival, milliseconds since 1970
   * @param tokens charged, see {@link Second}
   */
  public record Accepted(long epochMs, long tokens) {}

  /**
   * One model call not answered with status 200; without those that named a wrong key, an unknown
   * model or no valid request.
   *
   * @param epochMs time of arrival, milliseconds since 1970
   * @param status of the answer; 0 where the connection closed without one
   */
  public record Refused(long epochMs, int status) {}
}
