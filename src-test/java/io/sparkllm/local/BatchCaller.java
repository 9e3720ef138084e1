package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import io.sparkllm.shaded.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Uploads files and makes batches as a plain HTTP client does. */
final class BatchCaller {
  static final String CHAT = "/v1/chat/completions";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String BOUNDARY = "xXx-boundary-xXx";

  private final EndpointCaller caller;
  private final String root;

  BatchCaller(EndpointCaller caller) {
    this(caller, "/v1");
  }

  /** Below another root, as {@code /openai/v1}. */
  BatchCaller(EndpointCaller caller, String root) {
    this.caller = caller;
    this.root = root;
  }

  /** Sends a form: pairs of names and values, then the file. */
  HttpResponse<String> form(String filename, String content, String... fields) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      body.append(
          "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
              .formatted(BOUNDARY, fields[i], fields[i + 1]));
    }
    if (content != null) {
      String name = filename == null ? "" : "; filename=\"" + filename + "\"";
      body.append(
          "--%s\r\nContent-Disposition: form-data; name=\"file\"%s\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n"
              .formatted(BOUNDARY, name, content));
    }
    body.append("--").append(BOUNDARY).append("--\r\n");
    return caller.send(
        "POST",
        root + "/files",
        body.toString(),
        "Content-Type",
        "multipart/form-data; boundary=" + BOUNDARY);
  }

  /** Uploads lines and returns the file's id. */
  String upload(String... lines) {
    HttpResponse<String> response = form("in.jsonl", String.join("\n", lines), "purpose", "batch");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return EndpointCaller.json(response).path("id").asText();
  }

  /** Lines that ask model {@code echo} for the texts {@code text 0}, {@code text 1}, ... */
  static String[] lines(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> line("r-" + i, "echo", "text " + i))
        .toArray(String[]::new);
  }

  static String line(String customId, String model, String text) {
    ObjectNode line =
        MAPPER.createObjectNode().put("custom_id", customId).put("method", "POST").put("url", CHAT);
    line.set("body", EndpointCaller.json(EndpointCaller.chatBody(model, text)));
    return line.toString();
  }

  HttpResponse<String> create(String body) {
    return caller.send("POST", root + "/batches", body.replace('\'', '"'));
  }

  /** Makes a batch of chat calls and returns its id. */
  String batch(String fileId) {
    HttpResponse<String> response =
        create(
            "{'input_file_id':'%s','endpoint':'%s','completion_window':'24h'}"
                .formatted(fileId, CHAT));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return EndpointCaller.json(response).path("id").asText();
  }

  HttpResponse<String> get(String path) {
    return caller.send("GET", root + path, null);
  }

  HttpResponse<String> cancel(String batchId) {
    return caller.send("POST", root + "/batches/" + batchId + "/cancel", "");
  }

  HttpResponse<String> delete(String path) {
    return caller.send("DELETE", root + path, null);
  }

  JsonNode retrieve(String batchId) {
    HttpResponse<String> response = get("/batches/" + batchId);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return EndpointCaller.json(response);
  }

  /** Waits until the batch has this status and returns it. */
  JsonNode await(String batchId, String status) {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(20))
        .until(() -> retrieve(batchId), batch -> batch.path("status").asText().equals(status));
  }

  String content(String fileId) {
    HttpResponse<String> response = get("/files/" + fileId + "/content");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  List<JsonNode> results(String fileId) {
    List<JsonNode> lines = new ArrayList<>();
    content(fileId).lines().forEach(line -> lines.add(EndpointCaller.json(line)));
    return lines;
  }

  /** The lines of a result file by their custom_id, which must differ. */
  Map<String, JsonNode> byId(JsonNode fileId) {
    return results(fileId.asText()).stream()
        .collect(
            Collectors.toMap(
                line -> line.path("custom_id").asText(),
                line -> line,
                (a, b) -> null,
                TreeMap::new));
  }

  static List<String> ids(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("custom_id").asText()).toList();
  }
}
