package io.sparkllm.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where state outlives a task. An executor's JVM runs tasks of many jobs and, in a shared cluster,
 * of many users, so each static that can change needs a reason.
 */
final class StateRules {

  private StateRules() {}

  /**
   * The static fields that can change, outside the named classes: those that are not final, and
   * those whose value is a collection, map or tool of {@code java.util.concurrent} that can.
   * Reading the values initialises the classes.
   */
  static List<String> mutableStatics(Iterable<JavaClass> classes, Set<String> allowed) {
    List<String> found = new ArrayList<>();
    for (JavaClass type : classes) {
      for (JavaField field : type.getFields()) {
        if (!allowed.contains(type.getName()) && isMutableStatic(field)) {
          found.add(field.getFullName());
        }
      }
    }
    return found;
  }

  private static boolean isMutableStatic(JavaField field) {
    Set<JavaModifier> modifiers = field.getModifiers();
    if (!modifiers.contains(JavaModifier.STATIC) || modifiers.contains(JavaModifier.SYNTHETIC)) {
      return false;
    }
    return !modifiers.contains(JavaModifier.FINAL) || isMutable(value(field));
  }

  private static Object value(JavaField field) {
    try {
      var reflected = field.reflect();
      reflected.setAccessible(true);
      return reflected.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isMutable(Object value) {
    if (value == null || value instanceof Enum) {
      return false;
    }
    String type = value.getClass().getName();
    if (value instanceof Map || value instanceof Collection) {
      return !type.startsWith("java.util.ImmutableCollections")
          && !type.matches("java\\.util\\.Collections\\$(Unmodifiable|Empty|Singleton).*");
    }
    return type.startsWith("java.util.concurrent.")
        || value instanceof ThreadLocal
        || value instanceof Thread
        || value instanceof StringBuilder;
  }
}
