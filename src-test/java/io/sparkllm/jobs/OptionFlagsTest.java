package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** None of these gets as far as a session. */
class OptionFlagsTest {
  @ParameterizedTest
  @ValueSource(strings = {"run", "preview"})
  void everyOptionIsAFlagWhoseHelpTellsItsDefault(String command) {
    String help = JobCall.job(command, "--help").out().replaceAll("\\s+", " ");

    for (Option<?> option : Options.all()) {
      String flag = "--" + option.kebabName() + "=";
      if (option == Options.API_KEY) {
        assertThat(help).doesNotContain(flag);
        continue;
      }
      assertThat(help).contains(flag);
      String text = help.substring(help.lastIndexOf(flag) + 2).split(" --", 2)[0];
      assertThat(text).contains(option.doc());
      if (option.defaultValue() != null) {
        boolean own = option == Options.MAX_ERROR_RATIO && command.equals("run");
        assertThat(text).endsWith("Default: " + (own ? "0.1" : option.defaultText()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "preview"})
  void aKeyOnTheCommandLineIsRefusedWithTheCureAndNotRepeated(String command) {
    JobCall.Ended ended =
        command.equals("run")
            ? JobCall.job("run", "--input=a", "--output=b", "--api-key=sk-secret")
            : JobCall.job("preview", "--input=a", "--api-key=sk-secret");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .singleElement()
        .asString()
        .contains("--api-key is refused", "OPENAI_API_KEY", "--api-key-file");
    assertThat(ended.out() + ended.err()).doesNotContain("sk-secret");
  }

  @Test
  void aValueThatIsNotAllowedIsToldWithWhatIs() {
    JobCall.Ended ended =
        JobCall.job("run", "--input=a", "--output=b", "--temperature=3", "--endpoint=local");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .containsExactly("Error: Option temperature is '3'; allowed: a number from 0.0 to 2.0");
  }

  @Test
  void aMistypedFlagIsToldWithTheNearestOnes() {
    JobCall.Ended ended = JobCall.job("run", "--input=a", "--output=b", "--modle=x");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("--modle").contains("--model");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--limit=x", "--limit=0", "--repartition=-1", "--save-mode=clobber", "--show=y"})
  void aWrongFlagOfTheJobItselfIsToldInALineOrTwo(String flag) {
    JobCall.Ended ended =
        JobCall.job("run", "--input=a", "--output=b", "--endpoint=local", "--prompt=x", flag);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints())
        .singleElement()
        .asString()
        .contains(flag.split("=", 2)[0], flag.split("=", 2)[1]);
    assertThat(ended.err().lines()).hasSizeLessThan(3);
  }

  @Test
  void aMissingFlagIsToldWithoutThePageOfHelp() {
    JobCall.Ended ended = JobCall.job("run", "--input=a");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("--output").contains("run --help");
    assertThat(ended.err().lines()).hasSizeLessThan(4);
  }

  @Test
  void anOutputFormatThatHoldsNoErrorsIsRefusedWithThoseThatDo() {
    JobCall.Ended ended = JobCall.job("run", "--input=a", "--output=b", "--output-format=CSV");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.complaints()).singleElement().asString().contains("'CSV'", "parquet");
  }

  @Test
  void noCommandIsBadUsageWithTheCommandsThereAre() {
    JobCall.Ended ended = JobCall.job();

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("run", "preview", "serve");
  }

  @Test
  void helpIsNoFailure() {
    assertThat(JobCall.job("--help").code()).isZero();
    assertThat(JobCall.job("serve", "--help").out()).contains("--port", "--script");
  }
}
