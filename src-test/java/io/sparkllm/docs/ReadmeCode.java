package io.sparkllm.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.Artifacts;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A code block of the README, to be run as it stands. */
record ReadmeCode(String text) {
  private static final String PROGRAM =
      """
      import io.sparkllm.*;
      import io.sparkllm.ml.*;
      import org.apache.spark.ml.*;
      import org.apache.spark.sql.*;

      public final class Program {
        public static Dataset<Row> run(SparkSession spark, Dataset<Row> tickets) throws Exception {
          %s
          return labelled;
        }
      }
      """;

  /** The first block in that language under the heading. */
  static ReadmeCode block(String heading, String language) {
    Matcher block =
        Pattern.compile(
                "^#+ "
                    + Pattern.quote(heading)
                    + "$(?:(?!^#+ ).)*?^```"
                    + language
                    + "\\n(.*?)^```$",
                Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(read(Path.of("../README.md")));
    assertThat(block.find()).as("a block of %s under '%s'", language, heading).isTrue();
    return new ReadmeCode(block.group(1));
  }

  /** SQL statements; none holds a semicolon in a text. */
  List<String> statements() {
    return Arrays.stream(text.split(";", -1)).filter(s -> !s.isBlank()).toList();
  }

  /**
   * Compiles Java statements against the connector's jar and runs them: they find {@code spark} and
   * {@code tickets}, and leave {@code labelled}.
   */
  @SuppressWarnings("unchecked")
  Dataset<Row> run(Path folder, SparkSession spark, Dataset<Row> tickets) {
    compile(folder);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      return (Dataset<Row>)
          loader
              .loadClass("Program")
              .getMethod("run", SparkSession.class, Dataset.class)
              .invoke(null, spark, tickets);
    } catch (IOException | ReflectiveOperationException e) {
      throw new AssertionError(text, e);
    }
  }

  private void compile(Path folder) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Path program =
          Files.writeString(folder.resolve("Program.java"), PROGRAM.formatted(text.strip()));
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-proc:none", "-d", folder.toString(), "-classpath", classPath()),
                  null,
                  files.getJavaFileObjects(program))
              .call();
      assertThat(compiled).as("%s%n%s", text, messages).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a user has: the connector's jar and Spark. */
  private static String classPath() {
    return Artifacts.connectorJar()
        + File.pathSeparator
        + System.getProperty("java.class.path").replace(Artifacts.jobsJar().toString(), "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
