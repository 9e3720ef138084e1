package io.sparkllm.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A Spark application to be submitted in a JVM of its own, through {@code SparkSubmit} and with the
 * flags of {@code bin/spark-submit}. Made by {@link ForkedSpark}.
 *
 * <p>Unless told otherwise: {@code local[2]}, loopback, no UI, 1 GB, two minutes, Spark's own
 * logging (INFO on standard error). The environment holds nothing of the tests' but what a shell
 * needs, so no key leaks in.
 */
public final class Submission {

  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "USER", "LANG", "TMPDIR", "JAVA_HOME");

  private final String mainClass;
  private final String resource;
  private final boolean withTests;
  private final List<String> arguments = new ArrayList<>();
  private final List<String> javaOptions = new ArrayList<>();
  private final Map<String, String> conf = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<Path> first = new ArrayList<>();
  private String master = "local[2]";
  private Duration timeLimit = Duration.ofMinutes(2);

  Submission(String mainClass, String resource, boolean withTests) {
    this.mainClass = mainClass;
    this.resource = resource;
    this.withTests = withTests;
    conf("spark.driver.host", "127.0.0.1");
    conf("spark.driver.bindAddress", "127.0.0.1");
    conf("spark.ui.enabled", "false");
    conf("spark.ui.showConsoleProgress", "false");
    conf("spark.sql.session.timeZone", "UTC");
    conf("spark.sql.shuffle.partitions", "4");
    environment("SPARK_LOCAL_IP", "127.0.0.1");
    environment("SPARK_LOCAL_HOSTNAME", "127.0.0.1");
    environment("SPARK_SCALA_VERSION", SparkHome.scalaVersion());
    if (withTests) {
      // Spark's own, before the tests' quiet one that lies on the same class path.
      String logging =
          "-Dlog4j2.configurationFile=classpath:org/apache/spark/log4j2-defaults.properties";
      javaOptions(logging);
      conf("spark.executor.extraJavaOptions", logging);
      conf("spark.executor.extraClassPath", SparkHome.projectClassPath());
    }
  }

  /** Spark's master: {@code local[n]}, or {@link ForkedSpark#LOCAL_CLUSTER}. */
  public Submission master(String url) {
    this.master = url;
    return this;
  }

  /** What {@code --conf} takes. */
  public Submission conf(String key, String value) {
    conf.put(key, value);
    return this;
  }

  /** An environment variable of the driver, which executors of a local cluster inherit. */
  public Submission environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Further arguments of the application. */
  public Submission arguments(Object... values) {
    Stream.of(values).map(String::valueOf).forEach(arguments::add);
    return this;
  }

  /** Further options of the driver's JVM. */
  public Submission javaOptions(String... options) {
    javaOptions.addAll(Arrays.asList(options));
    return this;
  }

  /** Jars in front of everything else on the driver's class path. */
  public Submission classPathFirst(List<Path> jars) {
    first.addAll(jars);
    return this;
  }

  /** How long the application may run, counted from its start; then it is killed. */
  public Submission timeLimit(Duration limit) {
    this.timeLimit = limit;
    return this;
  }

  /** Starts the application and returns at once. */
  public ForkedSpark start() {
    try {
      Path folder = newFolder();
      SparkHome home = SparkHome.in(Files.createDirectories(folder.resolve("spark-home")));
      Path local = Files.createDirectories(folder.resolve("local"));
      ProcessBuilder builder = new ProcessBuilder(command(home, local));
      builder.environment().keySet().retainAll(INHERITED);
      builder.environment().putAll(environment);
      builder.environment().put("SPARK_HOME", home.folder().toString());
      builder.environment().put("SPARK_LOCAL_DIRS", local.toString());
      builder.directory(folder.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.redirectOutput(folder.resolve("stdout").toFile());
      builder.redirectError(folder.resolve("stderr").toFile());
      return new ForkedSpark(builder.start(), folder, home, timeLimit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the application to its end, whatever its exit code. */
  public ForkedSpark.Finished run() {
    try (ForkedSpark spark = start()) {
      return spark.await();
    }
  }

  private List<String> command(SparkHome home, Path local) {
    List<String> command = new ArrayList<>(SignalReset.PREFIX);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-Duser.timezone=UTC");
    command.add("-Djava.io.tmpdir=" + local);
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+", -1)));
    command.addAll(javaOptions);
    command.add("-cp");
    command.add(classPath(home));
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of("--master", master, "--class", mainClass));
    conf.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.add(resource);
    command.addAll(arguments);
    return command;
  }

  private String classPath(SparkHome home) {
    Stream<String> tests = withTests ? Stream.of(SparkHome.projectClassPath()) : Stream.empty();
    return Stream.of(first.stream().map(Path::toString), tests, Stream.of(home.classPath()))
        .flatMap(entries -> entries)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path newFolder() throws IOException {
    Path parent = Files.createDirectories(Artifacts.target().resolve("forked"));
    String name = mainClass.substring(mainClass.lastIndexOf('.') + 1).replace('$', '.');
    return Files.createTempDirectory(parent, name + "-");
  }

  /**
   * Java ignores SIGINT when the process that started it did, as everything below a shell's {@code
   * &} does; then {@link ForkedSpark#interrupt} would do nothing. GNU's env undoes that.
   */
  private static final class SignalReset {

    static final List<String> PREFIX = available() ? prefix() : List.of();

    private static List<String> prefix() {
      return List.of("env", "--default-signal=INT");
    }

    private static boolean available() {
      try {
        List<String> probe = new ArrayList<>(prefix());
        probe.add("true");
        Process process = new ProcessBuilder(probe).redirectErrorStream(true).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
