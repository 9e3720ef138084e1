package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.openai.Failure.Reaction;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Many rows as the array of inputs that the API itself takes. */
final class InputsCodec extends RequestCodec {
  private final InputApi api;

  InputsCodec(InputApi api) {
    this.api = api;
  }

  @Override
  public String path() {
    return api.path();
  }

  @Override
  public byte[] item(List<Message> messages) {
    return api.input(messages);
  }

  @Override
  public byte[] body(List<byte[]> items) {
    return api.write(items, true);
  }

  @Override
  public byte[] alone(byte[] item) {
    return api.write(List.of(item), false);
  }

  @Override
  Reading read(
      JsonNode body,
      List<byte[]> items,
      ReplyReader one,
      Map<String, String> headers,
      Instant now) {
    Usage usage = api.usage(body);
    List<Outcome> results = api.results(body, shares(usage, items));
    if (results == null) {
      return ReplyReader.invalid(200, "The reply holds no list of results");
    }
    List<Reading> rows = new ArrayList<>(items.size());
    for (Outcome result : results) {
      rows.add(result == null ? null : reading(result, headers));
    }
    return new Reading.Each(rows, usage);
  }

  private static List<Usage> shares(Usage usage, List<byte[]> items) {
    long[] answers = new long[items.size()];
    Arrays.fill(answers, 1);
    return UsageShares.of(usage, items.stream().mapToLong(item -> item.length).toArray(), answers);
  }

  private static Reading reading(Outcome result, Map<String, String> headers) {
    if (result instanceof Outcome.Answer answer) {
      return new Reading.Answered(answer);
    }
    Outcome.Failed failed = (Outcome.Failed) result;
    Outcome.Failed error =
        new Outcome.Failed(
            failed.type(),
            failed.code(),
            failed.message(),
            failed.status(),
            headers.get("x-request-id"),
            failed.usage());
    return new Reading.NotAnswered(new Failure(error, Reaction.RETRY, null));
  }
}
