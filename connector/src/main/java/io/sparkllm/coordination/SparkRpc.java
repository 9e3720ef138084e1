package io.sparkllm.coordination;

import java.util.function.UnaryOperator;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpoint;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.rpc.RpcTimeout$;
import org.apache.spark.util.RpcUtils;
import scala.PartialFunction;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Messages from executors to the driver over Spark's RPC: the one class that names Spark's
 * internals. They have no compatibility promise, but the few that are used here are the same from
 * Spark 3.5 to 4.3. Messages are of JDK types, as another class loader may read them. Thread-safe.
 */
final class SparkRpc {
  /** Spark's own default would hold rows back for two minutes after one lost message. */
  private static final String TIMEOUT = "10s";

  private final String name;

  /** The driver's endpoint, and the environment in which it was found. */
  private record Found(RpcEnv env, RpcEndpointRef endpoint) {}

  private volatile Found found;

  /** For one endpoint's name. */
  SparkRpc(String name) {
    this.name = name;
  }

  /**
   * Answers messages on the driver, unless somebody does already: another class loader of the same
   * application, say. The handler must be quick and must not block.
   */
  synchronized void serve(UnaryOperator<Object> handler) {
    if (!isServed()) {
      RpcEnv env = SparkEnv.get().rpcEnv();
      env.setupEndpoint(name, new Endpoint(env, handler));
    }
  }

  private boolean isServed() {
    try {
      ask("");
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
  Object ask(Object message) {
    SparkEnv env = SparkEnv.get();
    Found driver = found;
    if (driver == null || driver.env != env.rpcEnv()) {
      // A look-up is a message of its own, and not needed for each ask.
      driver = new Found(env.rpcEnv(), RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv()));
      found = driver;
    }
    RpcTimeout timeout = RpcTimeout$.MODULE$.apply(env.conf(), "spark.rpc.askTimeout", TIMEOUT);
    ClassTag<Object> any = ClassTag$.MODULE$.apply(Object.class);
    return driver.endpoint.askSync(message, timeout, any);
  }

  /**
   * Ends a stage of the current application, on its driver, with the reason as told to the user.
   */
  static void cancelStage(int stageId, String reason) {
    SparkContext.getOrCreate().cancelStage(stageId, reason);
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
