package io.sparkllm.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Starts the JVMs of the benchmark from a copy of what was built: a build meanwhile would pull the
 * jar from under them. All have a heap of 1 GB, and end with this one.
 */
final class Jvms {
  private static final String JOBS_JAR = "spark-llm-jobs";

  private final Path folder;
  private final Path jobsJar;
  private final String classPath;

  /** Copies what was built. */
  Jvms(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.jobsJar = folder.resolve(JOBS_JAR + ".jar");
    Path classes = folder.resolve("classes");
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        copy(path, classes);
        entries.add(classes.toString());
      } else if (path.getFileName().toString().startsWith(JOBS_JAR)) {
        Files.copy(path, jobsJar, StandardCopyOption.REPLACE_EXISTING);
        entries.add(jobsJar.toString());
      } else {
        entries.add(entry);
      }
    }
    this.classPath = String.join(File.pathSeparator, entries);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(path));
        Files.createDirectories(target.getParent());
        Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  Path folder() {
    return folder;
  }

  /** The jobs' jar as users have it. */
  Process job(String name, String... arguments) throws IOException {
    List<String> rest = new ArrayList<>(List.of("-jar", jobsJar.toString()));
    rest.addAll(List.of(arguments));
    return start(name, rest);
  }

  /** A class of the tests; the options go to the JVM. */
  Process main(String name, Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> rest =
        new ArrayList<>(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+", -1)));
    rest.addAll(options);
    rest.addAll(List.of("-Dtest.log=" + folder.resolve(name + "-spark.log"), "-cp", classPath));
    rest.add(main.getName());
    rest.addAll(List.of(arguments));
    return start(name, rest);
  }

  private Process start(String name, List<String> rest) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms1g", "-Xmx1g", "-Duser.timezone=UTC"));
    command.addAll(rest);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.redirectError(folder.resolve(name + ".log").toFile());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, name + "-exit"));
    return process;
  }
}
