package io.sparkllm.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.impl.nio.ServerHttp1IOEventHandler;
import org.apache.hc.core5.http.impl.nio.ServerHttp1StreamDuplexer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;

/**
 * One client's connection. HttpCore keeps it until the answer is sent even when the client has hung
 * up; here a client that gave up must be seen at once, since tests prove by it that calls are
 * cancelled.
 */
final class ServerConnection extends ServerHttp1IOEventHandler {
  private final AtomicBoolean waiting;

  /**
   * Serves a connection.
   *
   * @param duplexer HttpCore's side of it
   * @param waiting whether the client has an answer due later
   */
  ServerConnection(ServerHttp1StreamDuplexer duplexer, AtomicBoolean waiting) {
    super(duplexer);
    this.waiting = waiting;
  }

  @Override
  public void inputReady(IOSession session, ByteBuffer src) throws IOException {
    super.inputReady(session, src);
    if (!isOpen() && waiting.get()) {
      session.close(CloseMode.IMMEDIATE);
    }
  }
}
