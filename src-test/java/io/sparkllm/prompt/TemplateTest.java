package io.sparkllm.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
  /** Columns as «name», literal texts as they are. */
  private static String parsed(String template) {
    return Template.parse(template).parts().stream()
        .map(p -> p.isColumn() ? "«" + p.text() + "»" : p.text())
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Label {text} now          | Label «text» now",
        "{a}{b}                    | «a»«b»",
        "{_a1}                     | «_a1»",
        "{größe} {列}              | «größe» «列»",
        "{नाम}                     | «नाम»",
        "{`any name, even } this`} | «any name, even } this»",
        "{`a``b`}                  | «a`b»",
        "{`a.b`}                   | «a.b»",
      })
  void findsColumns(String template, String expected) {
    assertThat(parsed(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{ }",
        "{ text }",
        "{1a}",
        "{a.b}",
        "{a",
        "a}",
        "{``}",
        "{`a}",
        "{\"label\": \"bug\", \"n\": {\"x\": 1}}",
        "function() { return 1; }",
        "${}",
        "{🙂}",
      })
  void leavesOtherBracesAlone(String template) {
    assertThat(parsed(template)).isEqualTo(template);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{text}}            | {text}",
        "{{`any name`}}      | {`any name`}",
        "{{text}} is {text}  | {text} is «text»",
        "{{text}             | {«text»",
        "{text}}             | «text»}",
        "{{{text}}}          | {{text}}",
        "{\"a\": {text}}     | {\"a\": «text»}",
        "{{}}                | {{}}",
      })
  void takesDoubledBracesAroundANameForLiteralOnes(String template, String expected) {
    assertThat(parsed(template)).isEqualTo(expected);
  }

  @Test
  void keepsLineBreaksAndUnicode() {
    assertThat(parsed("Zeile 1\n\t{text}\r\n🙂 \\{text}\\"))
        .isEqualTo("Zeile 1\n\t«text»\r\n🙂 \\«text»\\");
  }

  @Test
  void isEmptyForAnEmptyText() {
    assertThat(Template.parse("").parts()).isEmpty();
  }

  @Test
  void readsALongTextBehindABackQuote() {
    String template = "{`" + "x y ".repeat(50_000) + "{text}";

    assertThat(parsed(template)).endsWith("x y «text»");
  }

  @Test
  void readsManyBackQuotes() {
    String template = "{`" + "``".repeat(50_000) + "{text}";

    assertThat(parsed(template)).endsWith("`«text»");
  }
}
