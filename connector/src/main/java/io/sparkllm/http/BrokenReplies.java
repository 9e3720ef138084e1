package io.sparkllm.http;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.UnsupportedSchemeException;

/** Tells what an exception of the HTTP client means for the attempt. */
final class BrokenReplies {
  private BrokenReplies() {}

  static Reply.Broken of(Exception e) {
    Reply.Cause cause =
        e instanceof BoundedBody.TooLargeException
            ? Reply.Cause.TOO_LARGE
            : isUnreachable(e)
                ? Reply.Cause.UNREACHABLE
                : e instanceof SocketTimeoutException || e instanceof InterruptedIOException
                    ? Reply.Cause.TIMEOUT
                    : Reply.Cause.CONNECTION;
    String message = e.getMessage() == null ? "" : ": " + e.getMessage();
    return new Reply.Broken(cause, e.getClass().getSimpleName() + message);
  }

  private static boolean isUnreachable(Exception e) {
    return e instanceof ConnectException
        || e instanceof ConnectTimeoutException
        || e instanceof UnknownHostException
        || e instanceof NoRouteToHostException
        || e instanceof SSLException
        || e instanceof UnsupportedSchemeException;
  }
}
