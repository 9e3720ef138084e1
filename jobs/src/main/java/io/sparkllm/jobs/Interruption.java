package io.sparkllm.jobs;

import java.util.function.Supplier;

/** Work that a user may end with Ctrl-C, who is told then what became of it. */
final class Interruption {
  private Interruption() {}

  static <T> T telling(String text, Supplier<T> work) {
    Thread hook = new Thread(() -> System.err.printf("%n%s%n", text));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.get();
    } catch (Exception e) {
      if (isGoingDown(hook)) {
        throw new StoppedException(e);
      }
      throw e;
    } finally {
      isGoingDown(hook);
    }
  }

  /** Removes the hook, unless the JVM is going down: then the hook is what tells so. */
  private static boolean isGoingDown(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
