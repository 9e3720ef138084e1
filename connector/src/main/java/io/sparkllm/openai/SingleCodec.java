package io.sparkllm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkllm.openai.ReplyReader.Reading;
import io.sparkllm.prompt.Message;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One row a request, as the API takes it. */
final class SingleCodec extends RequestCodec {
  private final ApiCodec api;

  SingleCodec(ApiCodec api) {
    this.api = api;
  }

  @Override
  public String path() {
    return api.path();
  }

  @Override
  public byte[] item(List<Message> messages) {
    return api.encode(messages);
  }

  @Override
  public byte[] body(List<byte[]> items) {
    return items.get(0);
  }

  @Override
  public byte[] alone(byte[] item) {
    return item;
  }

  @Override
  Reading read(
      JsonNode body,
      List<byte[]> items,
      ReplyReader one,
      Map<String, String> headers,
      Instant now) {
    return one.read(200, headers, body, now);
  }
}
