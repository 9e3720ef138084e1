package io.sparkllm.testing;

import static io.sparkllm.testing.ForkedSpark.LOCAL_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.spark.api.java.function.ForeachFunction;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class ForkedSparkTest {

  @Test
  void tasksOfALocalClusterRunInOtherJvmsAndAreRetried() {
    ForkedSpark.Finished finished =
        ForkedSpark.main(ClusterProbe.class).master(LOCAL_CLUSTER).run();

    assertThat(finished.exitCode()).as(finished.err()).isZero();
    assertProbed(finished);
    assertThat(finished.executorLogs()).contains("the first attempt fails");
  }

  @Test
  void aJarIsSubmittedWithSparkAloneBesideIt(@TempDir Path folder) throws IOException {
    Path jar = jarOf(ClusterProbe.class, folder.resolve("probe.jar"));

    ForkedSpark.Finished finished =
        ForkedSpark.jar(jar, ClusterProbe.class.getName()).master(LOCAL_CLUSTER).run();

    assertThat(finished.exitCode()).as(finished.err()).isZero();
    assertProbed(finished);
  }

  private static void assertProbed(ForkedSpark.Finished finished) {
    String driver = finished.lines("driver ").get(0);
    List<String[]> tasks =
        finished.lines("task ").stream().map(line -> line.split(" ", -1)).toList();
    assertThat(tasks).hasSize(2);
    assertThat(tasks).extracting(task -> task[0]).doesNotContain(driver);
    assertThat(tasks)
        .extracting(task -> task[1] + " in attempt " + task[2])
        .containsExactly("0 in attempt 1", "1 in attempt 0");
    // Spark opens them for executors by itself.
    assertThat(tasks).allSatisfy(task -> assertThat(Integer.parseInt(task[3])).isGreaterThan(10));
  }

  @Test
  void exitCodeArgumentsAndEnvironmentGoBothWays() {
    ForkedSpark.Finished finished =
        ForkedSpark.main(Says.class)
            .arguments("said", 7)
            .environment("SAYS", "in the environment")
            .run();

    assertThat(finished.exitCode()).isEqualTo(7);
    assertThat(finished.lines("Says: ")).containsExactly("said", "in the environment");
    assertThat(finished.err()).contains("and on standard error");
  }

  public static final class Says {
    public static void main(String[] args) {
      System.out.println("Says: " + args[0]);
      System.out.println("Says: " + System.getenv("SAYS"));
      System.err.println("and on standard error");
      System.exit(Integer.parseInt(args[1]));
    }
  }

  @Test
  void aKilledDriverLeavesNoExecutorBehindOnceClosed() {
    List<ProcessHandle> executors;
    try (ForkedSpark spark = ForkedSpark.main(Hangs.class).master(LOCAL_CLUSTER).start()) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> spark.executorLogs().contains("a task hangs"));
      executors = spark.executors();
      assertThat(executors).isNotEmpty();

      spark.kill();

      assertThat(spark.await().exitCode()).isEqualTo(128 + 9);
    }
    Awaitility.await().until(() -> executors.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void anInterruptedDriverRunsItsShutdownHooks() {
    try (ForkedSpark spark = ForkedSpark.main(Hangs.class).start()) {
      spark.awaitOutput("a task hangs").interrupt();

      ForkedSpark.Finished finished = spark.await();
      assertThat(finished.exitCode()).isEqualTo(128 + 2);
      assertThat(finished.out()).contains("a hook ran");
    }
  }

  @Test
  void aDriverPastItsTimeLimitIsKilledAndTold() {
    try (ForkedSpark spark =
        ForkedSpark.main(Hangs.class).timeLimit(Duration.ofSeconds(5)).start()) {
      assertThatThrownBy(spark::await)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("time limit");
      assertThat(spark.isAlive()).isFalse();
    }
  }

  @Test
  void waitingForOutputThatNeverComesEndsWithTheDriver() {
    try (ForkedSpark spark = ForkedSpark.main(Says.class).arguments("one", 0).start()) {
      assertThatThrownBy(() -> spark.awaitOutput("two"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("ended without 'two'")
          .hasMessageContaining("Says: one");
    }
  }

  public static final class Hangs {
    public static void main(String[] args) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("a hook ran")));
      ForeachFunction<Long> hang =
          row -> {
            System.out.println("a task hangs");
            new CountDownLatch(1).await();
          };
      SparkSession.builder().getOrCreate().range(1).foreach(hang);
    }
  }

  private static Path jarOf(Class<?> type, Path jar) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream in = type.getResourceAsStream("/" + name)) {
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
    }
    return jar;
  }
}
