package io.sparkllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fingerprint that changes makes every checkpoint worthless: its users would pay again. */
class RequestFingerprintsTest {
  private static final String MESSAGES =
      "[{\"role\":\"user\",\"content\":\"Classify: \\\"thé\\\" €\\n😀\"}]";
  private static final String CHAT = "{\"model\":\"gpt-4o-mini\",\"messages\":" + MESSAGES + "}";
  private static final String GOLDEN =
      "65ec3879ac24da8f70bdcead8b351e9e7f8f42b380812e47083205ceacde03ca";

  private static String of(String endpoint, String version, String path, String body) {
    return new RequestFingerprints(endpoint, version, path)
        .of(body.getBytes(StandardCharsets.UTF_8));
  }

  private static String chat(String body) {
    return of("https://api.openai.com/v1", null, "/chat/completions", body);
  }

  /** The values were made by another program: Python's json and hashlib. */
  @Test
  void staysWhatItIs() {
    assertThat(chat(CHAT)).isEqualTo(GOLDEN);
    assertThat(
            chat(
                "{\"model\":\"gpt-4o-mini\",\"temperature\":0.5,\"max_completion_tokens\":50,"
                    + "\"messages\":"
                    + MESSAGES
                    + "}"))
        .isEqualTo("497b0432f62ec2214b9224a4727f0f1a5bb89c8279c0b0cade7e56eaecec333a");
    assertThat(of("local", null, "/responses", "{\"model\":\"local\",\"input\":" + MESSAGES + "}"))
        .isEqualTo("3e0b97d86b18ab5a8253e4d74801720a4406623615f25043597e8c662da7fa5b");
    assertThat(
            of(
                "https://r.openai.azure.com/openai/deployments/d",
                "2024-10-21",
                "/chat/completions",
                "{\"model\":\"d\",\"messages\":" + MESSAGES + "}"))
        .isEqualTo("fc99914bf3d66f745d21a4759858c9daec6dc667ddc3bc11971cb82ea7aa3a10");
  }

  @Test
  void knowsNoOrderOfFieldsAndNoWayToWriteANumberOrAText() {
    String other =
        """
        { "messages" : [ {"content": "Classify: \\"th\\u00e9\\" \\u20ac\\u000a\\ud83d\\ude00", "role": "user"} ],
          "model" : "gpt-4o-mini" }
        """;
    assertThat(chat(other)).isEqualTo(GOLDEN);
    assertThat(chat("{\"temperature\":1,\"model\":\"m\"}"))
        .isEqualTo(chat("{\"model\":\"m\",\"temperature\":1.0}"))
        .isEqualTo(chat("{\"model\":\"m\",\"temperature\":10e-1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"service_tier\":\"flex\"",
        "\"store\":false",
        "\"metadata\":{\"run\":\"7\"}",
        "\"user\":\"u-1\"",
        "\"stream\":false",
        "\"encoding_format\":\"base64\""
      })
  void leavesOutWhatDoesNotChangeTheAnswer(String field) {
    assertThat(chat("{" + field + "," + CHAT.substring(1))).isEqualTo(GOLDEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"temperature\":0",
        "\"seed\":1",
        "\"response_format\":{\"type\":\"json_object\"}"
      })
  void isAnotherForAnotherParameter(String field) {
    assertThat(chat("{" + field + "," + CHAT.substring(1))).isNotEqualTo(GOLDEN);
  }

  @Test
  void isAnotherForAnotherPromptModelEndpointVersionOrPath() {
    assertThat(chat(CHAT.replace("Classify", "classify"))).isNotEqualTo(GOLDEN);
    assertThat(chat(CHAT.replace("mini", "max"))).isNotEqualTo(GOLDEN);
    assertThat(of("https://other/v1", null, "/chat/completions", CHAT)).isNotEqualTo(GOLDEN);
    assertThat(of("https://api.openai.com/v1", "v2", "/chat/completions", CHAT))
        .isNotEqualTo(GOLDEN);
    assertThat(of("https://api.openai.com/v1", null, "/responses", CHAT)).isNotEqualTo(GOLDEN);
  }

  @Test
  void tellsTextsApartThatLookAlike() {
    // Composed and decomposed: a model sees two texts.
    assertThat(chat("{\"a\":\"é\"}")).isNotEqualTo(chat("{\"a\":\"e\u0301\"}"));
  }
}
