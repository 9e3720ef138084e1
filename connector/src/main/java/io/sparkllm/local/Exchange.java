package io.sparkllm.local;

import io.sparkllm.local.files.Upload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.ResponseChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;

/**
 * One request and its reply on one connection. Called by the connection's I/O thread and, for
 * delayed replies, by the timer thread.
 */
final class Exchange implements AsyncServerExchangeHandler {
  // Lets what was written reach the client before the connection closes behind it.
  private static final long CUT_AFTER_MS = 20;

  private final ExchangeServer server;
  private final IOSession session;
  private final AtomicBoolean waiting;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream(1024);
  private final AtomicBoolean left = new AtomicBoolean();
  private Upload upload;
  private HttpRequest request;
  private ResponseChannel channel;
  private HttpContext context;
  private boolean counted;
  private volatile Future<?> timer;
  private volatile Reply reply;
  // Guarded by this: where the body stands, and whether the next drip is due.
  private long position;
  private boolean due = true;

  /**
   * Serves one request.
   *
   * @param server routes and timer
   * @param session the connection, to cut it
   * @param waiting told whether the client has an answer due later
   */
  Exchange(ExchangeServer server, IOSession session, AtomicBoolean waiting) {
    this.server = server;
    this.session = session;
    this.waiting = waiting;
  }

  @Override
  public void handleRequest(
      HttpRequest head, EntityDetails entity, ResponseChannel responses, HttpContext httpContext)
      throws HttpException, IOException {
    this.request = head;
    this.channel = responses;
    this.context = httpContext;
    this.upload = server.upload(head);
    if (entity == null) {
      answer();
    } else if (head.containsHeader("Expect")) {
      responses.sendInformation(new BasicHttpResponse(100), httpContext);
    }
  }

  @Override
  public void updateCapacity(CapacityChannel capacity) throws IOException {
    capacity.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer src) {
    if (upload != null) {
      upload.write(src);
    } else if (src.hasArray()) {
      received.write(src.array(), src.arrayOffset() + src.position(), src.remaining());
      src.position(src.limit());
    } else {
      byte[] copy = new byte[src.remaining()];
      src.get(copy);
      received.write(copy, 0, copy.length);
    }
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) throws HttpException, IOException {
    answer();
  }

  private void answer() throws HttpException, IOException {
    Call call = server.call(request, received.toByteArray(), upload);
    received.reset();
    counted = !Routes.isControl(call.path());
    if (counted) {
      server.stats().arrived();
    }
    if (server.isSlow(call)) {
      waiting.set(true);
      server.work(() -> decideOrClose(call));
    } else {
      decide(call);
    }
  }

  private void decideOrClose(Call call) {
    try {
      decide(call);
    } catch (IOException | HttpException | RuntimeException e) {
      session.close(CloseMode.IMMEDIATE);
    }
  }

  private void decide(Call call) throws HttpException, IOException {
    reply = server.handle(call);
    long delay = reply.delivery().delayMs();
    if (delay <= 0) {
      send();
    } else {
      waiting.set(true);
      timer = server.later(this::sendOrClose, delay);
    }
  }

  private void sendOrClose() {
    try {
      send();
    } catch (IOException | HttpException | RuntimeException e) {
      // The client is gone, or the head could not be written: either way nobody can be told.
      session.close(CloseMode.IMMEDIATE);
    }
  }

  private void send() throws HttpException, IOException {
    waiting.set(false);
    Delivery.Kind kind = reply.delivery().kind();
    if (kind == Delivery.Kind.DROP || kind == Delivery.Kind.STALL) {
      leave(true);
      session.close(CloseMode.IMMEDIATE);
      return;
    }
    if (kind == Delivery.Kind.WHOLE) {
      // Before the bytes go: who has the answer must find the counters settled.
      leave(true);
    }
    BasicHttpResponse response = new BasicHttpResponse(reply.status());
    reply.headers().forEach(response::addHeader);
    server.describe(response);
    channel.sendResponse(
        response,
        new BasicEntityDetails(reply.body().length(), ContentType.parse(reply.contentType())),
        context);
  }

  @Override
  public synchronized int available() {
    return reply != null && due
        ? (int) Math.min(Integer.MAX_VALUE, reply.body().length() - position)
        : 0;
  }

  @Override
  public synchronized void produce(DataStreamChannel out) throws IOException {
    if (!due) {
      return;
    }
    long length = reply.body().length();
    Delivery delivery = reply.delivery();
    switch (delivery.kind()) {
      case CUT -> {
        write(out, length / 2);
        if (position >= length / 2) {
          due = false;
          leave(true);
          timer = server.later(() -> session.close(CloseMode.GRACEFUL), CUT_AFTER_MS);
        }
      }
      case DRIP -> {
        long end = Math.min(length, position + delivery.chunkBytes());
        if (end == length) {
          leave(true);
        }
        write(out, end);
        if (position < length) {
          due = false;
          timer = server.later(() -> nextDrip(out), delivery.chunkDelayMs());
        }
      }
      default -> write(out, length);
    }
    if (position == length) {
      due = false;
      out.endStream();
    }
  }

  private void nextDrip(DataStreamChannel out) {
    synchronized (this) {
      due = true;
    }
    out.requestOutput();
  }

  private void write(DataStreamChannel out, long end) throws IOException {
    if (position < end) {
      position += reply.body().write(out, position, end);
    }
  }

  @Override
  public void failed(Exception cause) {
    releaseResources();
  }

  @Override
  public void releaseResources() {
    leave(false);
    Future<?> pending = timer;
    if (pending != null) {
      pending.cancel(false);
    }
    if (upload != null) {
      upload.discard();
    }
    closeBody();
  }

  private synchronized void closeBody() {
    if (reply != null) {
      try {
        reply.body().close();
      } catch (IOException e) {
        // It was read only.
      }
    }
  }

  private void leave(boolean answered) {
    if (counted && left.compareAndSet(false, true)) {
      server.stats().left(answered);
    }
  }
}
