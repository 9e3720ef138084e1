package io.sparkllm.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sparkllm.LlmOptions;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowMessagesTest {
  private static final StructType SCHEMA =
      new StructType().add("id", DataTypes.LongType).add("Text", DataTypes.StringType);
  private static final StructType TALK = new StructType().add("talk", DataTypes.StringType);
  private static final DataType STRUCTS =
      DataTypes.createArrayType(
          new StructType().add("role", DataTypes.StringType).add("content", DataTypes.StringType));

  private static RowMessages messages(StructType schema, String... pairs) {
    return messages(schema, false, pairs);
  }

  private static RowMessages messages(StructType schema, boolean caseSensitive, String... pairs) {
    Map<String, String> texts = new HashMap<>(Map.of("model", "m"));
    for (int i = 0; i < pairs.length; i += 2) {
      texts.put(pairs[i], pairs[i + 1]);
    }
    return new RowMessages(LlmOptions.of(texts), schema, caseSensitive, ZoneOffset.UTC);
  }

  /** Role and content's JSON of each message. */
  private static List<String> asked(RowMessages messages, Object... row) {
    return messages.of(RowFactory.create(row)).stream()
        .map(m -> m.role() + " " + m.content())
        .toList();
  }

  private static String codeOf(RowMessages messages, Object... row) {
    Row asked = RowFactory.create(row);
    return catchThrowableOfType(InvalidInputException.class, () -> messages.of(asked)).code();
  }

  @Test
  void putsValuesIntoThePrompt() {
    assertThat(asked(messages(SCHEMA, "prompt", "Row {id}: {Text}!"), 7L, "hello"))
        .containsExactly("user \"Row 7: hello!\"");
  }

  @Test
  void putsTheSystemMessageFirst() {
    assertThat(asked(messages(SCHEMA, "prompt", "{Text}", "system", "No {id}"), 7L, "hello"))
        .containsExactly("system \"No 7\"", "user \"hello\"");
  }

  @Test
  void neverReadsBracesOfAValue() {
    assertThat(asked(messages(SCHEMA, "prompt", "{Text}"), 7L, "{id} {{id}} \\ $1"))
        .containsExactly("user \"{id} {{id}} \\\\ $1\"");
  }

  @Test
  void findsColumnsInAnyCase() {
    assertThat(asked(messages(SCHEMA, "prompt", "{TEXT} {ID}"), 7L, "hello"))
        .containsExactly("user \"hello 7\"");
  }

  @Test
  void findsColumnsByCaseWhereSparkDoes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, true, "prompt", "{text}"))
        .withMessageContaining("names the column text, which the input does not have");
  }

  @Test
  void takesOneColumnAsItIs() {
    assertThat(asked(messages(SCHEMA, "textCol", "TEXT"), 7L, " {id} {{x}}\n"))
        .containsExactly("user \" {id} {{x}}\\n\"");
  }

  @Test
  void asksTheSameForTheColumnAsForATemplateOfNothingElse() {
    String text = "a \"quoted\" ü 🙂";

    assertThat(asked(messages(SCHEMA, "textCol", "text"), 7L, text))
        .isEqualTo(asked(messages(SCHEMA, "prompt", "{text}"), 7L, text));
  }

  @Test
  void takesAColumnOfAnotherTypeAsATemplateDoes() {
    assertThat(asked(messages(SCHEMA, "textCol", "id"), 7L, "hello")).containsExactly("user \"7\"");
  }

  @Test
  void putsTheSystemMessageBeforeTheColumn() {
    assertThat(asked(messages(SCHEMA, "textCol", "text", "system", "Be kind"), 7L, "hello"))
        .containsExactly("system \"Be kind\"", "user \"hello\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "a.b", "{text}", "`quoted`", "mit Umlaut ü", "1st"})
  void takesAColumnWithAnOddNameAsItIsNamed(String name) {
    StructType schema = new StructType().add(name, DataTypes.StringType);

    assertThat(asked(messages(schema, "textCol", name), "hello")).containsExactly("user \"hello\"");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " \n\t"})
  void refusesARowWhoseColumnHoldsNothing(String text) {
    assertThat(codeOf(messages(SCHEMA, "textCol", "text"), 7L, text)).isEqualTo("empty_prompt");
  }

  @Test
  void saysThatTheTextColumnIsMissingWithoutAWordAboutBraces() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "textCol", "body"))
        .withMessage(
            "Option textCol names the column body, which the input does not have; its columns: id,"
                + " Text");
  }

  @Test
  void findsTheTextColumnByCaseWhereSparkDoes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, true, "textCol", "text"))
        .withMessageStartingWith("Option textCol names the column text, which the input does not");
  }

  @Test
  void namesTheColumnsOfAllOptions() {
    LlmOptions options =
        LlmOptions.of(Map.of("textCol", "two words", "system", "In {language}: {`two words`}"));

    assertThat(RowMessages.columnsOf(options)).containsExactlyInAnyOrder("language", "two words");
  }

  @Test
  void refusesAColumnInTheInstructionThatManyRowsShare() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> messages(SCHEMA, "prompt", "{Text}", "system", "No {id}", "mode", "packed"))
        .withMessage(
            "Option system names a column, but mode=packed has one instruction for all rows of a"
                + " call; put the column into prompt, or leave mode out");
  }

  @Test
  void packsRowsUnderAnInstructionWithoutColumns() {
    assertThat(
            asked(
                messages(SCHEMA, "prompt", "{Text}", "system", "No {{id}}", "mode", "packed"),
                7L,
                "hello"))
        .containsExactly("system \"No {id}\"", "user \"hello\"");
  }

  @Test
  void takesAColumnInTheInstructionOfAnArray() {
    assertThat(
            asked(
                messages(SCHEMA, "prompt", "{Text}", "system", "No {id}", "mode", "array"),
                7L,
                "hello"))
        .containsExactly("system \"No 7\"", "user \"hello\"");
  }

  @Test
  void listsTheColumnsThatThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "prompt", "{body}"))
        .withMessage(
            "Option prompt names the column body, which the input does not have; its columns: id,"
                + " Text; a brace pair that is no column is written {{body}}");
  }

  @Test
  void namesTheOptionOfAnUnknownColumn() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "prompt", "{Text}", "system", "{body}"))
        .withMessageStartingWith("Option system names the column body");
  }

  @Test
  void refusesAColumnThatIsThereTwice() {
    StructType twice = SCHEMA.add("TEXT", DataTypes.StringType);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(twice, "prompt", "{text}"))
        .withMessageContaining("which the input has twice; its columns: id, Text, TEXT");
  }

  @Test
  void tellsColumnsApartByCaseWhereSparkDoes() {
    StructType twice = SCHEMA.add("TEXT", DataTypes.StringType);

    assertThat(asked(messages(twice, true, "prompt", "{TEXT}"), 7L, "a", "b"))
        .containsExactly("user \"b\"");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " \n\t"})
  void refusesARowWithoutAnyText(String text) {
    assertThat(codeOf(messages(SCHEMA, "prompt", "Label: {Text}"), 7L, text))
        .isEqualTo("empty_prompt");
  }

  @Test
  void asksWhereOneOfSeveralColumnsHoldsSomething() {
    assertThat(asked(messages(SCHEMA, "prompt", "{id}: {Text}"), 7L, null))
        .containsExactly("user \"7: \"");
  }

  @Test
  void acceptsTheLongestCellThatServicesAccept() {
    RowMessages messages = messages(SCHEMA, "prompt", "{Text}");

    assertThat(messages.of(RowFactory.create(7L, "x".repeat(RowMessages.MAX_CONTENT))))
        .extracting(Message::length)
        .containsExactly(10_485_760);
  }

  @Test
  void refusesALongerCell() {
    RowMessages messages = messages(SCHEMA, "prompt", "{Text}");
    Row row = RowFactory.create(7L, "x".repeat(RowMessages.MAX_CONTENT + 1));

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> messages.of(row))
        .withMessage(
            "The user message has 10,485,761 characters; services accept 10,485,760 at most")
        .extracting(InvalidInputException::code)
        .isEqualTo("string_above_max_length");
  }

  @Test
  void takesAConversationAsJson() {
    String talk = "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}]";

    assertThat(asked(messages(TALK, "messagesCol", "talk"), talk))
        .containsExactly("system \"s\"", "user \"u\"");
  }

  @Test
  void putsTheSystemOptionBeforeAConversation() {
    assertThat(
            asked(
                messages(TALK, "messagesCol", "TALK", "system", "Be kind"),
                "[{\"role\":\"user\",\"content\":\"u\"}]"))
        .containsExactly("system \"Be kind\"", "user \"u\"");
  }

  @Test
  void passesContentPartsThrough() {
    String parts =
        "[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}]";

    assertThat(
            asked(
                messages(TALK, "messagesCol", "talk"),
                "[{\"role\":\"user\",\"content\":" + parts + "}]"))
        .containsExactly("user " + parts);
  }

  @Test
  void takesAConversationAsStructs() {
    StructType schema = new StructType().add("talk", STRUCTS);
    Object talk =
        CatalystTypeConverters.convertToScala(
            CatalystTypeConverters.createToCatalystConverter(STRUCTS)
                .apply(
                    List.of(RowFactory.create("user", "u"), RowFactory.create("assistant", "a"))),
            STRUCTS);

    assertThat(asked(messages(schema, "messagesCol", "talk"), talk))
        .containsExactly("user \"u\"", "assistant \"a\"");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "null", "[]", "{}", "\"hello\"", "17"})
  void refusesAConversationWithoutMessages(String talk) {
    assertThat(codeOf(messages(TALK, "messagesCol", "talk"), talk)).isEqualTo("empty_prompt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"role\":\"user\"",
        "hello",
        "[1]",
        "[null]",
        "[{\"role\":\"user\"}]",
        "[{\"content\":\"u\"}]",
        "[{\"role\":null,\"content\":\"u\"}]",
        "[{\"role\":\"user\",\"content\":null}]",
        "[{\"role\":\"user\",\"content\":{\"a\":1}}]",
        "[{\"role\":\"user\",\"content\":\"u\"}] [",
      })
  void refusesAConversationThatIsNone(String talk) {
    assertThat(codeOf(messages(TALK, "messagesCol", "talk"), talk)).isEqualTo("invalid_messages");
  }

  @Test
  void refusesDeepNestingAsInvalid() {
    assertThat(codeOf(messages(TALK, "messagesCol", "talk"), "[".repeat(100_000)))
        .isEqualTo("invalid_messages");
  }

  @Test
  void holdsNoRowDataInItsMessages() {
    RowMessages messages = messages(TALK, "messagesCol", "talk");

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> messages.of(RowFactory.create("{\"secret plan")))
        .satisfies(e -> assertThat(e).hasMessageNotContaining("secret").hasNoCause());
  }

  @Test
  void saysWhichTypesAConversationMayHave() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "messagesCol", "id"))
        .withMessage(
            "Option messagesCol names the column id of type bigint; allowed:"
                + " array<struct<role:string,content:string>>, or a string that holds the same as"
                + " JSON");
  }

  @Test
  void saysThatTheConversationsColumnIsMissing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "messagesCol", "talk"))
        .withMessage(
            "Option messagesCol names the column talk, which the input does not have; its columns:"
                + " id, Text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Read {id}, { Text }", "Read {id}, {Text.body}", "{id} and {text.x}"})
  void refusesBracesThatLookLikeAColumn(String prompt) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "prompt", prompt))
        .withMessageContaining("which is no column's name as it stands");
  }

  @Test
  void refusesAPromptWithoutColumns() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> messages(SCHEMA, "prompt", "Tell me a joke as {\"joke\": \"…\"}"))
        .withMessageContaining("names no column");
  }

  @Test
  void takesEscapedBracesAroundAColumnsNameAsText() {
    assertThat(asked(messages(SCHEMA, "prompt", "{{Text}} is {Text}"), 7L, "hello"))
        .containsExactly("user \"{Text} is hello\"");
  }
}
