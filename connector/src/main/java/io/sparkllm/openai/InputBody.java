package io.sparkllm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sparkllm.config.Json;
import io.sparkllm.prompt.Message;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Bodies of APIs that take inputs: the shared fields, written once, and behind them inputs that are
 * JSON already. Thread-safe.
 */
final class InputBody {
  private final byte[] head;

  InputBody(RequestBody shared) {
    this.head = shared.writeUpTo("input").getBytes(StandardCharsets.UTF_8);
  }

  /** The text of a row; its template gives one message. */
  static String text(List<Message> messages) {
    return messages.get(messages.size() - 1).content().textValue();
  }

  static byte[] json(String text) {
    try {
      return Json.MAPPER.writeValueAsBytes(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Writing to memory cannot fail", e);
    }
  }

  byte[] write(List<byte[]> inputs, boolean array) {
    int size = head.length + 3;
    for (byte[] input : inputs) {
      size += input.length + 1;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(size);
    out.writeBytes(head);
    if (array) {
      out.write('[');
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(inputs.get(i));
    }
    if (array) {
      out.write(']');
    }
    out.write('}');
    return out.toByteArray();
  }
}
