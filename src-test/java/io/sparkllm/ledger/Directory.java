package io.sparkllm.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A ledger's directory as files, and short ways to fill and ask it. */
final class Directory {
  private Directory() {}

  static Ledger open(Path folder) {
    return Ledger.open(folder.toString(), new Configuration());
  }

  /** Writes entries, with a writer of their own. */
  static void write(Ledger ledger, Entry... entries) throws IOException {
    write(ledger, Arrays.asList(entries));
  }

  static void write(Ledger ledger, Collection<Entry> entries) throws IOException {
    try (LedgerWriter writer = ledger.writer()) {
      for (Entry entry : entries) {
        writer.append(entry);
      }
    }
  }

  static Entry find(Ledger ledger, String fingerprint) throws IOException {
    return ledger.read(ledger.bucketOf(fingerprint)).find(fingerprint);
  }

  /** What a bucket has for each fingerprint. */
  static List<Entry> findAll(Ledger ledger, int bucket, Collection<String> fingerprints)
      throws IOException {
    BucketReader reader = ledger.read(bucket);
    List<Entry> found = new ArrayList<>();
    for (String fingerprint : fingerprints) {
      found.add(reader.find(fingerprint));
    }
    return found;
  }

  /** All segments, by name. */
  static List<Path> segments(Path folder) {
    Path answers = folder.resolve("answers");
    if (!Files.exists(answers)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(answers)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one segment that there is. */
  static Path segment(Path folder) {
    List<Path> segments = segments(folder);
    if (segments.size() != 1) {
      throw new AssertionError("Segments: " + segments);
    }
    return segments.get(0);
  }
}
