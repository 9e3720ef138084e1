package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.AT;
import static io.sparkllm.ledger.Entries.fingerprint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkllm.openai.ErrorType;
import io.sparkllm.openai.Outcome;
import io.sparkllm.openai.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is what is read, to the last character. */
class RoundTripTest {
  @TempDir Path folder;

  static Stream<String> texts() {
    StringBuilder everyChar = new StringBuilder();
    for (char c = 0; c < 0x3000; c++) {
      everyChar.append(c);
    }
    return Stream.of(
        "",
        "plain",
        "two\nlines\r\n\u2028 and \"quotes\" \\ \u0000 \u001f \u007f",
        "ünïcödé – 漢字 – 👩‍👩‍👧 – \uD83D\uDE00",
        "lone \uD800 high, lone \uDC00 low, at the end \uDBFF",
        "\uDFFF",
        "\uDC00\uD800",
        "\uFFFE\uFFFF",
        "{\"a\": [1, 2], \"crc\":\"00000000\"}",
        everyChar.toString());
  }

  @ParameterizedTest
  @MethodSource("texts")
  void everyTextOfAnAnswerAndOfAnErrorComesBack(String text) throws IOException {
    Entry answer =
        new Entry(
            fingerprint("answer"),
            new Outcome.Answer(text, text, text, new Usage(1L, 2L, 3L, 4L), text),
            3,
            99,
            text,
            AT);
    Entry failed =
        new Entry(
            fingerprint("failed"),
            new Outcome.Failed(ErrorType.SERVER, text, text, 503, text, Usage.UNKNOWN),
            8,
            0,
            text,
            AT + 1);

    assertThat(writtenAndRead(answer, failed)).containsExactly(answer, failed);
  }

  @Test
  void nullsAndTheGreatestNumbersComeBack() throws IOException {
    Entry answer =
        new Entry(
            fingerprint("answer"),
            new Outcome.Answer("", null, null, Usage.UNKNOWN, null),
            0,
            0,
            null,
            0);
    Usage most = new Usage(Long.MAX_VALUE, 0L, Long.MIN_VALUE, Long.MAX_VALUE);
    Entry failed =
        new Entry(
            fingerprint("failed"),
            new Outcome.Failed(ErrorType.TIMEOUT, null, null, null, null, most),
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            null,
            Long.MAX_VALUE);

    assertThat(writtenAndRead(answer, failed)).containsExactly(answer, failed);
  }

  @Test
  void everyTypeOfErrorComesBack() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (ErrorType type : ErrorType.values()) {
      entries.add(Entries.failed(fingerprint(type.name()), type, AT));
    }

    assertThat(writtenAndRead(entries.toArray(Entry[]::new))).isEqualTo(entries);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "漢", "\u0001", "\uD800"})
  void aHugeTextComesBackAmongSmallOnes(String character) throws IOException {
    List<Entry> entries =
        List.of(
            Entries.answer(fingerprint(7, "before"), "small"),
            Entries.answer(fingerprint(7, "huge"), character.repeat(3_000_000)),
            Entries.answer(fingerprint(7, "behind"), "small too"));

    assertThat(writtenAndRead(entries.toArray(Entry[]::new)).equals(entries)).isTrue();
  }

  @Test
  void aTextThatNoLedgerCanHoldIsRefusedAndWhatWasWrittenBeforeStays() throws IOException {
    Ledger ledger = Ledger.open(folder.toString(), new Configuration());
    Entry before = Entries.answer(fingerprint("before"), "small");
    LedgerWriter writer = ledger.writer();
    writer.append(before);

    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                IOException.class,
                () ->
                    writer.append(
                        Entries.answer(fingerprint("huge"), "x".repeat(EntryWriter.MAX_TEXT + 1)))))
        .hasMessageContainingAll("20000001", "20000000", folder.toString());
    writer.close();

    assertThat(Directory.find(ledger, before.fingerprint())).isEqualTo(before);
  }

  @Test
  void randomEntriesOfAllBucketsComeBack() throws IOException {
    List<ErrorType> types = List.of(ErrorType.values());
    Random random = new Random(5);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String text =
          random
              .ints(random.nextInt(60), 0, 0x10000)
              .collect(StringBuilder::new, (b, c) -> b.append((char) c), StringBuilder::append)
              .toString();
      entries.add(
          random.nextBoolean()
              ? Entries.answer(fingerprint("row " + i), text, random.nextLong(1L << 45))
              : new Entry(
                  fingerprint("row " + i),
                  new Outcome.Failed(
                      types.get(random.nextInt(types.size())),
                      text,
                      text,
                      random.nextInt(),
                      text,
                      new Usage(random.nextLong(), null, null, random.nextLong())),
                  random.nextInt(100),
                  random.nextInt(100_000),
                  text,
                  random.nextLong(1L << 45)));
    }

    assertThat(writtenAndRead(entries.toArray(Entry[]::new))).isEqualTo(entries);
  }

  @Test
  void aLineStandsAsTheDocumentationHasIt() throws IOException {
    String first = "00" + "ab".repeat(31);
    String second = "00" + "cd".repeat(31);

    Directory.write(
        Directory.open(folder),
        Entries.answer(first, "An answer"),
        Entries.failed(second, ErrorType.SERVER, AT));

    assertThat(Files.readString(Directory.segment(folder)))
        .isEqualTo(
            "{\"fingerprint\":\""
                + first
                + "\",\"outcome\":\"answer\",\"at\":1764143000000,\"attempts\":1,"
                + "\"latency_ms\":812,\"model\":\"gpt-4o-mini\",\"finish_reason\":\"stop\","
                + "\"service_tier\":\"default\",\"prompt_tokens\":12,\"cached_tokens\":0,"
                + "\"completion_tokens\":3,\"total_tokens\":15,\"text\":\"An answer\","
                + "\"crc\":\"57537a28\"}\n"
                + "{\"fingerprint\":\""
                + second
                + "\",\"outcome\":\"failed\",\"at\":1764143000000,\"attempts\":8,"
                + "\"latency_ms\":90000,\"type\":\"server\",\"code\":\"a_code\",\"status\":503,"
                + "\"request_id\":\"req_1\",\"message\":\"What went wrong\","
                + "\"crc\":\"61ae0497\"}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "AB", "zz"})
  void whatIsNoFingerprintIsRefused(String pattern) {
    String wrong = pattern.isEmpty() || pattern.equals("ab") ? pattern : pattern.repeat(32);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Entries.answer(wrong, "text"))
        .withMessageStartingWith("Not a fingerprint: ");
  }

  private List<Entry> writtenAndRead(Entry... entries) throws IOException {
    Ledger ledger = Ledger.open(folder.toString(), new Configuration());
    try (LedgerWriter writer = ledger.writer()) {
      for (Entry entry : entries) {
        writer.append(entry);
      }
    }
    Map<Integer, BucketReader> readers = new HashMap<>();
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries) {
      int bucket = ledger.bucketOf(entry.fingerprint());
      if (!readers.containsKey(bucket)) {
        readers.put(bucket, ledger.read(bucket));
      }
      found.add(readers.get(bucket).find(entry.fingerprint()));
    }
    return found;
  }
}
