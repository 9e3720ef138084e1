package io.sparkllm.local;

import io.sparkllm.local.files.Upload;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpResponse;

/** What exchanges need of the server: routes, a timer, the headers of every answer. */
final class ExchangeServer {
  private static final byte[] NO_BODY = {};

  private final String prefix;
  private final Routes routes;
  private final ScheduledThreadPoolExecutor timer;
  private final Executor workers;
  // Distinct across servers, and cheap: one random number a server, one counter a request.
  private final String requestIds = "req_" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final AtomicLong requestNumbers = new AtomicLong();

  /**
   * Binds routes to a server.
   *
   * @param prefix "" or "/" and the path token
   * @param routes who answers
   * @param timer runs delayed replies
   * @param workers run routes that may block
   */
  ExchangeServer(
      String prefix, Routes routes, ScheduledThreadPoolExecutor timer, Executor workers) {
    this.prefix = prefix;
    this.routes = routes;
    this.timer = timer;
    this.workers = workers;
  }

  StatsRecorder stats() {
    return routes.state().stats();
  }

  /** The call as routes see it: without the token; a path that lacks the token fits no route. */
  Call call(HttpRequest request, byte[] body, Upload upload) {
    String target = request.getPath();
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    String inner =
        path.startsWith(prefix) && path.startsWith("/", prefix.length())
            ? path.substring(prefix.length())
            : "";
    return new Call(request.getMethod(), inner, query, name -> header(request, name), body, upload);
  }

  /** Where the body of this request goes when it is an upload; null = it is kept in memory. */
  Upload upload(HttpRequest request) {
    String type = header(request, "Content-Type");
    return type != null && type.startsWith("multipart/")
        ? routes.upload(call(request, NO_BODY, null))
        : null;
  }

  boolean isSlow(Call call) {
    return routes.isSlow(call);
  }

  void work(Runnable task) {
    workers.execute(task);
  }

  Reply handle(Call call) {
    try {
      return routes.handle(call);
    } catch (RuntimeException e) {
      // A bug in here must not look like a hanging service.
      return new ApiError(500, "server_error", "local_endpoint_bug", null, e.toString()).reply();
    }
  }

  Future<?> later(Runnable task, long delayMs) {
    return timer.schedule(task, delayMs, TimeUnit.MILLISECONDS);
  }

  void describe(BasicHttpResponse response) {
    response.addHeader("x-request-id", requestIds + requestNumbers.incrementAndGet());
    response.addHeader("openai-version", "2020-10-01");
    response.addHeader("server", "spark-llm-local");
  }

  private static String header(HttpRequest request, String name) {
    Header header = request.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }
}
