package io.sparkllm.ml;

/** Tells whether a call comes from a Spark Connect client, whose requests the server records. */
final class ConnectServer {
  private static final String PACKAGE = "org.apache.spark.sql.connect.";

  private ConnectServer() {}

  /**
   * Looks at the callers: the server makes and runs a transformer on the thread that plans the
   * request. No setting tells it: a server's session looks like any other.
   *
   * @return true below the Connect server's planner
   */
  static boolean isCalling() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(PACKAGE)));
  }
}
