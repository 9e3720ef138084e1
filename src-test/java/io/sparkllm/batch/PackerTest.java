package io.sparkllm.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.batch.rows.Chunk;
import io.sparkllm.batch.rows.FileLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackerTest {
  private static long sum(List<Chunk> chunks, ToLongFunction<Chunk> what) {
    return chunks.stream().mapToLong(what).sum();
  }

  /** Whatever is scarce, and however requests of one chunk differ from those of another. */
  @ParameterizedTest
  @CsvSource({
    "50000, 190000000, 2000000, 1",
    "50000, 190000000, 9223372036854775807, 2",
    "100, 190000000, 9223372036854775807, 3",
    "50000, 1000000, 9223372036854775807, 4",
    "50000, 190000000, 40000, 5",
  })
  void fillsFilesToFourFifthsAtLeastAndKeepsTheLimits(
      int requests, long bytes, long tokens, long seed) {
    FileLimits limits = new FileLimits(requests, bytes, tokens);
    Random random = new Random(seed);
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      // As a task writes it: full by one of the limits, but for the last of each task.
      double full = i % 20 == 0 ? random.nextDouble() : 1;
      double each = Math.exp(random.nextGaussian() * 1.5 + 6);
      double most =
          Math.min(
              Math.max(1, requests / 20),
              Math.min(Math.min(bytes / 20, 8 << 20) / each, tokens / 20.0 / (each / 4)));
      int lines = (int) Math.max(1, most * full);
      long size = Math.min(bytes / 20, (long) (lines * each));
      chunks.add(Files.chunk("c" + i, lines, size, Math.min(tokens / 20, size / 4)));
    }

    List<List<Chunk>> files = Packer.pack(chunks, limits);

    assertThat(files.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(chunks);
    for (List<Chunk> file : files) {
      assertThat(sum(file, Chunk::requests)).isLessThanOrEqualTo(requests);
      assertThat(sum(file, Chunk::bytes)).isLessThanOrEqualTo(bytes);
      assertThat(sum(file, Chunk::tokens)).isLessThanOrEqualTo(tokens);
    }
    double least =
        Math.max(
            (double) sum(chunks, Chunk::requests) / requests,
            Math.max(
                (double) sum(chunks, Chunk::bytes) / bytes,
                (double) sum(chunks, Chunk::tokens) / tokens));
    assertThat(files.size()).isLessThanOrEqualTo((int) Math.ceil(1.25 * Math.ceil(least)));
  }

  @Test
  void aChunkThatIsOverALimitAloneHasAFileOfItsOwn() {
    Chunk large = Files.chunk("large", 1, 10, 500);
    Chunk small = Files.chunk("small", 1, 10, 5);

    assertThat(Packer.pack(List.of(small, large), new FileLimits(10, 1_000, 100)))
        .containsExactlyInAnyOrder(List.of(large), List.of(small));
  }

  @Test
  void nothingMakesNoFile() {
    assertThat(Packer.pack(List.of(), new FileLimits(10, 10, 10))).isEmpty();
  }
}
