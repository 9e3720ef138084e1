package io.sparkllm.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TimerTest {
  @Test
  void goesOnAfterAnActionThatThrows() throws Exception {
    try (Timer timer = new Timer("spark-llm-timer")) {
      CountDownLatch ran = new CountDownLatch(1);
      timer.after(
          0,
          () -> {
            throw new IllegalStateException("expected by a test");
          });
      timer.after(1, ran::countDown);

      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void forgetsWhatIsCancelled() throws Exception {
    try (Timer timer = new Timer("spark-llm-timer")) {
      AtomicBoolean ran = new AtomicBoolean();
      CountDownLatch later = new CountDownLatch(1);
      timer.after(30_000_000, () -> ran.set(true)).cancel();
      timer.after(40_000_000, later::countDown);

      assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).isFalse();
    }
  }

  @Test
  void runsOnADaemonThread() throws Exception {
    try (Timer timer = new Timer("spark-llm-timer")) {
      AtomicBoolean daemon = new AtomicBoolean();
      CountDownLatch ran = new CountDownLatch(1);
      timer.after(
          0,
          () -> {
            daemon.set(Thread.currentThread().isDaemon());
            ran.countDown();
          });

      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(daemon).isTrue();
    }
  }

  @Test
  void forgetsWhatComesAfterItsClose() {
    Timer timer = new Timer("spark-llm-timer");
    timer.close();

    timer.after(0, () -> {}).cancel();
  }
}
