package io.sparkllm.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A Spark application in a JVM of its own: for drivers that are killed, tasks that are retried, and
 * jars that are submitted as users do it. A JVM holds one SparkContext and {@code local[n]} retries
 * no task, so none of this can be tried in the shared session.
 *
 * <pre>{@code
 * try (ForkedSpark spark = ForkedSpark.main(SomeJob.class).master(LOCAL_CLUSTER).start()) {
 *   spark.awaitOutput("half done");
 *   spark.kill();
 * }
 * }</pre>
 *
 * <p>Output, executors' logs and Spark's local files of each run stay in {@code target/forked}. Not
 * thread-safe.
 */
public final class ForkedSpark implements AutoCloseable {

  /** Two executor JVMs of one core and 1 GB; a failed task gets four attempts. */
  public static final String LOCAL_CLUSTER = "local-cluster[2,1,1024]";

  /** The same with three executors: enough for unequal shares of a limit. */
  public static final String LARGER_CLUSTER = "local-cluster[3,1,1024]";

  private final Process driver;
  private final Path folder;
  private final SparkHome home;
  private final Instant deadline;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();
  private final Thread atExit = new Thread(this::destroy, "forked-spark-exit");

  ForkedSpark(Process driver, Path folder, SparkHome home, Duration timeLimit) {
    this.driver = driver;
    this.folder = folder;
    this.home = home;
    this.deadline = Instant.now().plus(timeLimit);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** An application of the tests, with the tests' class path on driver and executors. */
  public static Submission main(Class<?> mainClass) {
    return new Submission(mainClass.getName(), "spark-internal", true);
  }

  /** A class of a jar, with nothing but Spark beside it, as a user submits it. */
  public static Submission jar(Path jar, String mainClass) {
    return new Submission(mainClass, jar.toString(), false);
  }

  /** The jobs' jar, with nothing but Spark beside it, as a user submits it. */
  public static Submission job(Object... arguments) {
    return jar(Artifacts.jobsJar(), "io.sparkllm.jobs.LlmJob").arguments(arguments);
  }

  public long pid() {
    return driver.pid();
  }

  public boolean isAlive() {
    return driver.isAlive();
  }

  /** The executors' JVMs that run now; none on {@code local[n]}. */
  public List<ProcessHandle> executors() {
    return driver.descendants().filter(ForkedSpark::isExecutor).toList();
  }

  /** The driver's standard output so far. */
  public String out() {
    return read(folder.resolve("stdout"));
  }

  /** The driver's standard error so far, with Spark's log. */
  public String err() {
    return read(folder.resolve("stderr"));
  }

  /** What all executors wrote to standard output and error so far, with Spark's log. */
  public String executorLogs() {
    return home.executorLogs();
  }

  /** A folder of this run alone: the driver's working folder. */
  public Path folder() {
    return folder;
  }

  /** Waits until the driver's output or error holds the text; fails when the driver ends before. */
  public ForkedSpark awaitOutput(String text) {
    try {
      Awaitility.await()
          .pollInterval(Duration.ofMillis(50))
          .atMost(remaining())
          .until(
              () -> {
                boolean alive = isAlive();
                if (out().contains(text) || err().contains(text)) {
                  return true;
                }
                if (!alive) {
                  throw new AssertionError("The driver ended without '" + text + "'\n" + tail());
                }
                return false;
              });
    } catch (ConditionTimeoutException e) {
      destroy();
      throw new AssertionError("No '" + text + "' within the time limit\n" + tail(), e);
    }
    return this;
  }

  /**
   * SIGKILL to the driver alone: its executors find out by themselves, as they would after a crash.
   */
  public void kill() {
    remember();
    driver.destroyForcibly();
  }

  /** SIGINT to the driver, as Ctrl-C sends it: shutdown hooks run. */
  public void interrupt() {
    remember();
    try {
      new ProcessBuilder("kill", "-INT", String.valueOf(pid())).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits for the driver's end; past the time limit everything is killed and the test fails. */
  public Finished await() {
    try {
      driver.onExit().get(remaining().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      destroy();
      throw new AssertionError("The driver ran past its time limit\n" + tail(), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return new Finished(driver.exitValue(), out(), err(), executorLogs());
  }

  /** Kills what still runs: the driver, and executors that it left behind. */
  @Override
  public void close() {
    destroy();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void destroy() {
    remember();
    driver.destroyForcibly();
    seen.forEach(ProcessHandle::destroyForcibly);
    driver.onExit().join();
    // Orphans are for PID 1 to collect, which in a container may never do it: then go on.
    CompletableFuture.allOf(
            seen.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, 5, TimeUnit.SECONDS)
        .join();
  }

  /** Children of a dead process cannot be found any more. */
  private void remember() {
    driver.descendants().forEach(seen::add);
  }

  private static boolean isExecutor(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend");
  }

  private Duration remaining() {
    Duration left = Duration.between(Instant.now(), deadline);
    return left.toMillis() > 0 ? left : Duration.ofMillis(1);
  }

  private String tail() {
    String all = out() + "\n" + err();
    return all.substring(Math.max(0, all.length() - 4000));
  }

  private static String read(Path file) {
    try {
      // Not Files.readString: a character may be half written.
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }

  /**
   * An application that ended: exit code (128 + n after signal n), the driver's output, and the
   * executors' logs.
   */
  public record Finished(int exitCode, String out, String err, String executorLogs) {

    /** The lines of standard output that begin with the prefix, without it. */
    public List<String> lines(String prefix) {
      return out.lines()
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()))
          .toList();
    }
  }
}
