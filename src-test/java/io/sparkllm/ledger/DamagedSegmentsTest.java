package io.sparkllm.ledger;

import static io.sparkllm.ledger.Entries.answer;
import static io.sparkllm.ledger.Entries.fingerprint;
import static io.sparkllm.ledger.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkllm.testing.LogWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is damaged is dropped and counted, and takes nothing else with it. */
class DamagedSegmentsTest {
  private static final int BUCKET = 5;
  private static final String FIRST = fingerprint(BUCKET, "first");
  private static final String SECOND = fingerprint(BUCKET, "second");
  private static final String THIRD = fingerprint(BUCKET, "third");

  @TempDir Path folder;

  private Ledger withThree() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(ledger, answer(FIRST, "one"), answer(SECOND, "two"), answer(THIRD, "three"));
    return ledger;
  }

  private static List<String> texts(BucketReader reader) throws IOException {
    return Arrays.asList(
        text(reader.find(FIRST)), text(reader.find(SECOND)), text(reader.find(THIRD)));
  }

  @Test
  void aTornTailIsDroppedAndCountedWhereverItIsTorn() throws IOException {
    Ledger ledger = withThree();
    Path segment = Directory.segment(folder);
    byte[] whole = Files.readAllBytes(segment);
    int lastLine = new String(whole, StandardCharsets.UTF_8).lastIndexOf("\n{") + 1;
    for (int length = lastLine + 1; length < whole.length; length += 7) {
      Files.write(segment, Arrays.copyOf(whole, length));

      BucketReader reader = ledger.read(BUCKET);

      assertThat(texts(reader)).as("torn at %d", length).containsExactly("one", "two", null);
      assertThat(reader.tornTails()).isEqualTo(1);
      assertThat(reader.damagedLines()).isZero();
    }
  }

  @Test
  void aSegmentThatEndsWithALineIsNotTorn() throws IOException {
    BucketReader reader = withThree().read(BUCKET);

    assertThat(texts(reader)).containsExactly("one", "two", "three");
    assertThat(reader.tornTails()).isZero();
  }

  @Test
  void aByteThatChangedAnywhereInALineDropsThatLineAlone() throws IOException {
    Ledger ledger = withThree();
    Path segment = Directory.segment(folder);
    byte[] whole = Files.readAllBytes(segment);
    String text = new String(whole, StandardCharsets.UTF_8);
    int begin = text.indexOf('\n') + 1;
    int end = text.indexOf('\n', begin);
    for (int i = begin; i < end; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      Files.write(segment, damaged);

      BucketReader reader = ledger.read(BUCKET);

      assertThat(texts(reader)).as("byte %d", i - begin).containsExactly("one", null, "three");
      assertThat(reader.damagedLines()).isEqualTo(1);
      assertThat(reader.tornTails()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{}",
        "{\"fingerprint\":\"",
        "null",
        "{\"fingerprint\":\"0000000000000000000000000000000000000000000000000000000000000000\"}",
      })
  void aLineThatIsNoEntryIsDroppedAloneAndNamed(String line) throws IOException {
    Ledger ledger = withThree();
    Path segment = Directory.segment(folder);
    Files.writeString(segment, line + "\n" + Files.readString(segment));

    try (LogWatch log = new LogWatch()) {
      BucketReader reader = ledger.read(BUCKET);

      assertThat(texts(reader)).containsExactly("one", "two", "three");
      assertThat(reader.damagedLines()).isEqualTo(1);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN ")
          .contains(
              "file:" + folder,
              "005/" + segment.getFileName(),
              "1 damaged lines",
              "line 1",
              "asked again");
    }
  }

  @Test
  void aSegmentOfGarbageIsSkippedAndTheOthersCount() throws IOException {
    Ledger ledger = withThree();
    byte[] garbage = new byte[3 << 20];
    new Random(1).nextBytes(garbage);
    Path damaged = Directory.segment(folder).resolveSibling("garbage.jsonl");
    Files.write(damaged, garbage);

    BucketReader reader = ledger.read(BUCKET);

    assertThat(texts(reader)).containsExactly("one", "two", "three");
    assertThat(reader.damagedLines())
        .isEqualTo(IntStream.range(0, garbage.length).filter(i -> garbage[i] == '\n').count());
  }

  @Test
  void aLineLongerThanAnyCanBeIsPassedOverInBoundedMemory() throws IOException {
    Ledger ledger = withThree();
    Path segment = Directory.segment(folder);
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) 'x');
    Path longer = segment.resolveSibling("0.jsonl");
    for (int i = 0; i < 140; i++) {
      Files.write(longer, block, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    Files.writeString(longer, "\n" + Files.readString(segment), StandardOpenOption.APPEND);
    Files.delete(segment);

    BucketReader reader = ledger.read(BUCKET);

    assertThat(texts(reader)).containsExactly("one", "two", "three");
    assertThat(reader.damagedLines()).isEqualTo(1);
  }

  @Test
  void manyTroublesAreOneWarningThatNamesSome() throws IOException {
    Ledger ledger = withThree();
    for (int i = 0; i < 12; i++) {
      Files.writeString(folder.resolve("answers/005/bad" + i + ".jsonl"), "bad\nbad\n");
    }

    try (LogWatch log = new LogWatch()) {
      BucketReader reader = ledger.read(BUCKET);

      assertThat(reader.damagedLines()).isEqualTo(24);
      assertThat(log.lines()).singleElement().asString().contains("bad0.jsonl", "and 7 more");
    }
  }

  @Test
  void filesThatAreNoSegmentsArePassedOver() throws IOException {
    Ledger ledger = withThree();
    Path bucket = Directory.segment(folder).getParent();
    Files.writeString(bucket.resolve(".hidden.jsonl"), "x\n");
    Files.writeString(bucket.resolve("notes.txt"), "x\n");
    Files.createDirectory(bucket.resolve("folder.jsonl"));

    BucketReader reader = ledger.read(BUCKET);

    assertThat(texts(reader)).containsExactly("one", "two", "three");
    assertThat(reader.damagedLines()).isZero();
  }

  /** Local files; reading those named bad fails behind so many bytes. */
  private LedgerFiles failing(int behind) throws IOException {
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(java.net.URI.create("file:///"), new Configuration());
    return new LedgerFiles(
        new FilterFileSystem(local) {
          @Override
          public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
              throws IOException {
            FSDataInputStream in = super.open(path, bufferSize);
            return path.getName().startsWith("bad")
                ? new FSDataInputStream(new FailingStream(in, behind))
                : in;
          }
        },
        new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 500})
  void aSegmentThatCannotBeReadIsSkippedFromThereOnAndNamed(int behind) throws IOException {
    withThree();
    Path good = Directory.segment(folder);
    Files.move(good, good.resolveSibling("bad.jsonl"));
    Directory.write(Directory.open(folder), answer(THIRD, "three"));

    try (LogWatch log = new LogWatch()) {
      BucketReader reader =
          new BucketReader(failing(behind), Storage.UNTRIED, BUCKET, BucketReader.SLICE_BYTES);

      assertThat(texts(reader)).containsExactly(behind == 0 ? null : "one", null, "three");
      assertThat(reader.unreadableSegments()).isEqualTo(1);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("005/bad.jsonl cannot be read: Input/output error");
    }
  }

  @Test
  void whatANewerVersionAddedIsPassedOver() throws IOException {
    Ledger ledger = withThree();
    Path segment = Directory.segment(folder);
    String newer = Files.readString(segment).lines().findFirst().orElseThrow();
    String body = newer.substring(0, newer.indexOf(",\"crc\"")) + ",\"added\":{\"a\":[1]}";
    Files.writeString(segment, signed(body) + "\n");

    assertThat(text(ledger.read(BUCKET).find(FIRST))).isEqualTo("one");
  }

  @Test
  void anErrorOfANewerTypeIsAskedAgain() throws IOException {
    Ledger ledger = Directory.open(folder);
    Directory.write(ledger, Entries.failed(FIRST, io.sparkllm.openai.ErrorType.SERVER, Entries.AT));
    Path segment = Directory.segment(folder);
    String line = Files.readString(segment);
    Files.writeString(
        segment,
        signed(line.substring(0, line.indexOf(",\"crc\"")).replace("server", "newest")) + "\n");

    assertThat(ledger.read(BUCKET).find(FIRST)).isNull();
    assertThat(ledger.stats().errors()).containsExactly(java.util.Map.entry("unknown", 1L));
  }

  private static String signed(String body) {
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    byte[] line = Arrays.copyOf(text, text.length + Line.SUFFIX);
    Line.sign(line, text.length);
    return new String(line, StandardCharsets.UTF_8);
  }

  @Test
  void aBucketWhoseListingFailsIsAnError() throws IOException {
    Ledger ledger = withThree();
    Path bucket = Directory.segment(folder).getParent();
    LedgerFiles files =
        new LedgerFiles(
            new FilterFileSystem(new RawLocalFileSystem()) {
              @Override
              public org.apache.hadoop.fs.FileStatus[] listStatus(org.apache.hadoop.fs.Path path)
                  throws IOException {
                throw new IOException("Unreachable: " + path);
              }
            },
            new org.apache.hadoop.fs.Path(folder.toUri()));

    assertThat(ledger.buckets()).isEqualTo(256);
    assertThatThrownBy(() -> new BucketReader(files, Storage.UNTRIED, BUCKET, 1 << 20))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(bucket.toString());
  }
}
