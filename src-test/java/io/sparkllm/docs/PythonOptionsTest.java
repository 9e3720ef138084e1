package io.sparkllm.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.config.Json;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Python's keyword arguments are those of the declarations. Run with {@code -Ddocs.update=true} to
 * write them.
 */
class PythonOptionsTest {
  private static final Path FILE = Path.of("../connector/python/sparkllm/_options.py");

  private static final String HEAD =
      """
      \"""Every option, as Java declares it. Written by PythonOptionsTest; change nothing here.\"""

      from __future__ import annotations

      from datetime import timedelta
      from typing import TYPE_CHECKING, Any, Mapping, Sequence, Tuple, TypedDict, Union

      from sparkllm._option import Option

      if TYPE_CHECKING:
          from typing import Literal

      """;

  @Test
  void pythonHasTheOptionsOfTheDeclarations() throws IOException {
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(FILE, module());
    }
    assertThat(Files.readString(FILE)).isEqualTo(module());
  }

  private static String module() {
    return HEAD
        + Options.all().stream()
            .map(PythonOptionsTest::hint)
            .collect(
                Collectors.joining(
                    "",
                    "\nclass OptionValues(TypedDict, total=False):\n"
                        + "    \"\"\"The keyword arguments of every constructor.\"\"\"\n\n",
                    ""))
        + Options.all().stream()
            .map(PythonOptionsTest::declaration)
            .collect(Collectors.joining("", "\n\nOPTIONS: Tuple[Option, ...] = (\n", ")\n"));
  }

  private static String hint(Option<?> option) {
    return "    %s: %s\n".formatted(snake(option), hintOf(option));
  }

  private static String declaration(Option<?> option) {
    return """
               Option(
                   java_name=%s,
                   name=%s,
                   kind=%s,
                   default=%s,
                   allowed=%s,
                   sensitive=%s,
                   doc=%s,
               ),
           """
        .indent(0)
        .formatted(
            text(option.name()),
            text(snake(option)),
            text(kind(option)),
            option.defaultValue() == null ? "None" : text(option.defaultText()),
            text(option.type().allowed()),
            option.isSensitive() ? "True" : "False",
            text(doc(option)));
  }

  private static String snake(Option<?> option) {
    return option.kebabName().replace('-', '_');
  }

  /** Other options are named as in Python. */
  private static String doc(Option<?> option) {
    String doc = option.doc();
    for (Option<?> other : Options.all()) {
      if (!other.name().equals(snake(other))) {
        doc = doc.replaceAll("\\b" + other.name() + "\\b", snake(other));
      }
    }
    return doc;
  }

  private static String kind(Option<?> option) {
    Class<?> type = option.type().javaType();
    if (type.isEnum()) {
      return "choice";
    } else if (type == Integer.class || type == Long.class) {
      return "whole";
    } else if (type == Double.class) {
      return "decimal";
    } else if (type == Boolean.class) {
      return "boolean";
    } else if (type == Duration.class) {
      return "duration";
    }
    if (option == Options.LABELS) {
      return "labels";
    }
    // A JSON Schema may be written as a dict.
    return option == Options.RETURNS || option.type().allowed().startsWith("a JSON object")
        ? "json"
        : "text";
  }

  private static String hintOf(Option<?> option) {
    return switch (kind(option)) {
      case "choice" ->
          Arrays.stream(option.type().javaType().getEnumConstants())
              .map(e -> text(e.toString().toLowerCase(Locale.ROOT).replace('_', '-')))
              .collect(Collectors.joining(", ", "Literal[", "]"));
      case "whole" -> "int";
      case "decimal" -> "float";
      case "boolean" -> "bool";
      case "duration" -> "Union[str, float, timedelta]";
      case "labels" -> "Union[str, Sequence[str], Mapping[str, str]]";
      case "json" -> "Union[str, Mapping[str, Any]]";
      default -> "str";
    };
  }

  /** A JSON text is a text of Python, too. */
  private static String text(String value) {
    return Json.write(value);
  }
}
