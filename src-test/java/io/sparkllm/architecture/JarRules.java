package io.sparkllm.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * What the jar may hold. Whatever lies outside {@code io.sparkllm} could replace a class of
 * Spark's, or of the user's, in the same JVM.
 */
final class JarRules {

  private JarRules() {}

  /** The classes that lie outside {@code io.sparkllm}, and those for other Java versions. */
  static List<String> foreignClasses(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.startsWith("io/sparkllm/"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean holds(Path jar, String entry) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getEntry(entry) != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
