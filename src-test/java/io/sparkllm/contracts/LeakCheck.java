package io.sparkllm.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.engine.ExecutorRegistry;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After each test no task holds a client, no call is in flight, and the client's threads end. */
final class LeakCheck implements AfterEachCallback {

  @Override
  public void afterEach(ExtensionContext context) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(ExecutorRegistry.users()).as("tasks that hold a client").isZero();
              assertThat(ExecutorRegistry.callsInFlight()).as("calls in flight").isZero();
            });
    ExecutorRegistry.closeUnused();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .as("threads of the client")
                    .noneMatch(LeakCheck::isClientThread));
  }

  private static boolean isClientThread(String name) {
    return name.startsWith("spark-llm-") && !name.startsWith("spark-llm-local-");
  }
}
