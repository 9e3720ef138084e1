package io.sparkllm.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.apache.spark.package$;

/** The command behind {@code src-test/benchmark}. Runs in the folder src-test. */
final class Benchmark {
  private static final Path DOCUMENT = Path.of("../docs/benchmark.md");

  private Benchmark() {}

  /**
   * Measures, and writes the results into docs/benchmark.md.
   *
   * @param args nothing; {@code --quick} for a smoke run that writes nothing; {@code --profile} for
   *     recordings of where the CPU time goes
   * @throws Exception when something cannot be measured
   */
  public static void main(String[] args) throws Exception {
    Path work = Path.of("target/benchmark").toAbsolutePath();
    List<String> asked = List.of(args);
    try (Bench bench = new Bench(new Jvms(work))) {
      if (asked.equals(List.of("--profile"))) {
        profile(bench, work);
      } else if (asked.equals(List.of("--quick"))) {
        System.out.println("\n" + measured(bench, Sizes.QUICK));
      } else if (asked.isEmpty()) {
        String document = Files.readString(DOCUMENT);
        Files.writeString(DOCUMENT, Results.placed(document, measured(bench, Sizes.FULL)));
        System.out.println("Written into docs/benchmark.md");
      } else {
        System.err.println("Usage: src-test/benchmark [--quick | --profile]");
        System.exit(2);
      }
    }
  }

  private static String measured(Bench bench, Sizes sizes)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Results results = new Results();
    new Measurements(bench, sizes, results).run();
    return String.format(
        Locale.ROOT,
        "%s, commit %s, %s, %s, Spark %s, in %.0f minutes; other processes kept %.2f cores busy"
            + " meanwhile. To repeat: `src-test/benchmark`.%n%n%s",
        LocalDate.now(ZoneOffset.UTC),
        commit(),
        Machine.description(),
        Machine.jdk(),
        package$.MODULE$.SPARK_VERSION(),
        (System.nanoTime() - begin) / 60e9,
        bench.otherCores(),
        results.table());
  }

  /** Records the second job of each JVM alone: during the first, compilers have their share. */
  private static void profile(Bench bench, Path work) throws IOException, InterruptedException {
    for (String name : List.of("connector", "loop")) {
      Path recording = work.resolve(name + ".jfr");
      try (ClientProcess client = bench.client(name)) {
        bench.measure(client, Job.of(400_000, 128));
        client.record(recording);
        Measured run = bench.measure(client, Job.of(1_000_000, 128));
        System.out.printf(
            Locale.ROOT,
            "%s: %.3f CPU s per 1,000 rows, %,.0f rows/s; recorded in %s%n",
            name,
            run.cpuPerThousand(),
            run.rate(),
            recording);
      }
    }
  }

  private static String commit() throws IOException, InterruptedException {
    String changes = git("status", "--porcelain", "--", ":!docs");
    return git("rev-parse", "--short", "HEAD") + (changes.isEmpty() ? "" : " with changes");
  }

  private static String git(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("git", "-C", "..");
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? out.trim() : "unknown";
  }
}
