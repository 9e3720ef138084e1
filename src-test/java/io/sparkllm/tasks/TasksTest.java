package io.sparkllm.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.Llm;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TasksTest {
  private static String system(Llm llm) {
    return valid(llm).get(Options.SYSTEM);
  }

  private static LlmOptions valid(Llm llm) {
    return llm.endpoint("local").textCol("text").options().validate();
  }

  private static String type(Llm llm) {
    return valid(llm).answerSchema().type().toDDL();
  }

  /** Options such as {@code task=classify;labels=a,b}, and a model. */
  private static LlmOptions of(String given) {
    Map<String, String> texts = new HashMap<>(Map.of("model", "m", "textCol", "text"));
    for (String pair : given.split(";", -1)) {
      texts.put(pair.split("=", 2)[0].trim(), pair.split("=", 2)[1].trim());
    }
    return LlmOptions.of(texts);
  }

  @Test
  void aClassificationNamesTheLabelsAndTakesNoOther() {
    Llm llm = Llm.classify("bug", "question", "other");

    assertThat(system(llm)).contains("Labels:\n- bug\n- question\n- other\n");
    assertThat(type(llm)).isEqualTo("label STRING NOT NULL");
    assertThat(valid(llm).answerSchema().json()).contains("[\"bug\",\"question\",\"other\"]");
  }

  @Test
  void labelsMayBeDescribed() {
    assertThat(
            system(
                Llm.classify(Map.of("bug", "something\n fails"))
                    .labels("{\"bug\":\"it fails\",\"other\":\"\"}")))
        .contains("- bug: it fails\n- other\n");
    assertThat(system(Llm.classify(Map.of("a", "first", "b", "second")))).contains("- a: first");
  }

  @Test
  void labelsWithBracesNameNoColumns() {
    Llm llm = Llm.classify("{text}", "a, b", "{{c}}").endpoint("local").textCol("text");

    assertThat(llm.inputColumns()).containsExactly("text");
    assertThat(llm.options().get(Options.SYSTEM)).contains("- {{text}}\n- a, b\n");
  }

  @Test
  void severalLabelsAreAList() {
    Llm llm = Llm.classify("bug", "question").multiLabel(true);

    assertThat(type(llm)).isEqualTo("labels ARRAY<STRING> NOT NULL");
    assertThat(system(llm)).contains("every label");
  }

  @Test
  void aSentimentIsOneOfFour() {
    assertThat(type(Llm.sentiment())).isEqualTo("sentiment STRING NOT NULL");
    assertThat(valid(Llm.sentiment()).answerSchema().json())
        .contains("[\"positive\",\"negative\",\"neutral\",\"mixed\"]");
  }

  @Test
  void summariesTranslationsAreTexts() {
    assertThat(system(Llm.summarize(25))).contains("at most 25 words");
    assertThat(system(Llm.translate("French"))).contains("into French.");
    assertThat(valid(Llm.summarize(25)).isSet(Options.RETURNS)).isFalse();
    assertThat(valid(Llm.translate("French")).isSet(Options.RETURNS)).isFalse();
  }

  @Test
  void extractionTakesTheFieldsOfReturns() {
    assertThat(type(Llm.extract("product STRING, amount DOUBLE")))
        .isEqualTo("product STRING,amount DOUBLE");
  }

  @Test
  void embeddingsAndModerationsAreOtherApis() {
    assertThat(valid(Llm.embed()).get(Options.API)).isEqualTo(Api.EMBEDDINGS);
    assertThat(valid(Llm.moderate()).get(Options.API)).isEqualTo(Api.MODERATIONS);
    assertThat(valid(Llm.embed()).batchSize()).isEqualTo(2048);
  }

  @Test
  void whatIsSetWins() {
    Llm llm =
        Llm.classify("bug", "other")
            .system("Mine")
            .returns("label STRING, why STRING")
            .api(Api.RESPONSES);

    assertThat(system(llm)).isEqualTo("Mine");
    assertThat(type(llm)).isEqualTo("label STRING,why STRING");
  }

  @Test
  void theOptionsKeepWhatWasGivenAlone() {
    LlmOptions options = Llm.classify("bug", "other").options();

    assertThat(options.texts()).containsOnlyKeys("task", "labels");
    assertThat(options.with(Options.LABELS, "x,y").get(Options.SYSTEM)).contains("- x\n- y\n");
    assertThat(options.with(Options.TASK, null).isSet(Options.SYSTEM)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "task=classify | Option task is classify, but labels is not set; name the labels, such as labels=bug,question,other",
        "task=classify;labels=bug | Option labels is 'bug', a single one; name at least two",
        "task=classify;labels=bug,other,bug | Option labels names bug twice; name each label once",
        "task=classify;labels=bug,Bug | Option labels names bug and Bug; name each label once",
        "labels=bug,other | Option labels is for task=classify; set task, or leave it out",
        "task=sentiment;labels=bug,other | Option labels is for task=classify; leave it out",
        "task=classify;labels=a,b;maxWords=3 | Option maxWords is for task=summarize; leave it out",
        "task=translate | Option task is translate, but language is not set; name the language, such as language=French",
        "task=extract | Option task is extract, but returns is not set; name the fields",
        "task=embed;api=chat | Option api is chat, which task=embed cannot use; leave api out",
        "task=sentiment;api=moderations | Option api is moderations, which task=sentiment cannot use",
        "task=embed;system=s | Option system has no place in api=embeddings",
        "serviceTier=flex;mode=batch;checkpoint=c | Option serviceTier is for calls at once",
        "flexFallback=default | Option flexFallback is for serviceTier=flex; leave it out",
        "serviceTier=flex;api=embeddings | Option serviceTier has no place in api=embeddings",
      })
  void whatDoesNotGoTogetherIsRefusedWithTheCure(String given, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(given).validate())
        .withMessageContaining(message);
  }

  @Test
  void aTaskNeedsTheColumnOfTheTexts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Llm.sentiment().endpoint("local").options().validate())
        .withMessageContaining("Option textCol is not set; set it to the column with the texts");
  }

  @Test
  void theFlexTierHasMoreTimeUnlessTimesAreSet() {
    LlmOptions flex = of("serviceTier=Flex");

    assertThat(flex.get(Options.REQUEST_TIMEOUT)).isEqualTo(Duration.ofMinutes(15));
    assertThat(flex.get(Options.ROW_TIMEOUT)).isEqualTo(Duration.ofHours(1));
    assertThat(flex.with(Options.REQUEST_TIMEOUT, "1min").get(Options.REQUEST_TIMEOUT))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(of("serviceTier=auto").get(Options.REQUEST_TIMEOUT))
        .isEqualTo(Duration.ofMinutes(3));
  }
}
