package io.sparkllm.coordination;

/** Driver and executor without Spark between them; messages still travel as bytes. */
public final class InProcess {
  private final Coordinator coordinator = new Coordinator((stage, reason) -> {});

  /** The link of one more executor. */
  public DriverLink link() {
    return new DriverLink(coordinator::receive);
  }
}
