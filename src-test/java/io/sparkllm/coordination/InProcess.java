package io.sparkllm.coordination;

import io.sparkllm.RunStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Driver and executors without Spark between them; messages still travel as bytes. */
public final class InProcess {
  private final List<String> cancelled = new CopyOnWriteArrayList<>();
  private final Coordinator coordinator =
      new Coordinator((stage, reason) -> cancelled.add(stage + ": " + reason));
  private final List<BudgetAsk> asks = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<Object> way = this::receive;

  private Object receive(Object message) {
    asks.addAll(Messages.read(message, Messages.Report.class).asks());
    return coordinator.receive(message);
  }

  /** The link of one more executor. */
  public DriverLink link() {
    return new DriverLink(message -> way.apply(message));
  }

  /** From now on nobody reaches the driver. */
  public void lose() {
    way =
        message -> {
          throw new IllegalStateException("The driver is not there");
        };
  }

  /** From now on messages reach the driver, and its answers are lost on their way back. */
  public void loseAnswers() {
    way =
        message -> {
          receive(message);
          throw new IllegalStateException("The driver's answer is lost");
        };
  }

  /** From now on the driver is busy, until it is found again. */
  public CountDownLatch hold() {
    CountDownLatch released = new CountDownLatch(1);
    way =
        message -> {
          try {
            released.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return receive(message);
        };
    return released;
  }

  /** From now on the driver answers. */
  public void find() {
    way = this::receive;
  }

  /** What reached the driver. */
  public List<BudgetAsk> asks() {
    return asks;
  }

  /** The stages that the driver cancelled, each with its reason. */
  public List<String> cancelled() {
    return cancelled;
  }

  /** How a run gets on, as its monitor asks. */
  public RunStatus status(String run) {
    return Messages.read(coordinator.receive(run), RunStatus.class);
  }

  /** Forgets a run, as its monitor does when it is closed. */
  public void forget(String run) {
    coordinator.forget(run);
  }
}
