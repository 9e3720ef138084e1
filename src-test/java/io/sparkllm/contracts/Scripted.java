package io.sparkllm.contracts;

import io.sparkllm.Llm;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Endpoints in the tests' JVM that behave by a script, and calls that go there. */
final class Scripted {
  private Scripted() {}

  /** On a free port of loopback, where forked executors reach it too. */
  static LocalEndpoint endpoint(String script) {
    try {
      return LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse(script));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks for the SHA-256 of the column {@code text}, which proves whose answer a row got. */
  static Llm echo(LocalEndpoint endpoint) {
    return echo(endpoint.url());
  }

  static Llm echo(String url) {
    return Llm.chat().endpoint(url).model("echo").prompt("{text}");
  }
}
