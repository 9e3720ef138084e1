package io.sparkllm.local;

/** What all routes share: the script that holds now, limits, prompts, counts. Thread-safe. */
final class ServerState {
  private final RateLimiter limiter = new RateLimiter(System::nanoTime);
  private final PromptLedger prompts = new PromptLedger();
  private final PromptLedger groups = new PromptLedger();
  private final StatsRecorder stats = new StatsRecorder(prompts);
  private volatile EndpointScript script;

  ServerState(EndpointScript script) {
    script(script);
  }

  void script(EndpointScript changed) {
    limiter.limit(changed.rateLimit());
    this.script = changed;
  }

  EndpointScript script() {
    return script;
  }

  RateLimiter limiter() {
    return limiter;
  }

  PromptLedger prompts() {
    return prompts;
  }

  /** Askings of whole calls that ask for many things at once. */
  PromptLedger groups() {
    return groups;
  }

  StatsRecorder stats() {
    return stats;
  }
}
