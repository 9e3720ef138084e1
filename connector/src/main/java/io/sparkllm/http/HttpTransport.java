package io.sparkllm.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP client of an executor's JVM. It retries nothing and follows no redirect: every
 * attempt is seen by the retry policy and the rate limit. Proxy and trust store follow the JVM's
 * system properties. Thread-safe.
 */
public final class HttpTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(HttpTransport.class);

  /** Name of the context's attribute that holds the call. */
  private static final String CALL = "spark-llm-call";

  /** Longest response body in bytes; no answer of the APIs in use comes near. */
  static final int MAX_RESPONSE = 64 << 20;

  /** As the official SDK: an endpoint that is there accepts within seconds. */
  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);

  /** Above any concurrency; the dispatcher bounds the calls in flight, not the pool. */
  private static final int MAX_CONNECTIONS = 8192;

  private final CloseableHttpAsyncClient client;
  private final Timer timer;

  /**
   * Starts the client's threads, which are daemons.
   *
   * @param timer runs the time-outs
   */
  public HttpTransport(Timer timer) {
    this.timer = timer;
    this.client =
        HttpAsyncClients.custom()
            .useSystemProperties()
            .setIOReactorConfig(
                IOReactorConfig.custom()
                    .setIoThreadCount(
                        Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors())))
                    .setTcpNoDelay(true)
                    .build())
            .setConnectionManager(
                PoolingAsyncClientConnectionManagerBuilder.create()
                    .useSystemProperties()
                    .setMaxConnTotal(MAX_CONNECTIONS)
                    .setMaxConnPerRoute(MAX_CONNECTIONS)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(CONNECT_TIMEOUT)
                            // Load balancers close idle connections after 5 s and more.
                            .setValidateAfterInactivity(TimeValue.ofSeconds(4))
                            .setTimeToLive(TimeValue.ofMinutes(10))
                            .build())
                    // One stream per connection: a stalled one then delays nobody else's answer.
                    .setDefaultTlsConfig(
                        TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1).build())
                    .build())
            .addExecInterceptorBefore(
                ChainElement.MAIN_TRANSPORT.name(), CALL, HttpTransport::exchange)
            .setThreadFactory(new DefaultThreadFactory("spark-llm-http", true))
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            // Closing at once makes the client's threads stumble over their closed selectors.
            .setIoReactorExceptionCallback(e -> LOG.debug("A thread of the client failed", e))
            // In place of the one that dumps requests, keys and all, where DEBUG is on.
            .setIoSessionDecorator(session -> session)
            .evictIdleConnections(TimeValue.ofSeconds(30))
            .setUserAgent("spark-llm-batch")
            .build();
    client.start();
  }

  /**
   * Runs when a call has its connection and before it is sent. HttpClient's own cancelling (seen in
   * 5.6.5) forgets the exchange when connecting was quicker than the caller's thread: one abort in
   * six then left the connection open, and the service working, until the time-out.
   */
  private static void exchange(
      HttpRequest request,
      AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    Call call = (Call) scope.clientContext.getAttribute(CALL);
    call.connection = scope.execRuntime;
    if (call.done.get()) {
      scope.execRuntime.discardEndpoint();
      callback.failed(new InterruptedIOException("The call was given up"));
      return;
    }
    chain.proceed(request, body, scope, callback);
  }

  @Override
  public Attempt post(
      URI url,
      Map<String, String> headers,
      byte[] body,
      Duration timeout,
      Consumer<Reply> onReply) {
    AsyncRequestBuilder request =
        AsyncRequestBuilder.post(url).setEntity(body, ContentType.APPLICATION_JSON);
    headers.forEach((name, value) -> request.setHeader(new HiddenHeader(name, value)));
    Call call = new Call(onReply, timeout);
    call.start(request.build(), timeout);
    return call;
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }

  /** One attempt: the first of reply, failure, time-out and abort wins. */
  private final class Call implements Attempt, FutureCallback<Message<HttpResponse, byte[]>> {
    private final Consumer<Reply> onReply;
    private final Duration timeout;
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile Future<?> exchange;
    private volatile AsyncExecRuntime connection;
    private volatile Timer.Task timeoutTask;

    Call(Consumer<Reply> onReply, Duration timeout) {
      this.onReply = onReply;
      this.timeout = timeout;
    }

    void start(AsyncRequestProducer request, Duration timeout) {
      RequestConfig config =
          RequestConfig.custom()
              .setConnectionRequestTimeout(Timeout.of(timeout))
              .setResponseTimeout(Timeout.of(timeout))
              .build();
      timeoutTask = timer.after(timeout.toNanos(), this::timeOut);
      HttpClientContext context = HttpClientContext.create();
      context.setRequestConfig(config);
      context.setAttribute(CALL, this);
      try {
        exchange =
            client.execute(
                request,
                new BasicResponseConsumer<>(() -> new BoundedBody(MAX_RESPONSE)),
                context,
                this);
      } catch (RuntimeException e) {
        // Not thrown on: the time-out would tell a second reply later.
        failed(e);
        return;
      }
      if (done.get()) {
        cancelExchange();
      }
    }

    @Override
    public void completed(Message<HttpResponse, byte[]> result) {
      HttpResponse head = result.getHead();
      Map<String, String> headers = new HashMap<>();
      for (Header header : head.getHeaders()) {
        headers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
      }
      byte[] body = result.getBody() == null ? new byte[0] : result.getBody();
      finish(new Reply.Response(head.getCode(), headers, body));
    }

    @Override
    public void failed(Exception e) {
      finish(BrokenReplies.of(e));
    }

    @Override
    public void cancelled() {
      finish(new Reply.Broken(Reply.Cause.CONNECTION, "The call was cancelled"));
    }

    private void timeOut() {
      if (finish(
          new Reply.Broken(
              Reply.Cause.TIMEOUT, "No whole answer within " + timeout.toMillis() + " ms"))) {
        cancelExchange();
      }
    }

    @Override
    public boolean abort() {
      boolean won = done.compareAndSet(false, true);
      if (won) {
        cancelTimeout();
        cancelExchange();
      }
      return won;
    }

    private void cancelTimeout() {
      Timer.Task task = timeoutTask;
      if (task != null) {
        task.cancel();
      }
    }

    private void cancelExchange() {
      Future<?> running = exchange;
      if (running != null) {
        running.cancel(true);
      }
      AsyncExecRuntime open = connection;
      if (open != null) {
        open.discardEndpoint();
      }
    }

    private boolean finish(Reply reply) {
      if (!done.compareAndSet(false, true)) {
        return false;
      }
      cancelTimeout();
      onReply.accept(reply);
      return true;
    }
  }
}
