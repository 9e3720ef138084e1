package io.sparkllm.benchmark;

import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import io.sparkllm.shaded.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.Timeout;

/**
 * The reference: HttpClient and Jackson in the versions that the connector has inside, and nothing
 * but what any client must do. The client's I/O threads encode, send, read and parse; each answer
 * sends the next request, so that no other thread is waited for.
 */
final class LoopClient implements Client {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RequestConfig TIMEOUT =
      RequestConfig.custom().setResponseTimeout(Timeout.ofMinutes(3)).build();

  private final String url;
  private final CloseableHttpAsyncClient http;

  LoopClient(String url) {
    this.url = url + "/chat/completions";
    this.http =
        HttpAsyncClients.custom()
            .setIOReactorConfig(
                IOReactorConfig.custom()
                    // As the connector has it.
                    .setIoThreadCount(
                        Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors())))
                    .setTcpNoDelay(true)
                    .build())
            .setConnectionManager(
                PoolingAsyncClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(8192)
                    .setMaxConnPerRoute(8192)
                    .setDefaultTlsConfig(
                        TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1).build())
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .build();
    http.start();
  }

  @Override
  public double run(Job job) throws InterruptedException {
    long begin = System.nanoTime();
    Loop loop = new Loop(job.rows());
    for (int i = 0; i < job.inFlight(); i++) {
      loop.next();
    }
    loop.done.await();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (loop.failure.get() != null) {
      throw new IllegalStateException("A row has no answer", loop.failure.get());
    }
    return seconds;
  }

  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
  }

  private static byte[] encode(long row) {
    ObjectNode body = JSON.createObjectNode().put("model", "echo");
    body.putArray("messages").addObject().put("role", "user").put("content", Prompts.of(row));
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String decode(SimpleHttpResponse response) throws IOException {
    return JSON.readTree(response.getBodyBytes())
        .path("choices")
        .path(0)
        .path("message")
        .path("content")
        .textValue();
  }

  private final class Loop implements FutureCallback<SimpleHttpResponse> {
    private final int rows;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final CountDownLatch done;

    Loop(int rows) {
      this.rows = rows;
      this.done = new CountDownLatch(rows);
    }

    void next() {
      int row = sent.getAndIncrement();
      if (row < rows) {
        SimpleHttpRequest request =
            SimpleRequestBuilder.post(url)
                .setBody(encode(row), ContentType.APPLICATION_JSON)
                .build();
        request.setConfig(TIMEOUT);
        var unused = http.execute(request, this);
      }
    }

    @Override
    public void completed(SimpleHttpResponse response) {
      try {
        if (response.getCode() != 200 || decode(response) == null) {
          failure.set(new IOException("Status " + response.getCode()));
        }
      } catch (IOException e) {
        failure.set(e);
      }
      proceed();
    }

    @Override
    public void failed(Exception e) {
      failure.set(e);
      proceed();
    }

    @Override
    public void cancelled() {
      failed(new IOException("Cancelled"));
    }

    private void proceed() {
      done.countDown();
      next();
    }
  }
}
