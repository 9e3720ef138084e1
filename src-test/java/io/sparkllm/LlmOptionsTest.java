package io.sparkllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.config.Options;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlmOptionsTest {
  /** Options such as {@code mode=packed,prompt={text}}, and a model. */
  private static LlmOptions of(String given) {
    Map<String, String> texts = new HashMap<>(Map.of("model", "m"));
    for (String pair : given.split(",", -1)) {
      int sign = pair.indexOf('=');
      texts.put(pair.substring(0, sign).trim(), pair.substring(sign + 1).trim());
    }
    return LlmOptions.of(texts);
  }

  private static LlmOptions secretive() {
    return LlmOptions.of(
        Map.of(
            "model", "m",
            "apiKey", "sk-test-4711",
            "headers", "{\"X-Token\": \"hunter2\"}",
            "prompt", "Whisper: {text}",
            "system", "Be discreet"));
  }

  @Test
  void givesTheDefaultOfWhatIsNotSet() {
    assertThat(LlmOptions.defaults().get(Options.CONCURRENCY)).isEqualTo(64);
  }

  @Test
  void givesNothingWhereThereIsNoDefault() {
    assertThat(LlmOptions.defaults().get(Options.TEMPERATURE)).isNull();
  }

  @Test
  void isNotChangedByWith() {
    LlmOptions before = LlmOptions.defaults();
    before.with(Options.MODEL, "m");

    assertThat(before.isSet(Options.MODEL)).isFalse();
  }

  @Test
  void takesAnOptionBackToItsDefault() {
    LlmOptions options = LlmOptions.of(Map.of("concurrency", "3"));

    assertThat(options.with(Options.CONCURRENCY, null)).isEqualTo(LlmOptions.defaults());
  }

  @Test
  void readsTextsUnderAnySpelling() {
    LlmOptions options =
        LlmOptions.of(
            Map.of("requestsperminute", "60", "max-tokens", "7", "request_timeout", "2s"));

    assertThat(options)
        .isEqualTo(
            LlmOptions.defaults()
                .with(Options.REQUESTS_PER_MINUTE, 60)
                .with(Options.MAX_TOKENS, 7)
                .with(Options.REQUEST_TIMEOUT, Duration.ofSeconds(2)));
  }

  @ParameterizedTest
  @CsvSource({"sk-test-4711", "hunter2", "Whisper", "discreet"})
  void showsNoSecretAndNoPrompt(String hidden) {
    assertThat(secretive()).asString().doesNotContain(hidden);
  }

  @Test
  void showsTheRest() {
    assertThat(secretive().with(Options.ROW_TIMEOUT, Duration.ofMinutes(1)))
        .hasToString(
            "LlmOptions(apiKey=<hidden>, headers=<hidden>, model=m, prompt=<15 characters>,"
                + " rowTimeout=1min, system=<11 characters>)");
  }

  @Test
  void givesNoSecretAsText() {
    assertThat(secretive().texts()).containsOnlyKeys("model", "prompt", "system");
  }

  @Test
  void givesTextsThatItReads() {
    LlmOptions options =
        LlmOptions.of(
            Map.of("model", "m", "rowTimeout", "90s", "authHeader", "API_KEY", "ordered", "FALSE"));

    assertThat(LlmOptions.of(options.texts())).isEqualTo(options);
  }

  @Test
  void isEqualWithTheSameKey() {
    assertThat(secretive()).isEqualTo(secretive()).hasSameHashCodeAs(secretive());
  }

  @Test
  void differsWithAnotherKey() {
    assertThat(secretive().with(Options.API_KEY, "sk-other")).isNotEqualTo(secretive());
  }

  @Test
  void travelsBySerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(secretive().with(Options.API, Options.Api.RESPONSES));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(secretive().with(Options.API, Options.Api.RESPONSES));
    }
  }

  @Test
  void namesTheLocalModelWhereNoneIsSet() {
    assertThat(LlmOptions.of(Map.of("endpoint", "LOCAL")).model()).isEqualTo("local");
  }

  @Test
  void acceptsAModelAndAPrompt() {
    assertThat(secretive().validate()).isEqualTo(secretive());
  }

  @Test
  void saysAllThatIsMissingAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LlmOptions.defaults().validate())
        .withMessageStartingWith("Option model is not set;")
        .withMessageContaining("; also: None of prompt, textCol and messagesCol is set;");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompt={text},textCol=t          | prompt, textCol",
        "prompt={text},messagesCol=m      | prompt, messagesCol",
        "textCol=t,messagesCol=m          | textCol, messagesCol",
        "messagesCol=m,textCol=t,prompt=p | prompt, textCol, messagesCol",
      })
  void refusesSeveralSourcesOfMessages(String given, String named) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(given).validate())
        .withMessage("Options " + named + " are set; set one of them");
  }

  @Test
  void refusesTwoSourcesOfTheKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> secretive().with(Options.API_KEY_FILE, "f").validate())
        .withMessage("Both apiKey and apiKeyFile are set; set one of them");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          api=embeddings, messagesCol=m                   | Option messagesCol has no place in api=embeddings; leave it out
          api=embeddings, textCol=t, system=s             | Option system has no place in api=embeddings; leave it out
          api=embeddings, textCol=t, temperature=0        | Option temperature has no place in api=embeddings; leave it out
          api=embeddings, textCol=t, maxTokens=9          | Option maxTokens has no place in api=embeddings; leave it out
          api=moderations, messagesCol=m                  | Option messagesCol has no place in api=moderations; leave it out
          api=moderations, textCol=t, system=s            | Option system has no place in api=moderations; leave it out
          api=embeddings, textCol=t, mode=array           | Option mode is array, but api=embeddings takes many inputs in a call by itself; leave mode out
          api=moderations, textCol=t, mode=packed         | Option mode is packed, but api=moderations takes many inputs in a call by itself; leave mode out
          api=moderations, textCol=t, returns=a INT       | Option returns has no place in api=moderations; leave it out
          prompt={text}, schemaRetries=1                  | Option schemaRetries is for answers of a schema; set returns, or leave it out
          prompt={text}, returns=a VOID                   | Option returns: a is of type void, which JSON cannot carry; use STRING and cast it, or another type
          prompt={text}, dimensions=256                   | Option dimensions is for api=embeddings; leave it out
          api=moderations, textCol=t, dimensions=256      | Option dimensions is for api=embeddings; leave it out
          api=responses, prompt={text}, maxInputTokens=9  | Option maxInputTokens is for api=embeddings; leave it out
          prompt={text}, truncate=head                    | Option truncate is for api=embeddings; leave it out
          prompt={text}, dialect=vllm                     | Option dialect is for mode=array; leave it out
          prompt={text}, mode=packed, dialect=vllm        | Option dialect is for mode=array; leave it out
          prompt={text}, arrayPath=/many                  | Option arrayPath is for mode=array; leave it out
          prompt={text}, arrayFallback=realtime           | Option arrayFallback is for mode=array; leave it out
          api=embeddings, textCol=t, arrayFallback=realtime | Option arrayFallback is for mode=array; leave it out
          messagesCol=m, mode=packed                      | Option messagesCol cannot be packed into one prompt; use prompt
          prompt={text}, batchSize=2                      | Option batchSize is 2, but with api=chat and mode=realtime each request is of one row; set mode to array or packed, or leave batchSize out
          api=responses, prompt={text}, mode=batch, checkpoint=c, batchSize=32 | Option batchSize is 32, but with api=responses and mode=batch each request is of one row; set mode to array or packed, or leave batchSize out
          api=embeddings, textCol=t, mode=batch, checkpoint=c, batchSize=32 | Option batchSize is 32, but with api=embeddings and mode=batch each request is of one row; leave batchSize out
          """)
  void refusesWhatMeansNothingBesideApiAndMode(String given, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(given).validate())
        .withMessage(message);
  }

  @Test
  void saysAllThatIsMisplacedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("api=embeddings,textCol=t,system=s,arrayPath=/many").validate())
        .withMessage(
            "Option system has no place in api=embeddings; leave it out; also: Option arrayPath is"
                + " for mode=array; leave it out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api=embeddings,textCol=t,dimensions=256,maxInputTokens=9,truncate=tail,batchSize=10",
        "api=embeddings,prompt={title}: {text},mode=batch,checkpoint=c,dimensions=256",
        "api=moderations,textCol=t,batchSize=10",
        "prompt={text},mode=array,dialect=vllm,arrayFallback=realtime,batchSize=10",
        "api=responses,messagesCol=m,mode=array,arrayPath=/many",
        "prompt={text},system=s,mode=packed,maxTokens=9,batchSize=10",
        "prompt={text},batchSize=1",
      })
  void acceptsWhatBelongsTogether(String given) {
    assertThat(of(given).validate()).isEqualTo(of(given));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api=chat                        | 1",
        "api=responses,mode=batch        | 1",
        "api=embeddings                  | 2048",
        "api=embeddings,batchSize=10     | 10",
        "api=embeddings,mode=batch       | 1",
        "api=moderations                 | 32",
        "mode=array                      | 32",
        "api=responses,mode=packed       | 32",
        "mode=packed,batchSize=2048      | 2048",
      })
  void tellsHowManyRowsACallMayCarry(String given, int rows) {
    assertThat(of(given).batchSize()).isEqualTo(rows);
  }
}
