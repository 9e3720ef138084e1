package io.sparkllm.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.config.Options;
import io.sparkllm.openai.ErrorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run with {@code -Ddocs.update=true} to write the table into the README. */
class OptionsTableTest {

  private static final Path ROOT = Path.of("..");
  private static final String BEGIN = "<!-- options: written by OptionsTableTest -->\n";
  private static final String END = "<!-- /options -->";

  @Test
  void theReadmeHasTheTableOfTheDeclarations() throws IOException {
    Path readme = ROOT.resolve("README.md");
    String text = Files.readString(readme);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(
          readme, text.substring(0, begin) + Options.markdownTable() + text.substring(end));
    }
    assertThat(Files.readString(readme)).contains(BEGIN + Options.markdownTable() + END);
  }

  @Test
  void everyErrorTypeIsExplained() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/errors.md"));
    for (ErrorType type : ErrorType.values()) {
      assertThat(text).contains("`" + type.wireName() + "`");
    }
  }
}
