package io.sparkllm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.testing.Artifacts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
  private static final String CHAT =
      "{\"model\": \"local\", \"messages\": [{\"role\": \"user\", \"content\":"
          + " \"Classify as bug, question or other: How do I log in?\"}]}";

  @Test
  @Timeout(30)
  void theEndpointRunsAloneWithoutSparkAndFollowsItsScript(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path script =
        Files.writeString(folder.resolve("script.json"), "{\"requireKey\": \"sk-right\"}");
    Process process = java("serve", "--port=0", "--script", script.toString()).start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      assertThat(line).matches("Serving http://127\\.0\\.0\\.1:\\d+/v1.*");
      String url = line.split(" ", 3)[1];

      assertThat(ask(url, "sk-wrong").statusCode()).isEqualTo(401);
      HttpResponse<String> answer = ask(url, "sk-right");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("\"content\":\"question\"");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  @Timeout(30)
  void theJarTellsItsVersion() throws IOException, InterruptedException {
    Process process = java("run", "--version").start();

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .matches("spark-llm-batch \\d+\\.\\d+\\S*\\s+");
    assertThat(process.waitFor()).isZero();
  }

  private static ProcessBuilder java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", Artifacts.jobsJar().toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  private static HttpResponse<String> ask(String url, String key)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(CHAT))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aScriptThatCannotBeUsedIsTold(@TempDir Path folder) throws IOException {
    Path script = Files.writeString(folder.resolve("script.json"), "{\"latencyMss\": 1}");

    JobCall.Ended bad = JobCall.job("serve", "--port=0", "--script", script);
    JobCall.Ended missing = JobCall.job("serve", "--port=0", "--script", folder.resolve("none"));

    assertThat(bad.code()).isEqualTo(2);
    assertThat(bad.complaints())
        .singleElement()
        .asString()
        .contains("--script", "latencyMss", "latencyMs");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.complaints()).singleElement().asString().contains("no such file");
  }

  @Test
  void aPortInUseIsToldWithTheCure() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      JobCall.Ended ended = JobCall.job("serve", "--port", taken.getLocalPort());

      assertThat(ended.code()).isEqualTo(2);
      assertThat(ended.complaints())
          .singleElement()
          .asString()
          .contains("127.0.0.1:" + taken.getLocalPort(), "in use", "--port");
    }
  }

  @Test
  void anAddressThatCannotBeIsTold() {
    for (String flag : List.of("--port=99999", "--host=nowhere.invalid")) {
      JobCall.Ended ended = JobCall.job("serve", flag);

      assertThat(ended.code()).as(flag).isEqualTo(2);
      assertThat(ended.err().lines()).hasSize(1);
    }
  }
}
