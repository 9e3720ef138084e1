package io.sparkllm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkllm.shaded.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over HTTP: uploads, lists, contents, refusals. */
class FilesTest {
  private static final String LINE = BatchCaller.line("a", "echo", "hi");

  private LocalEndpoint endpoint;
  private EndpointCaller caller;
  private BatchCaller files;

  @BeforeEach
  void start() throws IOException {
    endpoint = LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.none());
    caller = new EndpointCaller(endpoint);
    files = new BatchCaller(caller);
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private void script(String batch) {
    endpoint.script(EndpointScript.parse(("{'batch':" + batch + "}").replace('\'', '"')));
  }

  private static JsonNode error(HttpResponse<String> response) {
    return EndpointCaller.json(response).path("error");
  }

  private static List<String> ids(HttpResponse<String> list) {
    return StreamSupport.stream(EndpointCaller.json(list).path("data").spliterator(), false)
        .map(file -> file.path("id").asText())
        .toList();
  }

  @Test
  void anUploadIsAFileObject() {
    long before = System.currentTimeMillis() / 1000;
    HttpResponse<String> response =
        files.form("part \"0\".jsonl".replace("\"", "\\\""), LINE, "purpose", "batch");

    JsonNode file = EndpointCaller.json(response);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(file.path("id").asText()).startsWith("file-");
    assertThat(file.path("object").asText()).isEqualTo("file");
    assertThat(file.path("bytes").asInt()).isEqualTo(LINE.length());
    assertThat(file.path("created_at").asLong())
        .isBetween(before, System.currentTimeMillis() / 1000);
    assertThat(file.path("expires_at").asLong() - file.path("created_at").asLong())
        .isEqualTo(30 * 86_400);
    assertThat(file.path("filename").asText()).isEqualTo("part \"0\".jsonl");
    assertThat(file.path("purpose").asText()).isEqualTo("batch");
    assertThat(file.path("status").asText()).isEqualTo("processed");
    assertThat(file.path("status_details").isNull()).isTrue();
    assertThat(files.get("/files/" + file.path("id").asText()).body()).isEqualTo(response.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "\r\n",
        "\r",
        "\n\r\n--xXx-boundary-xX\r\n",
        "\r\n--xXx-boundary-xX",
        "\r\r\n--\r\n\r\n--",
        "\nlöng ünïcode ☃ \ud83d\ude00\u0000",
      })
  void contentComesBackByteForByte(String tail) {
    String content = LINE + "\n" + "x".repeat(200_000) + tail;

    HttpResponse<String> uploaded = files.form("in.jsonl", content, "purpose", "batch");

    assertThat(uploaded.statusCode()).isEqualTo(200);
    assertThat(files.content(EndpointCaller.json(uploaded).path("id").asText())).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "in.json; {}; batch; Invalid file format for Batch API. Must be .jsonl",
        "; {}; batch; Invalid file format for Batch API. Must be .jsonl",
        "in.jsonl; ''; batch; Invalid file format for Batch API. Must be .jsonl",
        "in.jsonl; {oops; batch; Invalid file format for Batch API. Must be .jsonl",
        "in.jsonl; {} {}; batch; Invalid file format for Batch API. Must be .jsonl",
        "in.jsonl; []; batch; Invalid file format for Batch API. Must be .jsonl",
        "in.jsonl; \uFEFF{}; batch; Invalid file format for Batch API. Must be .jsonl",
        "in.jsonl; {}; butch; Invalid value: 'butch'. Supported values are: 'assistants', 'batch'",
      })
  void whatIsNoInputOfABatchIsRefused(String name, String content, String purpose, String message) {
    HttpResponse<String> response = files.form(name, content, "purpose", purpose);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response).path("message").asText()).startsWith(message);
    assertThat(error(response).path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(endpoint.stats().batch().files()).isZero();
  }

  @Test
  void aFormMustBeWhole() {
    assertThat(error(files.form("in.jsonl", LINE)).path("param").asText()).isEqualTo("purpose");
    assertThat(error(files.form(null, null, "purpose", "batch")).path("param").asText())
        .isEqualTo("file");
    assertThat(error(caller.send("POST", "/v1/files", "{}")).path("param").asText())
        .isEqualTo("file");
    assertThat(
            error(
                    caller.send(
                        "POST",
                        "/v1/files",
                        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n{}",
                        "Content-Type",
                        "multipart/form-data; boundary=\"b\""))
                .path("message")
                .asText())
        .contains("ends before its closing boundary");
  }

  @Test
  void aMalformedLaterLinePassesTheUpload() {
    assertThat(files.form("in.jsonl", LINE + "\n{oops", "purpose", "batch").statusCode())
        .isEqualTo(200);
  }

  @Test
  void aFileOverTheLimitIsRefusedInTheServicesWords() {
    script("{'maxFileBytes':100000}");
    String atLimit = LINE + "\n" + "x".repeat(100_000 - LINE.length() - 1);
    assertThat(files.form("in.jsonl", atLimit, "purpose", "batch").statusCode()).isEqualTo(200);

    HttpResponse<String> response = files.form("in.jsonl", atLimit + "x", "purpose", "batch");

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(error(response).path("message").asText())
        .isEqualTo("The batch input file is larger than the 100000 maximum for the echo model");
    assertThat(endpoint.stats().batch().files()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "openai, expires_after[anchor], expires_after[seconds], 3600, 200",
    "openai, expires_after.anchor, expires_after.seconds, 2592000, 200",
    "openai, expires_after[anchor], expires_after[seconds], 3599, 400",
    "openai, expires_after[anchor], expires_after[seconds], 2592001, 400",
    "openai, expires_after[anchor], expires_after[seconds], soon, 400",
    "azure, expires_after.anchor, expires_after.seconds, 1209600, 200",
    "azure, expires_after.anchor, expires_after.seconds, 1209599, 400",
  })
  void expiryIsTakenInBothSpellings(
      String dialect, String anchor, String seconds, String value, int status) {
    script("{'dialect':'" + dialect + "'}");

    HttpResponse<String> response =
        files.form("a.jsonl", LINE, "purpose", "batch", anchor, "created_at", seconds, value);

    assertThat(response.statusCode()).isEqualTo(status);
    if (status == 200) {
      JsonNode file = EndpointCaller.json(response);
      assertThat(file.path("expires_at").asLong() - file.path("created_at").asLong())
          .isEqualTo(Long.parseLong(value));
    } else {
      assertThat(error(response).path("param").asText()).isEqualTo("expires_after.seconds");
    }
  }

  @Test
  void anExpiredFileIsGone() {
    HttpResponse<String> uploaded =
        files.form(
            "a.jsonl",
            LINE,
            "purpose",
            "batch",
            "expires_after[anchor]",
            "created_at",
            "expires_after[seconds]",
            "3600");
    String id = EndpointCaller.json(uploaded).path("id").asText();
    script("{'clockAheadSeconds':3500}");
    assertThat(files.get("/files/" + id).statusCode()).isEqualTo(200);

    script("{'clockAheadSeconds':3600}");

    assertThat(ids(files.get("/files"))).isEmpty();
    assertThat(files.get("/files/" + id).statusCode()).isEqualTo(404);
    assertThat(files.get("/files/" + id + "/content").statusCode()).isEqualTo(404);
  }

  @Test
  void listsAreReadPageByPageAndByPurpose() {
    String a = files.upload(LINE);
    String b = files.upload(LINE);
    String other =
        EndpointCaller.json(files.form("x.txt", "text", "purpose", "user_data"))
            .path("id")
            .asText();
    String c = files.upload(LINE);

    assertThat(ids(files.get("/files"))).containsExactly(c, other, b, a);
    assertThat(ids(files.get("/files?order=asc&purpose=batch"))).containsExactly(a, b, c);
    JsonNode page = EndpointCaller.json(files.get("/files?limit=2&purpose=batch"));
    assertThat(page.path("has_more").asBoolean()).isTrue();
    assertThat(page.path("first_id").asText()).isEqualTo(c);
    assertThat(page.path("last_id").asText()).isEqualTo(b);
    JsonNode last = EndpointCaller.json(files.get("/files?limit=2&purpose=batch&after=" + b));
    assertThat(last.path("has_more").asBoolean()).isFalse();
    assertThat(last.at("/data/0/id").asText()).isEqualTo(a);
    assertThat(files.get("/files?limit=10001").statusCode()).isEqualTo(400);
    assertThat(files.get("/files?order=up").statusCode()).isEqualTo(400);
  }

  @Test
  void aDeletedFileIsGone() {
    String id = files.upload(LINE);

    assertThat(files.delete("/files/" + id).body())
        .isEqualTo("{\"id\":\"" + id + "\",\"object\":\"file\",\"deleted\":true}");

    assertThat(files.get("/files/" + id).statusCode()).isEqualTo(404);
    assertThat(files.delete("/files/" + id).statusCode()).isEqualTo(404);
    assertThat(error(files.get("/files/" + id + "/content")).path("message").asText()).contains(id);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404})
  void aFileMayBeSeenAMomentAfterItsUploadOnly(int status) {
    script("{'lag':{'reads':2,'status':%d,'uploaded':1}}".formatted(status));
    String id = files.upload(LINE);

    HttpResponse<String> first = files.get("/files/" + id);
    assertThat(first.statusCode()).isEqualTo(status);
    assertThat(error(first).path("message").asText())
        .isEqualTo(
            "Cannot find file " + id + ", or project proj_local does not have access to it.");
    assertThat(error(first).path("param").asText()).isEqualTo("file_id");
    assertThat(files.get("/files/" + id + "/content").statusCode()).isEqualTo(status);
    assertThat(EndpointCaller.json(files.get("/files/" + id)).path("status").asText())
        .isEqualTo("uploaded");
    assertThat(EndpointCaller.json(files.get("/files/" + id)).path("status").asText())
        .isEqualTo("processed");
  }

  @Test
  void uploadsBeyondTheLimitAreRefused() {
    script("{'uploads':{'limit':2,'perSeconds':3600}}");
    files.upload(LINE);
    files.upload(LINE);

    HttpResponse<String> refused = files.form("in.jsonl", LINE, "purpose", "batch");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(error(refused).path("code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(refused.headers().firstValue("retry-after")).isEmpty();
    assertThat(endpoint.stats().batch().uploads()).isEqualTo(2);
    assertThat(endpoint.stats().batch().uploadsRefused()).isEqualTo(1);
    script("{}");
    files.upload(LINE);
  }

  @Test
  void theReplyToAnUploadMayBeLost() {
    script("{'faults':[{'call':'upload','kind':'lost','times':1}]}");

    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> files.upload(LINE)))
        .hasCauseInstanceOf(IOException.class);
    files.upload(LINE);

    assertThat(ids(files.get("/files"))).hasSize(2);
    assertThat(endpoint.stats().dropped()).isEqualTo(1);
  }

  @Test
  void callsToFilesMeetTheirOwnFaultsAlone() {
    endpoint.script(
        EndpointScript.parse(
            "{\"faults\":[{\"status\":500}],\"batch\":{\"faults\":[{\"call\":\"content\",\"kind\":\"truncated\",\"times\":1},{\"call\":\"retrieve_file\",\"kind\":\"overloaded\",\"times\":1}]}}"));
    String id = files.upload(LINE);

    assertThat(files.get("/files/" + id).statusCode()).isEqualTo(503);
    assertThat(files.get("/files/" + id).statusCode()).isEqualTo(200);
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> files.get("/files/" + id + "/content")))
        .hasCauseInstanceOf(IOException.class);
    assertThat(files.content(id)).isEqualTo(LINE);
    assertThat(endpoint.stats().batch().calls())
        .containsEntry("upload", 1L)
        .containsEntry("retrieve_file", 2L)
        .containsEntry("content", 2L);
  }

  @Test
  void filesAreKeptOnDiskAndRemovedInTheEnd() throws IOException {
    List<Path> before = folders();
    files.upload(LINE);
    List<Path> made = folders().stream().filter(folder -> !before.contains(folder)).toList();
    assertThat(made).hasSize(1);
    try (Stream<Path> content = Files.list(made.get(0))) {
      assertThat(content).hasSize(1);
    }

    endpoint.close();

    assertThat(made.get(0)).doesNotExist();
  }

  @Test
  void azuresPathsServeTheSameFiles() {
    BatchCaller azure = new BatchCaller(caller, "/openai/v1");
    String id = azure.upload(LINE);

    assertThat(files.content(id)).isEqualTo(LINE);
    assertThat(azure.content(id)).isEqualTo(LINE);
  }

  @Test
  void filesNeedTheKeyToo() {
    endpoint.script(EndpointScript.parse("{\"requireKey\":\"sk-right\"}"));

    assertThat(files.form("in.jsonl", LINE, "purpose", "batch").statusCode()).isEqualTo(401);
    assertThat(files.get("/batches").statusCode()).isEqualTo(401);
  }

  private static List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("spark-llm-local-"))
          .toList();
    }
  }
}
