package io.sparkllm.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.sparkllm.config.Json;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes entries as lines. Keeps its buffer from line to line; not thread-safe. */
final class EntryWriter {
  /** What the reader's JSON parser takes; the wire's is the same, so no answer is longer. */
  static final int MAX_TEXT = StreamReadConstraints.DEFAULT_MAX_STRING_LEN;

  /** A buffer that grew longer than this for one text is not kept. */
  private static final int KEPT = 1 << 20;

  /** Bytes that can be got at without a copy. */
  private static final class Buffer extends ByteArrayOutputStream {
    void sign() {
      // In place of the closing brace.
      int signed = count - 1;
      byte[] suffix = new byte[Line.SUFFIX];
      write(suffix, 0, Line.SUFFIX - 1);
      Line.sign(buf, signed);
      write('\n');
    }

    int capacity() {
      return buf.length;
    }

    void writeOut(OutputStream out) throws IOException {
      out.write(buf, 0, count);
    }
  }

  private Buffer buffer = new Buffer();

  /**
   * Encodes an entry; {@link #writeTo} then writes it.
   *
   * @throws IOException when its text is longer than a ledger can hold
   */
  void encode(Entry entry) throws IOException {
    if (buffer.capacity() > KEPT) {
      buffer = new Buffer();
    }
    buffer.reset();
    try (JsonGenerator json = Json.MAPPER.getFactory().createGenerator((OutputStream) buffer)) {
      if (!isUnicode(entry)) {
        // A lone surrogate has no UTF-8, but it has an escape.
        json.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
      }
      write(json, entry);
    }
    buffer.sign();
  }

  /** Bytes of the line, its end included. */
  int length() {
    return buffer.size();
  }

  void writeTo(OutputStream out) throws IOException {
    buffer.writeOut(out);
  }

  private static void write(JsonGenerator json, Entry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("fingerprint", entry.fingerprint());
    Outcome.Answer answer = entry.outcome() instanceof Outcome.Answer a ? a : null;
    json.writeStringField("outcome", answer == null ? Line.FAILED : Line.ANSWER);
    json.writeNumberField("at", entry.atMillis());
    json.writeNumberField("attempts", entry.attempts());
    json.writeNumberField("latency_ms", entry.latencyMillis());
    text(json, "batch_id", entry.batchId());
    if (answer != null) {
      text(json, "model", answer.model());
      text(json, "finish_reason", answer.finishReason());
      text(json, "service_tier", answer.serviceTier());
    } else {
      Outcome.Failed failed = (Outcome.Failed) entry.outcome();
      json.writeStringField("type", failed.type().wireName());
      text(json, "code", failed.code());
      if (failed.status() != null) {
        json.writeNumberField("status", failed.status());
      }
      text(json, "request_id", failed.requestId());
      text(json, "message", failed.message());
    }
    Usage usage = entry.outcome().usage();
    number(json, "prompt_tokens", usage.promptTokens());
    number(json, "cached_tokens", usage.cachedTokens());
    number(json, "completion_tokens", usage.completionTokens());
    number(json, "total_tokens", usage.totalTokens());
    if (answer != null) {
      text(json, "text", answer.text());
    }
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String value) throws IOException {
    if (value == null) {
      return;
    }
    if (value.length() > MAX_TEXT) {
      throw new IOException(
          String.format(
              "A ledger cannot hold a %s of %d characters; the most is %d",
              name, value.length(), MAX_TEXT));
    }
    json.writeStringField(name, value);
  }

  private static void number(JsonGenerator json, String name, Long value) throws IOException {
    if (value != null) {
      json.writeNumberField(name, value);
    }
  }

  private static boolean isUnicode(Entry entry) {
    if (entry.outcome() instanceof Outcome.Answer a) {
      return isUnicode(a.text())
          && isUnicode(a.model())
          && isUnicode(a.finishReason())
          && isUnicode(a.serviceTier())
          && isUnicode(entry.batchId());
    }
    Outcome.Failed f = (Outcome.Failed) entry.outcome();
    return isUnicode(f.message())
        && isUnicode(f.code())
        && isUnicode(f.requestId())
        && isUnicode(entry.batchId());
  }

  /** Whether all surrogates come in pairs. */
  private static boolean isUnicode(String text) {
    if (text == null) {
      return true;
    }
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == length
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
