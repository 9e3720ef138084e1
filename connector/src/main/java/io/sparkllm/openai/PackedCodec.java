package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.LlmOptions;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.InvalidInputException;
import io.sparkllm.prompt.Message;
import io.sparkllm.prompt.RowMessages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Many rows in one prompt: the instruction is paid for once. The model answers with a list that
 * says by ids which answer is whose.
 */
final class PackedCodec extends RequestCodec {
  private final ApiCodec api;
  private final String system;
  private final PackedPrompt prompt;
  private final Frame alone;

  PackedCodec(LlmOptions options, ApiCodec api) {
    this.api = api;
    this.system = RowMessages.sharedSystem(options);
    this.prompt = new PackedPrompt(options, api, system);
    this.alone = Frame.of(api.encode(PackedPrompt.messages(system, "")), "\"\"", "}]}");
  }

  @Override
  public String path() {
    return api.path();
  }

  /** The text as a JSON string, cut out of the row's own request. */
  @Override
  public byte[] item(List<Message> messages) {
    String text = messages.get(messages.size() - 1).content().textValue();
    if (text == null || !messages.equals(PackedPrompt.messages(system, text))) {
      throw new InvalidInputException(
          "invalid_messages",
          "mode=packed takes rows of one text each, behind a system message that all share");
    }
    return alone.inside(api.encode(messages));
  }

  @Override
  public byte[] body(List<byte[]> items) {
    return prompt.body(items);
  }

  @Override
  public byte[] alone(byte[] item) {
    return alone.around(item);
  }

  @Override
  public long sharedChars() {
    return prompt.systemChars();
  }

  @Override
  public boolean isOnePrompt() {
    return true;
  }

  @Override
  Reading read(
      JsonNode body,
      List<byte[]> items,
      ReplyReader one,
      Map<String, String> headers,
      Instant now) {
    Reading whole = one.readUntyped(headers, body, now);
    if (!(whole instanceof Reading.Answered answered)) {
      return whole;
    }
    Outcome.Answer answer = answered.answer();
    PackedAnswers answers = PackedAnswers.parse(answer.text());
    List<String> texts = answers.of(PackedPrompt.ids(items));
    if (!answers.isWhole() && texts.stream().allMatch(text -> text == null)) {
      return unusable(answer);
    }
    List<Usage> shares =
        UsageShares.of(
            answer.usage(),
            items.stream().mapToLong(item -> item.length + sharedChars() / items.size()).toArray(),
            texts.stream().mapToLong(text -> text == null ? 0 : text.length()).toArray());
    List<Reading> rows = new ArrayList<>(items.size());
    for (int i = 0; i < texts.size(); i++) {
      rows.add(
          texts.get(i) == null
              ? null
              : one.fitting(row(texts.get(i), answer, shares.get(i)), headers));
    }
    return new Reading.Each(rows, answer.usage());
  }

  /** An answer that the list holds is whole, even where the length limit then cut the list. */
  private static Outcome.Answer row(String text, Outcome.Answer whole, Usage usage) {
    return new Outcome.Answer(
        text,
        whole.model(),
        isCut(whole) ? "stop" : whole.finishReason(),
        usage,
        whole.serviceTier());
  }

  private static boolean isCut(Outcome.Answer answer) {
    return "length".equals(answer.finishReason());
  }

  private static Reading unusable(Outcome.Answer answer) {
    Outcome.Failed error =
        isCut(answer)
            ? Wire.failed(
                ErrorType.TRUNCATED,
                "length",
                "The length limit cut the answers of a call before the first was whole; raise"
                    + " maxTokens or lower batchSize",
                answer.usage())
            : Wire.failed(
                ErrorType.INVALID_RESPONSE,
                "invalid_body",
                "The answer is no whole JSON list of answers",
                answer.usage());
    return new Reading.NotAnswered(new Failure(error, Reaction.RETRY, null));
  }
}
