package io.sparkllm.throttle;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import java.util.Collection;

/**
 * The limits that one user of a budget names.
 *
 * @param requestsPerMinute null where none is named
 * @param tokensPerMinute null where none is named
 */
public record RateLimits(Long requestsPerMinute, Long tokensPerMinute) {
  /** No limit. */
  public static final RateLimits NONE = new RateLimits(null, null);

  /**
   * The limits that options name.
   *
   * @param options the options
   * @return the limits
   */
  public static RateLimits of(LlmOptions options) {
    Integer requests = options.get(Options.REQUESTS_PER_MINUTE);
    return new RateLimits(
        requests == null ? null : Long.valueOf(requests), options.get(Options.TOKENS_PER_MINUTE));
  }

  /**
   * The lowest of several users' limits, which is what holds while all of them call.
   *
   * @param all the limits of the users
   * @return each limit's lowest value
   */
  public static RateLimits lowest(Collection<RateLimits> all) {
    return all.stream()
        .reduce(
            NONE,
            (a, b) ->
                new RateLimits(
                    lower(a.requestsPerMinute, b.requestsPerMinute),
                    lower(a.tokensPerMinute, b.tokensPerMinute)));
  }

  private static Long lower(Long a, Long b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Math.min(a, b);
  }
}
