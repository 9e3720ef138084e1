package io.sparkllm.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.nio.ServerHttp1StreamDuplexerFactory;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.ResponseConnControl;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.http.protocol.ResponseDate;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.DefaultListeningIOReactor;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.TimeValue;

/**
 * An OpenAI-compatible server in this JVM that answers by rules: no LLM, no key, no network. Its
 * behaviour is scripted ({@link EndpointScript}) and counted ({@link EndpointStats}). Thread-safe;
 * runs on daemon threads named {@code spark-llm-local-*}; never blocks its caller after start.
 */
public final class LocalEndpoint implements AutoCloseable {
  private static final String THREADS = "spark-llm-local-";
  // Reading, answering and writing take microseconds: two threads serve thousands a second.
  private static final int IO_THREADS = 2;
  private static final int BACKLOG = 1024;
  // Uploads and creates, which read files.
  private static final int WORKERS = 2;
  private static final int IDLE_SECONDS = 10;

  private final String host;
  private final String prefix;
  private final Routes routes;
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;
  private final DefaultListeningIOReactor reactor;
  private final int port;

  private LocalEndpoint(String host, int port, String pathToken, EndpointScript script)
      throws IOException {
    this.host = host;
    this.prefix = pathToken.isEmpty() ? "" : "/" + pathToken;
    this.routes =
        new Routes(new ServerState(script), new DefaultThreadFactory(THREADS + "batch", true));
    this.timer =
        new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory(THREADS + "timer", true));
    timer.setRemoveOnCancelPolicy(true);
    this.workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory(THREADS + "work", true));
    workers.allowCoreThreadTimeOut(true);
    ExchangeServer server = new ExchangeServer(prefix, routes, timer, workers);
    this.reactor = reactor(server);
    reactor.start();
    try {
      this.port = listen(new InetSocketAddress(host, port));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a server.
   *
   * @param host address to listen on, e.g. {@code 127.0.0.1}; requests may name any host
   * @param port 0 = any free port
   * @param pathToken first segment of every path, for servers that others can reach; "" = none
   * @param script how it behaves
   * @throws IOException when the address cannot be had
   */
  public static LocalEndpoint start(String host, int port, String pathToken, EndpointScript script)
      throws IOException {
    return new LocalEndpoint(host, port, pathToken, script);
  }

  /** The base URL as clients take it, with {@code /v1} at its end. */
  public String url() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return "http://" + name + ":" + port + prefix + "/v1";
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** What was served since the start or the last reset. */
  public EndpointStats stats() {
    return routes.stats();
  }

  /** Behaves otherwise from the next request on; what callers owe the limits they still owe. */
  public void script(EndpointScript script) {
    routes.script(script);
  }

  /** Sets all counts to zero and numbers requests and askings from 1 again. */
  public void resetStats() {
    routes.reset();
  }

  /** Closes all connections at once, frees the port, stops batches and removes all files. */
  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdownNow();
    reactor.close(CloseMode.IMMEDIATE);
    try {
      reactor.awaitShutdown(TimeValue.ofSeconds(5));
      timer.awaitTermination(5, TimeUnit.SECONDS);
      workers.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      routes.close();
    }
  }

  private int listen(InetSocketAddress address) throws IOException {
    try {
      return ((InetSocketAddress) reactor.listen(address, null).get().getAddress()).getPort();
    } catch (ExecutionException e) {
      throw new IOException("Cannot listen on " + address + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while starting", e);
    }
  }

  /**
   * HttpCore's server without its bootstrap: that one names its threads itself, answers errors for
   * hosts that it was not told of, and hides the connection, which faults must be able to cut.
   */
  private static DefaultListeningIOReactor reactor(ExchangeServer server) {
    HttpProcessor processor =
        new DefaultHttpProcessor(
            new ResponseDate(), new ResponseContent(), new ResponseConnControl());
    return new DefaultListeningIOReactor(
        (session, attachment) -> connection(server, processor, session),
        IOReactorConfig.custom()
            .setIoThreadCount(IO_THREADS)
            .setSoReuseAddress(true)
            .setTcpNoDelay(true)
            .setBacklogSize(BACKLOG)
            .build(),
        new DefaultThreadFactory(THREADS + "io", true),
        new DefaultThreadFactory(THREADS + "accept", true),
        null,
        null,
        null,
        null);
  }

  private static IOEventHandler connection(
      ExchangeServer server, HttpProcessor processor, ProtocolIOSession session) {
    AtomicBoolean waiting = new AtomicBoolean();
    return new ServerConnection(
        new ServerHttp1StreamDuplexerFactory(
                processor,
                (request, context) -> new Exchange(server, session, waiting),
                Http1Config.DEFAULT,
                CharCodingConfig.DEFAULT,
                null,
                null)
            .create("http", session),
        waiting);
  }
}
