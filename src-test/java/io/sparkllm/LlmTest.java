package io.sparkllm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LlmTest {
  private static Stream<Method> setters() {
    return Arrays.stream(Llm.class.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
        .filter(m -> m.getReturnType() == Llm.class);
  }

  static List<Option<?>> all() {
    return Options.all();
  }

  @Test
  void hasOneFluentMethodForEachOptionAndNoOther() {
    assertThat(setters().map(Method::getName))
        .containsExactlyInAnyOrderElementsOf(Options.all().stream().map(Option::name).toList());
  }

  @ParameterizedTest
  @MethodSource("all")
  void setsTheOptionOfTheSameName(Option<?> option) throws Exception {
    Method setter = setters().filter(m -> m.getName().equals(option.name())).findFirst().get();
    Object value = sample(option, setter.getParameterTypes()[0]);

    Llm set = (Llm) setter.invoke(Llm.chat(), value);

    assertThat(set.options()).isEqualTo(LlmOptions.defaults().with(option, value));
  }

  private static Object sample(Option<?> option, Class<?> parameter) {
    if (parameter == Map.class) {
      return Map.of("X-Team", "data");
    }
    if (option == Options.PARAMS) {
      return "{}";
    }
    if (option == Options.TASK) {
      return Options.Task.EMBED;
    }
    if (option.defaultValue() != null) {
      return option.defaultValue();
    }
    if (parameter == Duration.class) {
      return Duration.ofHours(1);
    }
    return parameter == String.class
        ? "a"
        : parameter == long.class ? (Object) 1L : parameter == double.class ? 1.0 : (Object) 1;
  }

  @Test
  void startsWithChat() {
    assertThat(Llm.chat().options().get(Options.API)).isEqualTo(Options.Api.CHAT);
  }

  @Test
  void startsWithResponsesWhereAsked() {
    assertThat(Llm.responses().options().get(Options.API)).isEqualTo(Options.Api.RESPONSES);
  }

  @Test
  void startsWithEmbeddingsWhereAsked() {
    assertThat(Llm.embeddings().options().get(Options.API)).isEqualTo(Options.Api.EMBEDDINGS);
  }

  @Test
  void startsWithModerationsWhereAsked() {
    assertThat(Llm.moderations().options().get(Options.API)).isEqualTo(Options.Api.MODERATIONS);
  }

  @Test
  void printsNoKey() {
    assertThat(Llm.chat().apiKey("sk-test-4711")).asString().doesNotContain("4711");
  }
}
