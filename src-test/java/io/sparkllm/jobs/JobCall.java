package io.sparkllm.jobs;

import io.sparkllm.engine.ExecutorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.awaitility.Awaitility;

/** A command of the job in this JVM, with the shared session where the test asked for it. */
final class JobCall {
  /** The sample's folder, seen from the tests' working folder. */
  static final Path SAMPLE = Path.of("../jobs/sample").toAbsolutePath().normalize();

  private static final StructType TEXTS =
      new StructType().add("id", DataTypes.IntegerType).add("text", DataTypes.StringType);

  private JobCall() {}

  /** What a command left behind. */
  record Ended(int code, String out, String err) {
    /** The number behind a word of the summary. */
    String summary(String word) {
      return out.lines()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length()).trim())
          .findFirst()
          .orElseThrow(() -> new AssertionError("No " + word + " in\n" + out + err));
    }

    /** The lines on standard error that tell what is wrong. */
    List<String> complaints() {
      return err.lines().filter(line -> line.startsWith("Error: ")).toList();
    }
  }

  static Ended job(Object... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream toOut = new ByteArrayOutputStream();
    ByteArrayOutputStream toErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
    try {
      int code =
          LlmJob.execute(Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
      return new Ended(
          code, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
      // Tasks of a cancelled stage end after the job, and close what they write to then.
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> ExecutorRegistry.users() == 0);
    }
  }

  /**
   * A run over a column {@code text}, by the built-in endpoint unless an argument says otherwise.
   */
  static Ended run(Path input, Object output, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("run", "--input", input, "--output", output, "--prompt", "{text}"));
    if (Arrays.stream(more).noneMatch("--endpoint"::equals)) {
      arguments.addAll(List.of("--endpoint", "local"));
    }
    arguments.addAll(Arrays.asList(more));
    return job(arguments.toArray());
  }

  /** Rows with a number from 1 and one of the values. */
  static Dataset<Row> texts(SparkSession spark, String... texts) {
    List<Row> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(RowFactory.create(rows.size() + 1, text));
    }
    return spark.createDataFrame(rows, TEXTS).coalesce(1);
  }

  /** The same as a Parquet folder. */
  static Path input(SparkSession spark, Path folder, String... texts) {
    Path input = folder.resolve("input.parquet");
    texts(spark, texts).write().parquet(input.toString());
    return input;
  }
}
