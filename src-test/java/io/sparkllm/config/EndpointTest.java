package io.sparkllm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.LlmOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  private static final String KEY = "sk-test-4711";
  private static final Map<String, String> ENV = Map.of("OPENAI_API_KEY", KEY);

  /** Pairs of option names and values, over a model and a prompt. */
  private static LlmOptions options(String... pairs) {
    Map<String, String> texts = new HashMap<>(Map.of("model", "m", "prompt", "{a}"));
    for (int i = 0; i < pairs.length; i += 2) {
      texts.put(pairs[i], pairs[i + 1]);
    }
    return LlmOptions.of(texts);
  }

  private static Endpoint resolve(String... pairs) {
    return Endpoint.resolve(options(pairs), ENV);
  }

  @Test
  void isOpenAiUnlessToldOtherwise() {
    assertThat(resolve().url("/chat/completions"))
        .hasToString("https://api.openai.com/v1/chat/completions");
  }

  @Test
  void saysWhichVariableLacksTheKeyOfARemoteHost() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.resolve(options("apiKeyEnv", "MY_KEY"), Map.of()))
        .withMessageStartingWith(
            "No key for api.openai.com: the environment variable MY_KEY is not set on the driver;");
  }

  @Test
  void takesABlankVariableForNoKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.resolve(options(), Map.of("OPENAI_API_KEY", " ")))
        .withMessageStartingWith("No key for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:8000/v1", "http://127.0.0.1/v1", "http://[::1]:8000/v1"})
  void needsNoKeyOnLoopback(String url) {
    assertThat(Endpoint.resolve(options("endpoint", url), Map.of()).revealHeaders()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:8000/v1", "http://127.9.9.9/v1", "http://[::1]:8000/v1"})
  void sendsTheKeyOverPlainHttpToLoopback(String url) {
    assertThat(resolve("endpoint", url).revealHeaders())
        .containsEntry("Authorization", "Bearer " + KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gpu.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://localhost.example.com/v1",
        "http://10.0.0.1/v1"
      })
  void refusesToSendAKeyOverPlainHttpElsewhere(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolve("endpoint", url))
        .withMessageContaining(url)
        .withMessageContaining("unencrypted")
        .withMessageContaining("allowHttpKey=true");
  }

  @Test
  void sendsTheKeyOverPlainHttpWhereAllowed() {
    assertThat(
            resolve("endpoint", "http://gpu.example.com/v1", "allowHttpKey", "true")
                .revealHeaders())
        .containsEntry("Authorization", "Bearer " + KEY);
  }

  @Test
  void takesPlainHttpWithoutAKey() {
    assertThat(
            resolve("endpoint", "http://gpu.example.com/v1", "authHeader", "none").revealHeaders())
        .isEmpty();
  }

  @Test
  void sendsTheKeyAsAzureWantsIt() {
    assertThat(resolve("authHeader", "api-key").revealHeaders()).isEqualTo(Map.of("api-key", KEY));
  }

  @Test
  void takesTheFirstLineOfAKeyFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), " sk-file \nsecond line\n");

    assertThat(resolve("apiKeyFile", file.toString()).revealHeaders())
        .containsEntry("Authorization", "Bearer sk-file");
  }

  @Test
  void saysThatAKeyFileIsEmpty(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolve("apiKeyFile", file.toString()))
        .withMessageContaining("whose first line is empty");
  }

  @Test
  void saysThatAKeyFileCannotBeRead() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolve("apiKeyFile", "/no/such/file"))
        .withMessage(
            "Option apiKeyFile is '/no/such/file', which the driver cannot read; give a file it"
                + " can");
  }

  @Test
  void takesALiteralKeyBeforeTheEnvironment() {
    assertThat(resolve("apiKey", "sk-literal").revealHeaders())
        .containsEntry("Authorization", "Bearer sk-literal");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sk-a\r\nX-Evil: 1", "sk a", "sk-ä", "sk-\0a"})
  void refusesAKeyThatNoHeaderCanHold(String key) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.resolve(options(), Map.of("OPENAI_API_KEY", key)))
        .withMessageStartingWith("The key from OPENAI_API_KEY holds a character")
        .satisfies(e -> assertThat(e).hasMessageNotContaining(key));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Team | \"da\\r\\nX-Evil: 1\"",
        "X-Team | \"d\\u00e4ta\"",
        "X-Team | \"a\\u0000\"",
        "X:Team | \"a\"",
        "X Team | \"a\""
      })
  void refusesAHeaderThatWouldBeMoreThanOne(String name, String jsonValue) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolve("headers", "{\"" + name + "\": " + jsonValue + "}"))
        .withMessageStartingWith("Option headers: the header " + name + " holds a character")
        .satisfies(e -> assertThat(e).hasMessageNotContaining("Evil"));
  }

  @Test
  void addsTheHeadersOfTheOptions() {
    assertThat(resolve("headers", "{\"X-Team\": \"data\"}").revealHeaders())
        .isEqualTo(Map.of("Authorization", "Bearer " + KEY, "X-Team", "data"));
  }

  @Test
  void letsAHeaderOfTheOptionsReplaceTheKeys() {
    assertThat(resolve("headers", "{\"authorization\": \"Basic abc\"}").revealHeaders())
        .containsExactly(Map.entry("Authorization", "Basic abc"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1/, https://api.openai.com/v1/responses",
    "https://api.openai.com/v1//, https://api.openai.com/v1/responses",
    "' https://h.example.com ', https://h.example.com/responses",
    "https://h.example.com:8443/a/b, https://h.example.com:8443/a/b/responses"
  })
  void joinsBaseAndPathWithOneSlash(String base, String url) {
    assertThat(resolve("endpoint", base).url("/responses")).hasToString(url);
  }

  @ParameterizedTest
  @CsvSource({
    "https://r.openai.azure.com, , chat, https://r.openai.azure.com/openai/v1/p",
    "https://r.openai.azure.com/, preview, chat,"
        + " https://r.openai.azure.com/openai/v1/p?api-version=preview",
    "https://r.openai.azure.com, 2024-10-21, chat,"
        + " https://r.openai.azure.com/openai/deployments/my%20gpt/p?api-version=2024-10-21",
    "https://r.openai.azure.com, 2025-03-01-preview, responses,"
        + " https://r.openai.azure.com/openai/p?api-version=2025-03-01-preview",
    "https://r.openai.azure.com/openai/v1, , chat, https://r.openai.azure.com/openai/v1/p",
    "https://r.openai.azure.com/openai/deployments/d, 2024-10-21, chat,"
        + " https://r.openai.azure.com/openai/deployments/d/p?api-version=2024-10-21",
    "https://r.services.ai.azure.com, , chat, https://r.services.ai.azure.com/openai/v1/p",
    "https://openai.azure.com.example.org, , chat, https://openai.azure.com.example.org/p"
  })
  void knowsTheFormsOfAzure(String base, String version, String api, String url) {
    LlmOptions options =
        options("endpoint", base, "model", "my gpt", "api", api).with(Options.API_VERSION, version);

    assertThat(Endpoint.resolve(options, ENV).url("/p")).hasToString(url);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, true",
    "https://eu.api.openai.com/v1, true",
    "https://r.openai.azure.com, true",
    "https://notopenai.com/v1, false",
    "http://localhost:8000/v1, false"
  })
  void knowsOpenAiAndAzure(String base, boolean openAi) {
    assertThat(resolve("endpoint", base).isOpenAi()).isEqualTo(openAi);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.openai.com/v1/chat/completions",
        "https://api.openai.com/v1/responses/",
        "https://api.openai.com/v1?a=b",
        "https://api.openai.com/v1#a",
        "api.openai.com/v1",
        "ftp://api.openai.com/v1",
        "https://",
        "https:///v1",
        "not a url"
      })
  void refusesWhatIsNoBaseUrl(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolve("endpoint", url))
        .withMessageStartingWith("Option endpoint is '")
        .withMessageContaining("allowed: a base URL such as https://api.openai.com/v1, or local");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://me:hunter2@h.example.com/v1",
        "https://me:hunter2@h.example.com/v 1",
        "ftp://me:hunter2@h.example.com/v1",
        "https://h.example.com/v1?key=hunter2",
        "https://me:hunter2@h.example.com/v1?key=hunter2",
        "https://h.example.com/v 1?key=hunter2",
        "https://h.example.com/v1#hunter2",
      })
  void neverShowsCredentialsOfAUrl(String url) {
    assertThatThrownBy(() -> resolve("endpoint", url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("h.example.com")
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("hunter2"));
  }

  private static String stackTrace(Throwable e) {
    java.io.StringWriter text = new java.io.StringWriter();
    e.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  @Test
  void sharesTheBudgetOfTheSameEndpointKeyAndModel() {
    assertThat(resolve().budgetId()).isEqualTo(resolve("temperature", "1").budgetId());
  }

  @ParameterizedTest
  @CsvSource({"apiKey, sk-other", "model, other", "endpoint, https://other.example.com/v1"})
  void keepsBudgetsApart(String option, String value) {
    assertThat(resolve(option, value).budgetId()).isNotEqualTo(resolve().budgetId());
  }

  @Test
  void keepsBudgetsApartThatUseAKeyAndNone() {
    assertThat(resolve("authHeader", "none").budgetId()).isNotEqualTo(resolve().budgetId());
  }

  @Test
  void printsNoSecret() {
    assertThat(resolve("headers", "{\"X-Token\": \"hunter2\"}"))
        .asString()
        .doesNotContain(KEY)
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "Incorrect API key provided: sk-test-4711., Incorrect API key provided: <hidden>.",
    "token hunter2-long is unknown, token <hidden> is unknown",
    "'Bearer aaa.bbb.ccc, or aaa.bbb.ccc alone', '<hidden>, or <hidden> alone'",
    "nothing to hide, nothing to hide"
  })
  void takesKeyAndHeadersOutOfTexts(String text, String expected) {
    Endpoint endpoint =
        resolve("headers", "{\"X-Token\": \"hunter2-long\", \"X-Auth\": \"Bearer aaa.bbb.ccc\"}");

    assertThat(endpoint.redact(text)).isEqualTo(expected);
  }

  @Test
  void hidesASecretThatBeginsAsAnotherOne() {
    Endpoint endpoint = resolve("headers", "{\"X-Token\": \"" + KEY + "-and-more\"}");

    assertThat(endpoint.redact("got " + KEY + "-and-more")).isEqualTo("got <hidden>");
  }

  @Test
  void travelsBySerialization() throws Exception {
    Endpoint sent = resolve("headers", "{\"X-Team\": \"data\"}", "apiVersion", "v1");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    Endpoint received;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      received = (Endpoint) in.readObject();
    }

    assertThat(received.revealHeaders()).isEqualTo(sent.revealHeaders());
  }

  @Test
  void takesNoKeyToTheLocalEndpoint() {
    Endpoint endpoint = Endpoint.local(options("endpoint", "local"), "http://127.0.0.1:1/v1");

    assertThat(endpoint.revealHeaders()).isEmpty();
  }

  @Test
  void aKeyAmongTheHeadersNeedsTheSameCareAsAny() {
    LlmOptions options =
        LlmOptions.of(
            Map.of(
                "endpoint", "http://example.com/v1",
                "model", "m",
                "authHeader", "none",
                "headers", "{\"X-Api-Key\": \"sk-4711-abcdef\"}"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.resolve(options, Map.of()))
        .withMessageContaining("unencrypted");
  }

  @Test
  void refusesPortsThatThereAreNot() {
    LlmOptions options =
        LlmOptions.of(Map.of("endpoint", "http://localhost:99999/v1", "model", "m"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.resolve(options, Map.of()))
        .withMessageContaining("ports end at 65535");
  }
}
