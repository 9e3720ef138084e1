package io.sparkllm.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** One line of the route table: method, path pattern with {@code {variables}}, and who answers. */
final class Route {
  /** Answers one kind of request. Called on an I/O thread, where it must not block. */
  interface Handler {
    Reply handle(Call call);
  }

  private final String method;
  private final String pattern;
  private final String[] segments;
  private final boolean counted;
  private final boolean slow;
  private final Handler handler;

  private Route(String method, String pattern, boolean counted, boolean slow, Handler handler) {
    this.method = method;
    this.pattern = pattern;
    this.segments = pattern.split("/", -1);
    this.counted = counted;
    this.slow = slow;
    this.handler = handler;
  }

  /** A route of the API: it appears in the statistics. */
  static Route api(String method, String pattern, Handler handler) {
    return new Route(method, pattern, true, false, handler);
  }

  /** A route of the API that reads whole files: it may block, on a thread of its own. */
  static Route slow(String method, String pattern, Handler handler) {
    return new Route(method, pattern, true, true, handler);
  }

  /** A route that steers or watches the server: not counted. */
  static Route control(String method, String pattern, Handler handler) {
    return new Route(method, pattern, false, false, handler);
  }

  String method() {
    return method;
  }

  String pattern() {
    return pattern;
  }

  boolean counted() {
    return counted;
  }

  boolean slow() {
    return slow;
  }

  boolean hasVariables() {
    return pattern.indexOf('{') >= 0;
  }

  Reply handle(Call call) {
    return handler.handle(call);
  }

  /** The variables when the path fits; null when it does not. */
  Map<String, String> match(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length != segments.length) {
      return null;
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < parts.length; i++) {
      String segment = segments[i];
      if (segment.startsWith("{")) {
        variables.put(segment.substring(1, segment.length() - 1), decoded(parts[i]));
      } else if (!segment.equals(parts[i])) {
        return null;
      }
    }
    return variables;
  }

  private static String decoded(String segment) {
    try {
      // In a path, unlike in a form, a plus sign is a plus sign.
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }
}
