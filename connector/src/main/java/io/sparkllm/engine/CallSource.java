package io.sparkllm.engine;

import io.sparkllm.coordination.FatalCause;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/** Makes the calls of a task's rows. For the task's thread. */
interface CallSource extends AutoCloseable {
  /**
   * The call of a row: to be made, or finished already, or one that follows another's.
   *
   * @param row a row of the input
   * @param cause why nothing may be asked any more; null while calls may be made
   * @param onFinished told once when a call that was made is finished, from any thread
   */
  Call call(Row row, FatalCause cause, Consumer<Call> onFinished);

  /** Why answers cannot be kept any more, which stops the stage; null while they can. */
  default FatalCause failure() {
    return null;
  }

  /** Makes lasting what is to be kept; {@link #failure} tells whether it could. */
  @Override
  default void close() {}
}
