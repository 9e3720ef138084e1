package io.sparkllm.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {
  private static final String KEY = "sk-test-4711";

  @Test
  void printsAsAHash() {
    assertThat(Secret.of(KEY)).asString().matches("Secret\\([0-9a-f]{12}\\)").doesNotContain(KEY);
  }

  @Test
  void isEqualToTheSameKey() {
    assertThat(Secret.of(KEY)).isEqualTo(Secret.of(KEY)).hasSameHashCodeAs(Secret.of(KEY));
  }

  @Test
  void differsFromAnotherKey() {
    assertThat(Secret.of(KEY)).isNotEqualTo(Secret.of(KEY + "x"));
  }

  @Test
  void takesEveryOccurrenceOutOfAText() {
    assertThat(Secret.of(KEY).redact("key " + KEY + ", again " + KEY + "."))
        .isEqualTo("key <hidden>, again <hidden>.");
  }

  @Test
  void leavesTextsAloneThatItIsTooShortToBeLookedForIn() {
    assertThat(Secret.of("1").redact("HTTP 401")).isEqualTo("HTTP 401");
  }
}
