package io.sparkllm.engine;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls on their way from the client's threads to the one task that waits for them. Waking a thread
 * costs more than all else that the engine does for a row, so the task is woken for several calls
 * at a time where many end, and for each where few do.
 */
final class FinishedCalls {
  private static final int NOT_WAITING = Integer.MAX_VALUE;

  private final ConcurrentLinkedQueue<Call> queue = new ConcurrentLinkedQueue<>();

  /** About the length of the queue. */
  private final AtomicInteger unseen = new AtomicInteger();

  /** So many unseen calls wake the task. */
  private final AtomicInteger wakeAt = new AtomicInteger(NOT_WAITING);

  private volatile Thread waiter;

  /** A call is finished; from any thread. */
  void add(Call call) {
    queue.add(call);
    int count = unseen.incrementAndGet();
    int wanted = wakeAt.get();
    if (count >= wanted && wakeAt.compareAndSet(wanted, NOT_WAITING)) {
      LockSupport.unpark(waiter);
    }
  }

  /** The next finished call; null when there is none. */
  Call poll() {
    Call call = queue.poll();
    if (call != null) {
      unseen.decrementAndGet();
    }
    return call;
  }

  /**
   * Waits until so many calls are finished, or the time is over, or the thread is interrupted; may
   * return earlier.
   */
  void await(int calls, long nanos) {
    waiter = Thread.currentThread();
    wakeAt.set(calls);
    if (unseen.get() < calls) {
      LockSupport.parkNanos(this, nanos);
    }
    wakeAt.set(NOT_WAITING);
  }
}
