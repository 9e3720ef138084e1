package io.sparkllm.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Checks the caller's key as the service does; messages mask it. */
final class Keys {
  private static final String BEARER = "Bearer ";

  private Keys() {}

  /**
   * Refuses a call without the right key.
   *
   * @param required null = any call will do
   */
  static void check(Call call, String required) {
    if (required == null) {
      return;
    }
    String key = presented(call);
    if (key == null) {
      throw refused(
          "You didn't provide an API key. You need to provide your API key in an Authorization"
              + " header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
    }
    // Equal time, so that a key cannot be guessed letter by letter on a shared network.
    if (!MessageDigest.isEqual(
        key.getBytes(StandardCharsets.UTF_8), required.getBytes(StandardCharsets.UTF_8))) {
      throw refused("Incorrect API key provided: " + masked(key) + ".");
    }
  }

  static String masked(String key) {
    return key.length() < 12
        ? "***"
        : key.substring(0, 3) + "***" + key.substring(key.length() - 4);
  }

  private static String presented(Call call) {
    String azure = call.header("api-key");
    if (azure != null) {
      return azure;
    }
    String authorization = call.header("Authorization");
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).trim()
        : null;
  }

  private static ApiException refused(String message) {
    return new ApiError(401, "invalid_request_error", "invalid_api_key", null, message).exception();
  }
}
