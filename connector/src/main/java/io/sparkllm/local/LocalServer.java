package io.sparkllm.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The local endpoint as a child process of a program that is not Java, such as Python's {@code
 * sparkllm.serve_local()}. It needs the connector's jar alone, and ends when its parent does.
 */
public final class LocalServer {
  private LocalServer() {}

  /**
   * Serves until standard input ends. Its first line is the script; the endpoint's URL is printed
   * as one line, and what is wrong as one line of standard error with exit code 2.
   *
   * @param arguments the address to listen on, and the port, 0 for any free one
   * @throws IOException when standard input cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (LocalEndpoint endpoint = start(arguments[0], arguments[1], input.readLine())) {
      System.out.println(endpoint.url());
      while (input.readLine() != null) {
        // Nothing more is said; the end is what counts.
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static LocalEndpoint start(String host, String port, String script) {
    try {
      return LocalEndpoint.start(
          host, Integer.parseInt(port), "", EndpointScript.parse(script == null ? "{}" : script));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot listen on " + host + ":" + port + ": " + rootMessage(e) + "; give another port",
          e);
    }
  }

  private static String rootMessage(Throwable e) {
    return e.getCause() == null ? String.valueOf(e.getMessage()) : rootMessage(e.getCause());
  }
}
