package io.sparkllm.coordination;

import java.util.function.UnaryOperator;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpoint;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.util.RpcUtils;
import scala.PartialFunction;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Messages from executors to the driver over Spark's RPC: the one class that names Spark's
 * internals. They have no compatibility promise, but the few that are used here are the same from
 * Spark 3.5 to 4.3. Messages are of JDK types, as another class loader may read them.
 */
final class SparkRpc {
  private SparkRpc() {}

  /** Answers messages on the driver. The handler must be quick and must not block. */
  static void serve(String name, UnaryOperator<Object> handler) {
    RpcEnv env = SparkEnv.get().rpcEnv();
    env.setupEndpoint(name, new Endpoint(env, handler));
  }

  /** Whether an endpoint of that name is there, on the driver. */
  static boolean isServed(String name) {
    try {
      ask(name, "");
      return true;
    } catch (Exception e) {
      // Spark throws checked exceptions undeclared.
      return false;
    }
  }

  /**
   * Sends a message to the driver and waits for the answer.
   *
   * <p>Throws Spark's exceptions, undeclared as Scala does, when the driver cannot be reached or
   * has no such endpoint.
   */
  static Object ask(String name, Object message) {
    SparkEnv env = SparkEnv.get();
    ClassTag<Object> any = ClassTag$.MODULE$.apply(Object.class);
    return RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv()).askSync(message, any);
  }

  private static final class Endpoint implements RpcEndpoint {
    private final RpcEnv env;
    private final UnaryOperator<Object> handler;

    Endpoint(RpcEnv env, UnaryOperator<Object> handler) {
      this.env = env;
      this.handler = handler;
    }

    @Override
    public RpcEnv rpcEnv() {
      return env;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
      return new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Object message) {
          return true;
        }

        @Override
        public BoxedUnit apply(Object message) {
          try {
            context.reply(handler.apply(message));
          } catch (RuntimeException e) {
            context.sendFailure(e);
          }
          return BoxedUnit.UNIT;
        }
      };
    }
  }
}
