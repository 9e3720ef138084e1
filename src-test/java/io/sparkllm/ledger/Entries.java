package io.sparkllm.ledger;

import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/** Entries to write. */
final class Entries {
  static final long AT = 1_764_143_000_000L;

  private Entries() {}

  /** The fingerprint of a name: as evenly spread as real ones. */
  static String fingerprint(String name) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same, in a bucket: the two leading digits of 256 buckets. */
  static String fingerprint(int bucket, String name) {
    return String.format("%02x", bucket) + fingerprint(name).substring(2);
  }

  /** Fingerprints of a bucket, ascending. */
  static List<String> ascending(int bucket, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> fingerprint(bucket, "row " + i))
        .sorted()
        .toList();
  }

  static Entry answer(String fingerprint, String text) {
    return answer(fingerprint, text, AT);
  }

  static Entry answer(String fingerprint, String text, long at) {
    return new Entry(
        fingerprint,
        new Outcome.Answer(text, "gpt-4o-mini", "stop", new Usage(12L, 0L, 3L, 15L), "default"),
        1,
        812,
        null,
        at);
  }

  static Entry failed(String fingerprint, ErrorType type, long at) {
    return new Entry(
        fingerprint,
        new Outcome.Failed(type, "a_code", "What went wrong", 503, "req_1", Usage.UNKNOWN),
        8,
        90_000,
        null,
        at);
  }

  static String text(Entry entry) {
    return entry == null ? null : ((Outcome.Answer) entry.outcome()).text();
  }
}
