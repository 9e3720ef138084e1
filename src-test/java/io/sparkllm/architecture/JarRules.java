package io.sparkllm.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

  /** The other files outside {@code io.sparkllm}, but for what belongs to the jar itself. */
  static List<String> foreignFiles(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .filter(entry -> !entry.isDirectory())
          .map(ZipEntry::getName)
          .filter(name -> !name.endsWith(".class"))
          .filter(name -> !name.startsWith("io/sparkllm/") && !name.startsWith("META-INF/"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names in a service's file; none where there is no such file. */
  static List<String> services(Path jar, String service) {
    try (JarFile file = new JarFile(jar.toFile())) {
      ZipEntry entry = file.getEntry("META-INF/services/" + service);
      return entry == null
          ? List.of()
          : new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
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
