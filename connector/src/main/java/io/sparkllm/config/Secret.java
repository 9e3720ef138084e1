package io.sparkllm.config;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A key that prints as its hash. It travels inside the task closure only; equality and {@link
 * #toString} use the hash, so that neither a log nor a plan can show it. Immutable.
 */
public final class Secret implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * Wraps a key.
   *
   * @param value the key, not null
   * @return the secret
   */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /**
   * The key itself, for the one place that writes the request's header.
   *
   * @return the key, never null
   */
  public String reveal() {
    return value;
  }

  /**
   * Removes the key from a text, as some servers repeat it in their error messages.
   *
   * @param text any text, not null
   * @return the text with every occurrence of the key replaced
   */
  public String redact(String text) {
    return value.length() < 4 ? text : text.replace(value, "<hidden>");
  }

  /**
   * A short name for the key that can be logged and compared.
   *
   * @return the first 12 hex digits of its SHA-256
   */
  public String fingerprint() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && fingerprint().equals(that.fingerprint());
  }

  @Override
  public int hashCode() {
    return fingerprint().hashCode();
  }

  @Override
  public String toString() {
    return "Secret(" + fingerprint() + ")";
  }
}
