package io.sparkllm.throttle;

/** Who set a limit. */
public enum LimitSource {
  /** The user's option. */
  OPTION,
  /** The service's headers. */
  HEADER,
  /** The service's refusals: the rate at which it still answers. */
  LEARNED
}
