package io.sparkllm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Runs jobs against the endpoint, one at a time, and looks at them from all sides. */
final class Bench implements AutoCloseable {
  /** The script of an endpoint that answers at once. */
  static final String FAST = "{}";

  private final Jvms jvms;
  private final EndpointProcess endpoint;
  private double otherCpu;
  private double seconds;

  Bench(Jvms jvms) throws IOException {
    this.jvms = jvms;
    this.endpoint = new EndpointProcess(jvms);
  }

  ClientProcess client(String name, String... options) throws IOException {
    return new ClientProcess(jvms, name, endpoint.url(), options);
  }

  void script(String script) throws IOException, InterruptedException {
    endpoint.script(script);
  }

  /** Fails unless each row was answered, and once. */
  Measured measure(ClientProcess client, Job job) throws IOException, InterruptedException {
    endpoint.reset();
    double machineBefore = Machine.cpuSeconds();
    double endpointBefore = endpoint.cpuSeconds();
    long begin = System.nanoTime();
    client.begin(job);
    Ran ran = client.await();
    double wall = (System.nanoTime() - begin) / 1e9;
    double endpointCpu = endpoint.cpuSeconds() - endpointBefore;
    double all = Machine.cpuSeconds() - machineBefore;
    var stats = endpoint.stats();
    if (stats.path("answers").asLong() != job.rows() || stats.path("doubles").asLong() != 0) {
      throw new IllegalStateException(
          "The " + client.name() + " asked for " + job.rows() + " rows and got " + stats);
    }
    otherCpu += all == 0 ? 0 : Math.max(0, all - endpointCpu - ran.cpuSeconds());
    seconds += wall;
    return new Measured(job, ran, stats, wall, endpointCpu);
  }

  /** Connector, loop, connector, loop …: what changes on the machine meanwhile meets both. */
  Pairs alternate(int repeats, ClientProcess connector, ClientProcess loop, Job job)
      throws IOException, InterruptedException {
    Pairs pairs = new Pairs(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < repeats; i++) {
      pairs.connector().add(measure(connector, job));
      pairs.loop().add(measure(loop, job));
    }
    return pairs;
  }

  /** A new JVM that does this job and no other. */
  Ran fresh(String name, Job job) throws IOException, InterruptedException {
    try (ClientProcess client = client(name)) {
      return measure(client, job).ran();
    }
  }

  /** Rows a second of two loops at once, with half of the calls each. */
  double together(ClientProcess first, ClientProcess second, Job job)
      throws IOException, InterruptedException {
    Job half = Job.of(job.rows() / 2, job.inFlight() / 2);
    endpoint.reset();
    first.begin(half);
    second.begin(half);
    return job.rows() / Math.max(first.await().seconds(), second.await().seconds());
  }

  /** Fails unless connector and loop send the same bytes: to the endpoint each is then a repeat. */
  void requireSameBodies(ClientProcess connector, ClientProcess loop, Job job)
      throws IOException, InterruptedException {
    measure(connector, job);
    loop.begin(job);
    loop.await();
    long repeated = endpoint.stats().path("doubles").asLong();
    if (repeated != job.rows()) {
      throw new IllegalStateException(
          "Of " + job.rows() + " bodies of the connector the loop sent " + repeated);
    }
  }

  /** Cores that other processes kept busy, on average over what was measured so far. */
  double otherCores() {
    return seconds == 0 ? 0 : otherCpu / seconds;
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** What alternate runs gave. */
  record Pairs(List<Measured> connector, List<Measured> loop) {
    double[] connector(ToDoubleFunction<Measured> value) {
      return connector.stream().mapToDouble(value).toArray();
    }

    double[] loop(ToDoubleFunction<Measured> value) {
      return loop.stream().mapToDouble(value).toArray();
    }
  }
}
