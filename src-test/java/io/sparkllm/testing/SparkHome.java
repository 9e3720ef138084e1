package io.sparkllm.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import scala.util.Properties;

/**
 * A {@code SPARK_HOME} made from the test class path, enough of a Spark to start executors in.
 *
 * <p>What {@code local-cluster} needs, tried on 3.5.3 and 4.1.0 with the same result:
 *
 * <ul>
 *   <li>{@code SPARK_HOME} with a folder {@code jars} (symbolic links will do), and {@code
 *       SPARK_SCALA_VERSION}, which {@code bin/spark-class} would set. Nothing else of an installed
 *       Spark is asked for. A worker starts an executor with the class path {@code
 *       spark.executor.extraClassPath:$SPARK_HOME/conf:$SPARK_HOME/jars/*}.
 *   <li>When either is missing, each executor fails before its JVM starts ("Error running executor"
 *       in the driver's log), Spark gives the application up after ten of them, and the driver says
 *       no more than "LiveListenerBus is stopped" or "Cannot call methods on a stopped
 *       SparkContext".
 *   <li>{@code SPARK_TESTING=1} and {@code SPARK_SCALA_VERSION} with the whole class path in {@code
 *       spark.executor.extraClassPath} work too, without a {@code SPARK_HOME}. Not used, since they
 *       switch Spark to its own test mode, which users never run.
 *   <li>Spark itself puts the {@code --add-opens} flags in front of {@code
 *       spark.executor.extraJavaOptions}; a driver that is started without {@code bin/spark-submit}
 *       has to be given them.
 *   <li>Executors inherit the driver's environment, and write their output to {@code
 *       $SPARK_HOME/work/<application>/<executor>/}. So each application gets a home of its own.
 * </ul>
 */
final class SparkHome {

  private static final List<Path> SPARK = new ArrayList<>();
  private static final List<Path> PROJECT = new ArrayList<>();

  static {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath().normalize();
      if (Files.isDirectory(path) || path.equals(Artifacts.jobsJar())) {
        PROJECT.add(path);
      } else if (Files.isRegularFile(path)) {
        SPARK.add(path);
      }
    }
  }

  private final Path folder;

  private SparkHome(Path folder) {
    this.folder = folder;
  }

  /** A new home in the given folder. */
  static SparkHome in(Path folder) {
    try {
      Path jars = Files.createDirectories(folder.resolve("jars"));
      Files.createDirectories(folder.resolve("conf"));
      for (Path jar : SPARK) {
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SparkHome(folder);
  }

  /** The tests' own classes and the jobs' jar: what Spark's class path lacks. */
  static String projectClassPath() {
    return String.join(File.pathSeparator, PROJECT.stream().map(Path::toString).toList());
  }

  /** Scala's binary version, such as 2.12. */
  static String scalaVersion() {
    String full = Properties.versionNumberString();
    return full.substring(0, full.lastIndexOf('.'));
  }

  Path folder() {
    return folder;
  }

  /** What bin/spark-submit would set. */
  String classPath() {
    return folder.resolve("conf") + File.pathSeparator + folder.resolve("jars") + "/*";
  }

  /** Standard output and error of all executors, one after the other. */
  String executorLogs() {
    Path work = folder.resolve("work");
    if (!Files.isDirectory(work)) {
      return "";
    }
    try (var files = Files.walk(work)) {
      StringBuilder logs = new StringBuilder();
      for (Path file : files.filter(SparkHome::isLog).sorted().toList()) {
        logs.append(Files.readString(file));
      }
      return logs.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isLog(Path file) {
    String name = file.getFileName().toString();
    return name.equals("stdout") || name.equals("stderr");
  }
}
