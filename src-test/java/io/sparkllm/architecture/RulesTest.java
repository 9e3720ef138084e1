package io.sparkllm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules themselves: each finds the class that breaks it, and leaves alone the one that does
 * not.
 */
class RulesTest {

  @Test
  void aClassOfAnotherLibraryInTheJarIsFound(@TempDir Path folder) throws IOException {
    Path jar =
        jarWith(
            folder,
            "io/sparkllm/Llm.class",
            "io/sparkllm/shaded/jackson/core/JsonFactory.class",
            "com/fasterxml/jackson/core/JsonFactory.class",
            "META-INF/versions/11/io/sparkllm/Llm.class");

    assertThat(JarRules.foreignClasses(jar))
        .containsExactly(
            "com/fasterxml/jackson/core/JsonFactory.class",
            "META-INF/versions/11/io/sparkllm/Llm.class");
  }

  @Test
  void aFileOfAnotherLibraryInTheJarIsFound(@TempDir Path folder) throws IOException {
    Path jar =
        jarWith(folder, "META-INF/NOTICE", "io/sparkllm/local/words.txt", "org/other/list.dat");

    assertThat(JarRules.foreignFiles(jar)).containsExactly("org/other/list.dat");
    assertThat(JarRules.services(jar, "org.other.Service")).isEmpty();
  }

  @Test
  void aLibraryThatWasNotRelocatedIsFound() {
    assertThat(SignatureRules.unrelocated(imported(Fixtures.UsesUnrelocated.class)))
        .contains(
            Fixtures.UsesUnrelocated.class.getName()
                + " uses com.fasterxml.jackson.databind.ObjectMapper");
    assertThat(SignatureRules.unrelocated(imported(Fixtures.KeepsToItself.class))).isEmpty();
  }

  @Test
  void aMissingLicenceIsFound(@TempDir Path folder) throws IOException {
    assertThat(JarRules.holds(jarWith(folder, "META-INF/NOTICE"), "META-INF/LICENSE")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Fixtures.Returns.class,
        Fixtures.TakesInAList.class,
        Fixtures.Throws.class,
        Fixtures.HasField.class,
        Fixtures.Extends.class
      })
  void aRelocatedTypeThatUsersSeeIsFound(Class<?> type) {
    assertThat(SignatureRules.relocatedTypes(imported(type), Set.of()))
        .singleElement()
        .asString()
        .contains(type.getName())
        .endsWith("shows io.sparkllm.shaded.fixture.Relocated");
    assertThat(SignatureRules.relocatedTypes(imported(type), Set.of(type.getName()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(classes = {Fixtures.KeepsToItself.class, Fixtures.NotExported.class})
  void aRelocatedTypeThatStaysInsideIsFine(Class<?> type) {
    assertThat(SignatureRules.relocatedTypes(imported(type), Set.of())).isEmpty();
  }

  @Test
  void aScalaTypeIsFoundUnlessSparkAsksForIt() {
    assertThat(SignatureRules.scalaTypes(imported(Fixtures.ReturnsScala.class)))
        .singleElement()
        .asString()
        .endsWith("shows scala.Option");
    assertThat(SignatureRules.scalaTypes(imported(Fixtures.OverridesSpark.class))).isEmpty();
  }

  @Test
  void staticsThatCanChangeAreFoundUnlessAllowed() {
    JavaClasses classes =
        imported(
            Fixtures.Counts.class,
            Fixtures.Caches.class,
            Fixtures.Sums.class,
            Fixtures.OnlyConstants.class);

    List<String> found = StateRules.mutableStatics(classes, Set.of());

    assertThat(found)
        .containsExactlyInAnyOrder(
            Fixtures.Counts.class.getName() + ".count",
            Fixtures.Caches.class.getName() + ".CACHE",
            Fixtures.Sums.class.getName() + ".SUM");
    assertThat(StateRules.mutableStatics(classes, Set.of(Fixtures.Caches.class.getName())))
        .hasSize(2);
  }

  private static JavaClasses imported(Class<?>... types) {
    return new ClassFileImporter().importClasses(types);
  }

  private static Path jarWith(Path folder, String... entries) throws IOException {
    Path jar = folder.resolve("some.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String entry : entries) {
        out.putNextEntry(new JarEntry(entry));
      }
    }
    return jar;
  }
}
