package io.sparkllm.testing;

import io.sparkllm.local.EndpointStats;
import io.sparkllm.shaded.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The local endpoint in a process of its own, as {@code LlmJob serve} runs it: its clock and its
 * counts stay right while the tests' JVM collects garbage. Ends with {@link #close}, and with the
 * tests' JVM. Thread-safe.
 */
public final class EndpointProcess implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String SERVING = "Serving ";

  private final Process process;
  private final String url;
  private final Thread atExit;

  private EndpointProcess(Process process) throws IOException {
    this.process = process;
    this.atExit = new Thread(process::destroyForcibly, "endpoint-process-exit");
    Runtime.getRuntime().addShutdownHook(atExit);
    this.url = url(process);
  }

  /** Starts one on a free port of loopback and waits until it serves. */
  public static EndpointProcess start(String script) {
    try {
      Path folder = Files.createDirectories(Artifacts.target().resolve("endpoints"));
      Path file = Files.writeString(Files.createTempFile(folder, "script-", ".json"), script);
      return new EndpointProcess(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-jar",
                  Artifacts.jobsJar().toString(),
                  "serve",
                  "--port=0",
                  "--script",
                  file.toString())
              .redirectErrorStream(true)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The base URL as clients take it. */
  public String url() {
    return url;
  }

  /** What it has served so far. */
  public EndpointStats stats() {
    try {
      return JSON.readValue(send("GET", "/stats", ""), EndpointStats.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The requests answered with status 200; needs {@code recordTimes}. */
  public CallTimes requests() {
    return CallTimes.of(stats().accepted(), call -> new CallTimes.At(call.epochMs(), 1));
  }

  /** The same, by the tokens that it charged. */
  public CallTimes tokens() {
    return CallTimes.of(
        stats().accepted(), call -> new CallTimes.At(call.epochMs(), call.tokens()));
  }

  /** The requests answered with this status, which is not 200; needs {@code recordTimes}. */
  public CallTimes refused(int status) {
    return CallTimes.of(
        stats().refused().stream().filter(call -> call.status() == status).toList(),
        call -> new CallTimes.At(call.epochMs(), 1));
  }

  /** Behaves otherwise from the next request on; counts and debts stay. */
  public void script(String json) {
    send("PUT", "/script", json);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private String send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url.replaceFirst("/v1$", path)))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(method + " " + path + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Reads the first line; it says no more after that. */
  private static String url(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    if (line == null || !line.startsWith(SERVING)) {
      process.destroyForcibly();
      throw new IllegalStateException("The endpoint did not start: " + line);
    }
    return line.substring(SERVING.length());
  }
}
