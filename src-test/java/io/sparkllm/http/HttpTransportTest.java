package io.sparkllm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkllm.http.Transport.Attempt;
import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpTransportTest {
  private static final String BODY =
      "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"h\u00e4\"}]}";

  private final Timer timer = new Timer("spark-llm-timer");
  private final HttpTransport transport = new HttpTransport(timer);
  private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    transport.close();
    timer.close();
  }

  private Attempt post(String url, Map<String, String> headers, Duration timeout) {
    return transport.post(
        URI.create(url), headers, BODY.getBytes(StandardCharsets.UTF_8), timeout, replies::add);
  }

  private Reply reply() throws InterruptedException {
    return replies.poll(20, TimeUnit.SECONDS);
  }

  private static LocalEndpoint endpoint(String script) throws IOException {
    return LocalEndpoint.start("127.0.0.1", 0, "", EndpointScript.parse(script.replace('\'', '"')));
  }

  @Test
  void tellsStatusHeadersAndBody() throws Exception {
    try (LocalEndpoint server = endpoint("{}")) {
      post(server.url() + "/chat/completions", Map.of(), Duration.ofSeconds(10));

      Reply.Response response = (Reply.Response) reply();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers()).containsKey("x-request-id");
      assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("sha256:");
    }
  }

  @Test
  void sendsHeadersAndBodyAsTheyAre() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      post(
          "http://127.0.0.1:" + server.getLocalPort() + "/v1/x?api-version=1",
          Map.of("Authorization", "Bearer sk-1", "X-Team", "data"),
          Duration.ofSeconds(10));
      try (Socket connection = server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder head = new StringBuilder();
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
          head.append(line).append('\n');
        }
        char[] body = new char[BODY.length()];
        assertThat(in.read(body)).isEqualTo(body.length);

        assertThat(head)
            .startsWith("POST /v1/x?api-version=1 HTTP/1.1\n")
            .contains("Authorization: Bearer sk-1\n", "X-Team: data\n")
            .contains("Content-Type: application/json", "User-Agent: spark-llm-batch\n");
        assertThat(new String(body)).isEqualTo(BODY);
      }
    }
  }

  @Test
  void followsNoRedirect() throws Exception {
    try (LocalEndpoint server =
        endpoint("{'faults': [{'status': 307, 'headers': {'location': '/v1/elsewhere'}}]}")) {
      post(server.url() + "/chat/completions", Map.of(), Duration.ofSeconds(10));

      assertThat(((Reply.Response) reply()).status()).isEqualTo(307);
    }
  }

  @Test
  void sendsAFailingRequestOnce() throws Exception {
    try (LocalEndpoint server = endpoint("{'faults': [{'kind': 'drop'}]}")) {
      post(server.url() + "/chat/completions", Map.of(), Duration.ofSeconds(10));

      assertThat(((Reply.Broken) reply()).cause()).isEqualTo(Reply.Cause.CONNECTION);
      assertThat(server.stats().requests()).isOne();
    }
  }

  // Repeated: HttpClient's own cancelling fails once in six times.
  @RepeatedTest(20)
  void closesTheConnectionOfAnAttemptThatIsGivenUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Attempt attempt =
          post("http://127.0.0.1:" + server.getLocalPort(), Map.of(), Duration.ofSeconds(20));
      try (Socket connection = server.accept()) {
        assertThat(connection.getInputStream().read()).isEqualTo('P');

        assertThat(attempt.abort()).isTrue();

        assertThat(readToTheEnd(connection)).isTrue();
        assertThat(replies).isEmpty();
      }
    }
  }

  @Test
  void closesTheConnectionOfAnAttemptThatTakesTooLong() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      post("http://127.0.0.1:" + server.getLocalPort(), Map.of(), Duration.ofMillis(100));
      try (Socket connection = server.accept()) {
        assertThat(readToTheEnd(connection)).isTrue();
        assertThat(((Reply.Broken) reply()).cause()).isEqualTo(Reply.Cause.TIMEOUT);
      }
    }
  }

  /** True once the other side has closed; a reset is a close too. */
  private static boolean readToTheEnd(Socket connection) throws IOException {
    connection.setSoTimeout(5_000);
    try {
      connection.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void cannotAbortWhatWasTold() throws Exception {
    try (LocalEndpoint server = endpoint("{}")) {
      Attempt attempt = post(server.url() + "/chat/completions", Map.of(), Duration.ofSeconds(10));
      reply();

      assertThat(attempt.abort()).isFalse();
    }
  }

  @Test
  void tellsThatNobodyListens() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    post("http://127.0.0.1:" + port, Map.of(), Duration.ofSeconds(10));

    assertThat(((Reply.Broken) reply()).cause()).isEqualTo(Reply.Cause.UNREACHABLE);
  }

  @Test
  void tellsThatAHostIsUnknown() throws Exception {
    post("http://no-such-host.invalid/v1", Map.of(), Duration.ofSeconds(10));

    assertThat(((Reply.Broken) reply()).cause()).isEqualTo(Reply.Cause.UNREACHABLE);
  }

  @Test
  void tellsABrokenReplyOnceItIsClosed() throws Exception {
    transport.close();
    post("http://127.0.0.1:1", Map.of(), Duration.ofMillis(50));

    assertThat(reply()).isInstanceOf(Reply.Broken.class);
    assertThat(replies.poll(150, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void refusesABodyBeyondItsBound() {
    BoundedBody body = new BoundedBody(10);

    assertThatExceptionOfType(BoundedBody.TooLargeException.class)
        .isThrownBy(
            () -> {
              body.data(ByteBuffer.allocate(10), false);
              body.data(ByteBuffer.allocate(1), true);
            })
        .withMessage("The response is longer than 10 bytes");
  }

  @Test
  void callsATooLargeBodyByItsName() {
    assertThat(BrokenReplies.of(new BoundedBody.TooLargeException(10)).cause())
        .isEqualTo(Reply.Cause.TOO_LARGE);
  }
}
