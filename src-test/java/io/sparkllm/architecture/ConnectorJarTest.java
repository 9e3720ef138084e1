package io.sparkllm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import io.sparkllm.testing.Artifacts;
import java.io.IOException;
import java.util.Set;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules, for the connector's jar as users get it. */
class ConnectorJarTest {

  /** Classes with state that outlives a task, each with the reason beside its name. */
  private static final Set<String> MAY_HOLD_STATE = Set.of();

  /** Classes that are public for our other packages only, each with the reason beside its name. */
  private static final Set<String> MAY_SHOW_RELOCATED =
      Set.of(
          // The one mapper; making another in each package would cost start-up and consistency.
          "io.sparkllm.config.Json",
          // Content is text or parts as they came; as text they would be parsed twice.
          "io.sparkllm.prompt.Message");

  private static JavaClasses all;
  private static JavaClasses own;

  @BeforeAll
  @SuppressWarnings("NonFinalStaticField")
  static void readOwnClasses() throws IOException {
    try (JarFile jar = new JarFile(Artifacts.connectorJar().toFile())) {
      own = new ClassFileImporter().withImportOption(ConnectorJarTest::isOwn).importJar(jar);
      all = new ClassFileImporter().importJar(jar);
    }
  }

  private static boolean isOwn(Location location) {
    return location.contains("io/sparkllm/") && !location.contains("io/sparkllm/shaded/");
  }

  @Test
  void everyClassIsOursOrRelocated() {
    assertThat(JarRules.foreignClasses(Artifacts.connectorJar())).isEmpty();
  }

  @Test
  void everyOtherFileIsOursOrTheJars() {
    assertThat(JarRules.foreignFiles(Artifacts.connectorJar())).isEmpty();
  }

  @Test
  void sparkFindsItsSourceAndItsStages() {
    assertThat(
            JarRules.services(
                Artifacts.connectorJar(), "org.apache.spark.sql.sources.DataSourceRegister"))
        .containsExactly("io.sparkllm.sql.LlmSource");
    assertThat(JarRules.services(Artifacts.connectorJar(), "org.apache.spark.ml.Transformer"))
        .containsExactly("io.sparkllm.ml.LlmTransformer");
    assertThat(JarRules.services(Artifacts.connectorJar(), "org.apache.spark.ml.Estimator"))
        .containsExactly("io.sparkllm.ml.LlmBatchCommand");
    assertThat(own)
        .extracting(JavaClass::getName)
        .contains(
            "io.sparkllm.sql.LlmSource",
            "io.sparkllm.ml.LlmTransformer",
            "io.sparkllm.ml.LlmBatchCommand");
  }

  @Test
  void noClassNeedsALibraryThatOthersBringInTheirVersion() {
    assertThat(SignatureRules.unrelocated(all)).isEmpty();
  }

  @Test
  void theJarCarriesItsLicence() {
    assertThat(JarRules.holds(Artifacts.connectorJar(), "META-INF/LICENSE")).isTrue();
  }

  @Test
  void theRulesSeeOurOwnClasses() {
    assertThat(own).extracting(JavaClass::getPackageName).contains("io.sparkllm");
  }

  @Test
  void noPublicSignatureShowsARelocatedType() {
    assertThat(SignatureRules.relocatedTypes(own, MAY_SHOW_RELOCATED)).isEmpty();
  }

  @Test
  void noPublicSignatureShowsAScalaTypeThatSparkDoesNotAskFor() {
    assertThat(SignatureRules.scalaTypes(own)).isEmpty();
  }

  @Test
  void noStaticCanChangeButThoseWithAReason() {
    assertThat(StateRules.mutableStatics(own, MAY_HOLD_STATE)).isEmpty();
  }
}
