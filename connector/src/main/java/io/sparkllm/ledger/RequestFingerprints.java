package io.sparkllm.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkllm.config.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * The names under which answers are kept: for each request the SHA-256 of endpoint, API version,
 * path and body in canonical JSON (RFC 8785). The same on every version of Spark, whatever the
 * order of the body's fields; another prompt, model or parameter is another name. Not thread-safe.
 */
public final class RequestFingerprints {
  /** What changes the price or the bookkeeping of an answer, and not the answer. */
  private static final List<String> LEFT_OUT =
      List.of("service_tier", "store", "metadata", "user", "stream", "encoding_format");

  private final String endpoint;
  private final String apiVersion;
  private final String path;
  private final MessageDigest sha256;

  /**
   * Takes what all requests share.
   *
   * @param endpoint the base URL, or {@code local} for the built-in endpoint, whose port changes
   * @param apiVersion Azure's api-version; null for none
   * @param path the API's path, such as {@code /chat/completions}
   */
  public RequestFingerprints(String endpoint, String apiVersion, String path) {
    this.endpoint = endpoint;
    this.apiVersion = apiVersion;
    this.path = path;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /**
   * Whether a text is a fingerprint.
   *
   * @param text any text
   * @return true for 64 lower-case hexadecimal digits
   */
  public static boolean isOne(String text) {
    return text.matches("[0-9a-f]{64}");
  }

  /**
   * The bucket of a fingerprint. Ascending fingerprints have ascending buckets.
   *
   * @param fingerprint 64 lower-case hexadecimal digits
   * @param buckets how many buckets there are
   * @return from 0 to {@code buckets} - 1
   */
  public static int bucket(String fingerprint, int buckets) {
    return Fingerprints.bucket(fingerprint, buckets);
  }

  /**
   * The fingerprint of a request.
   *
   * @param body the body of the request that asks for this row alone, as JSON in UTF-8
   * @return 64 lower-case hexadecimal digits
   */
  public String of(byte[] body) {
    ObjectNode request = Json.MAPPER.createObjectNode();
    request.put("endpoint", endpoint);
    request.put("path", path);
    if (apiVersion != null) {
      request.put("api_version", apiVersion);
    }
    try {
      ObjectNode asked = (ObjectNode) Json.MAPPER.readTree(body);
      request.set("body", asked.remove(LEFT_OUT));
      byte[] canonical =
          new JsonCanonicalizer(Json.MAPPER.writeValueAsString(request)).getEncodedUTF8();
      return HexFormat.of().formatHex(sha256.digest(canonical));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The body of a request is no JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory cannot fail", e);
    }
  }
}
