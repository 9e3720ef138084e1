package io.sparkllm.testing;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the shared {@code local[2]} session and {@link DataFrames} as parameters. The session
 * starts with the first test that asks for it and stops after the last test of the JVM, so a test
 * must not stop it, and must undo what it sets on it.
 */
public final class SparkExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(SparkExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == SparkSession.class || type == DataFrames.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The root's store is closed when the whole run ends.
    SharedSpark shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(SharedSpark.class, key -> SharedSpark.start(), SharedSpark.class);
    return parameter.getParameter().getType() == SparkSession.class ? shared.spark() : shared;
  }
}
