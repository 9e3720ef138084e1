package io.sparkllm.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.config.Json;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Mode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Turns a row into the messages of its request, by template or from a column. Thread-safe. */
public final class RowMessages {
  /**
   * Longest content of a message: what the services accept as one text ({@code
   * string_above_max_length}, protocol notes §5). Above it a row is told so without a call.
   */
  static final int MAX_CONTENT = 10_485_760;

  private final BoundTemplate system;
  private final BoundTemplate prompt;
  private final int messagesPosition;
  private final DataType messagesType;
  private final ValueRenderer renderer;

  /**
   * Writes a text so that a template takes it as it is.
   *
   * @param text any text
   * @return the same, whose braces name no columns
   */
  public static String literal(String text) {
    return Template.literal(text);
  }

  /**
   * Finds the columns that the options name.
   *
   * @param options validated options
   * @param schema the input's schema
   * @param caseSensitive the session's {@code spark.sql.caseSensitive}
   * @param zone the session's time zone, for timestamps
   * @throws IllegalArgumentException for an unknown column, listing those there are
   */
  public RowMessages(LlmOptions options, StructType schema, boolean caseSensitive, ZoneId zone) {
    this.renderer = new ValueRenderer(zone);
    if (columnsOf(options).isEmpty()) {
      throw new IllegalArgumentException(
          "Option prompt names no column, so every row would be asked the same; write {column}"
              + " where a row's value belongs. The input's columns: "
              + String.join(", ", schema.fieldNames()));
    }
    this.system = template(options, Options.SYSTEM, schema, caseSensitive);
    if (options.get(Options.MODE) == Mode.PACKED && system != null && system.hasColumns()) {
      throw new IllegalArgumentException(
          "Option system names a column, but mode=packed has one instruction for all rows of a call;"
              + " put the column into prompt, or leave mode out");
    }
    String textCol = options.get(Options.TEXT_COL);
    this.prompt =
        textCol == null
            ? template(options, Options.PROMPT, schema, caseSensitive)
            : BoundTemplate.ofColumn(
                Options.TEXT_COL.name(), textCol, schema, caseSensitive, renderer);
    String column = options.get(Options.MESSAGES_COL);
    if (column == null) {
      this.messagesPosition = -1;
      this.messagesType = null;
    } else {
      this.messagesPosition = Columns.position(schema, column, caseSensitive, "Option messagesCol");
      this.messagesType = schema.fields()[messagesPosition].dataType();
      checkMessagesType(column);
    }
  }

  private BoundTemplate template(
      LlmOptions options, Option<String> option, StructType schema, boolean caseSensitive) {
    String text = options.get(option);
    return text == null
        ? null
        : new BoundTemplate(option.name(), text, schema, caseSensitive, renderer);
  }

  private void checkMessagesType(String column) {
    boolean structs =
        messagesType instanceof ArrayType array
            && array.elementType() instanceof StructType struct
            && List.of(struct.fieldNames()).containsAll(List.of("role", "content"));
    if (!structs && !messagesType.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "Option messagesCol names the column "
              + column
              + " of type "
              + messagesType.simpleString()
              + "; allowed: array<struct<role:string,content:string>>, or a string that holds the"
              + " same as JSON");
    }
  }

  /**
   * The columns that the options name, whether the input has them or not.
   *
   * @param options the options
   * @return names as the user wrote them, without repetition
   */
  public static Set<String> columnsOf(LlmOptions options) {
    Set<String> names = new LinkedHashSet<>();
    for (Option<String> option : List.of(Options.SYSTEM, Options.PROMPT)) {
      if (options.isSet(option)) {
        Template.parse(options.get(option)).parts().stream()
            .filter(Template.Part::isColumn)
            .forEach(part -> names.add(part.text()));
      }
    }
    for (Option<String> option : List.of(Options.TEXT_COL, Options.MESSAGES_COL)) {
      if (options.isSet(option)) {
        names.add(options.get(option));
      }
    }
    return names;
  }

  /**
   * The system message, where it is the same for all rows as it names no column.
   *
   * @param options the options
   * @return null where there is none
   */
  public static String sharedSystem(LlmOptions options) {
    String text = options.get(Options.SYSTEM);
    return text == null
        ? null
        : Template.parse(text).parts().stream()
            .map(Template.Part::text)
            .collect(Collectors.joining());
  }

  /**
   * The messages of one row.
   *
   * @param row the input row
   * @return at least one message
   * @throws InvalidInputException when the row has nothing to ask or more than services accept
   */
  public List<Message> of(Row row) {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(Message.text("system", system.render(row)));
    }
    if (prompt != null) {
      if (prompt.isEmptyFor(row)) {
        throw new InvalidInputException(
            "empty_prompt", "Every column of the prompt is null or blank in this row");
      }
      messages.add(Message.text("user", prompt.render(row)));
    } else {
      addConversation(messages, row.get(messagesPosition));
    }
    for (Message message : messages) {
      if (message.length() > MAX_CONTENT) {
        throw new InvalidInputException(
            "string_above_max_length",
            String.format(
                "The %s message has %,d characters; services accept %,d at most",
                message.role(), message.length(), MAX_CONTENT));
      }
    }
    return messages;
  }

  private void addConversation(List<Message> messages, Object value) {
    JsonNode conversation =
        value instanceof String text ? parse(text) : renderer.json(value, messagesType);
    if (!conversation.isArray() || conversation.isEmpty()) {
      throw new InvalidInputException(
          "empty_prompt", "The messages column is null, empty or no list in this row");
    }
    for (JsonNode node : conversation) {
      JsonNode content = node.path("content");
      if (!node.path("role").isTextual() || !(content.isTextual() || content.isArray())) {
        throw new InvalidInputException(
            "invalid_messages", "A message of this row lacks a role or its content");
      }
      messages.add(new Message(node.get("role").textValue(), content));
    }
  }

  private static JsonNode parse(String text) {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          "invalid_messages", "The messages column holds no valid JSON in this row");
    }
  }
}
