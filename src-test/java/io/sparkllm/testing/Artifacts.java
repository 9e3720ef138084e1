package io.sparkllm.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the build put what the tests look at. Known to tests that Maven runs, not to an IDE's. */
public final class Artifacts {

  private Artifacts() {}

  /** The connector as users get it, with its own copies of Jackson and HttpClient inside. */
  public static Path connectorJar() {
    return built("test.connector.jar");
  }

  /** The jobs' jar as users submit it: connector and command line inside, Spark not. */
  public static Path jobsJar() {
    return built("test.jobs.jar");
  }

  /** The tests' build folder: what is written here is gone with {@code mvn clean}. */
  public static Path target() {
    return path("test.target");
  }

  private static Path built(String property) {
    Path file = path(property);
    if (!Files.isRegularFile(file)) {
      throw new IllegalStateException("No " + file + ": build it with mvn package");
    }
    return file;
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "The system property " + property + " is not set: run the tests with mvn verify");
    }
    return Path.of(value).toAbsolutePath().normalize();
  }
}
