package io.sparkllm.local.embeddings;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Vectors of length 1 as embedding services give them. */
public final class UnitVector {
  private UnitVector() {}

  /**
   * Scales to length 1.
   *
   * @param components any
   * @param otherwise says which component is 1 where all are 0
   * @return a new vector
   */
  static float[] of(double[] components, long otherwise) {
    double square = 0;
    for (double component : components) {
      square += component * component;
    }
    float[] unit = new float[components.length];
    if (square == 0) {
      unit[(int) Long.remainderUnsigned(otherwise, unit.length)] = 1;
      return unit;
    }
    double length = Math.sqrt(square);
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (components[i] / length);
    }
    return unit;
  }

  /**
   * A vector that proves which text it stands for: component {@code j} is byte {@code j mod 32} of
   * the text's SHA-256, as a signed number, scaled to length 1 with the others.
   *
   * @param text in UTF-8
   * @param dimensions of the vector
   * @return a new vector
   */
  public static float[] proving(String text, int dimensions) {
    byte[] hash;
    try {
      hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    double[] components = new double[dimensions];
    for (int i = 0; i < dimensions; i++) {
      components[i] = hash[i % hash.length];
    }
    return of(components, 0);
  }

  /**
   * A vector as {@code encoding_format} {@code base64} has it.
   *
   * @param vector 32-bit floats
   * @return their bytes, lowest first, in Base64
   */
  public static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
