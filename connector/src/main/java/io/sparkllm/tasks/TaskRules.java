package io.sparkllm.tasks;

import io.sparkllm.LlmOptions;
import io.sparkllm.config.Labels;
import io.sparkllm.config.Option;
import io.sparkllm.config.Options;
import io.sparkllm.config.Options.Api;
import io.sparkllm.config.Options.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a task needs beside it, and what makes no sense without one. */
public final class TaskRules {
  private static final Map<Option<?>, Task> OF_ONE_TASK =
      Map.of(
          Options.LABELS, Task.CLASSIFY,
          Options.MULTI_LABEL, Task.CLASSIFY,
          Options.MAX_WORDS, Task.SUMMARIZE,
          Options.LANGUAGE, Task.TRANSLATE);

  private TaskRules() {}

  /**
   * Looks at the options of tasks.
   *
   * @param options the options
   * @return what is wrong, each with its cure
   */
  public static List<String> wrong(LlmOptions options) {
    List<String> wrong = new ArrayList<>();
    Task task = options.get(Options.TASK);
    for (Option<?> option : Options.all()) {
      Task its = OF_ONE_TASK.get(option);
      if (its != null && its != task && options.isSet(option)) {
        wrong.add(
            "Option "
                + option.name()
                + " is for task="
                + Options.TASK.format(its)
                + "; "
                + (task == null ? "set task, or leave it out" : "leave it out"));
      }
    }
    if (task == null) {
      return wrong;
    }
    switch (task) {
      case CLASSIFY -> labels(options, wrong);
      case TRANSLATE ->
          need(options, Options.LANGUAGE, "name the language, such as language=French", wrong);
      case EXTRACT ->
          need(
              options,
              Options.RETURNS,
              "name the fields, such as returns='product STRING, amount DOUBLE'",
              wrong);
      case SENTIMENT, SUMMARIZE, EMBED, MODERATE -> {}
    }
    api(options, task, wrong);
    return wrong;
  }

  private static void labels(LlmOptions options, List<String> wrong) {
    need(options, Options.LABELS, "name the labels, such as labels=bug,question,other", wrong);
    try {
      if (options.isSet(Options.LABELS)) {
        Labels.read(options.get(Options.LABELS));
      }
    } catch (IllegalArgumentException e) {
      wrong.add(e.getMessage());
    }
  }

  private static void need(LlmOptions options, Option<?> option, String cure, List<String> wrong) {
    if (!options.isSet(option)) {
      wrong.add(
          "Option task is "
              + Options.TASK.format(options.get(Options.TASK))
              + ", but "
              + option.name()
              + " is not set; "
              + cure);
    }
  }

  private static void api(LlmOptions options, Task task, List<String> wrong) {
    Api api = options.get(Options.API);
    boolean fits =
        switch (task) {
          case EMBED -> api == Api.EMBEDDINGS;
          case MODERATE -> api == Api.MODERATIONS;
          default -> !api.takesInputs();
        };
    if (!fits) {
      wrong.add(
          "Option api is "
              + Options.API.format(api)
              + ", which task="
              + Options.TASK.format(task)
              + " cannot use; leave api out");
    }
  }
}
