package io.sparkllm.benchmark;

import io.sparkllm.benchmark.Bench.Pairs;
import java.io.IOException;
import java.util.Locale;

/** What is measured, in this order. */
final class Measurements {
  /** Of connector and loop alike. */
  private static final int IN_FLIGHT = 128;

  private static final String CONNECTOR = "connector";
  private static final String LOOP = "loop";
  private static final String BARE_LOOP = "bare loop";

  private static final double LATENCY = 0.25;
  private static final double SLOW_RATIO = 0.01;
  private static final double SLOW_FACTOR = 20;

  private static final int REQUESTS_PER_MINUTE = 6_000;

  /** A row uses some 175 tokens: about 100 rows a second here too. */
  private static final long TOKENS_PER_MINUTE = 1_050_000;

  private final Bench bench;
  private final Sizes sizes;
  private final Results results;

  Measurements(Bench bench, Sizes sizes, Results results) {
    this.bench = bench;
    this.sizes = sizes;
    this.results = results;
  }

  void run() throws IOException, InterruptedException {
    try (ClientProcess connector = bench.client(CONNECTOR);
        ClientProcess loop = bench.client(LOOP)) {
      bench.script(Bench.FAST);
      bench.requireSameBodies(connector, loop, Job.of(200, IN_FLIGHT));
      bench.measure(connector, Job.of(sizes.warmUp(), IN_FLIGHT));
      bench.measure(loop, Job.of(sizes.warmUp(), IN_FLIGHT));
      withoutLatency(connector, loop);
      withLatency(connector, loop);
      withStragglers(connector, loop);
      underLimits(connector);
    }
    bench.script(Bench.FAST);
    cpu();
    heap();
  }

  private void withoutLatency(ClientProcess connector, ClientProcess loop)
      throws IOException, InterruptedException {
    Job job = Job.of(sizes.fast(), IN_FLIGHT);
    Pairs pairs = bench.alternate(sizes.repeats(), connector, loop, job);
    results.compare(
        "no latency: rows/s",
        0,
        pairs.connector(Measured::rate),
        BARE_LOOP,
        pairs.loop(Measured::rate));
    results.compare(
        "… CPU s per 1,000 rows, warm JVM",
        3,
        pairs.connector(Measured::cpuPerThousand),
        BARE_LOOP,
        pairs.loop(Measured::cpuPerThousand));
    results.compare(
        "… CPU s of the endpoint per 1,000 requests",
        3,
        pairs.connector(Measured::endpointCpuPerThousand),
        BARE_LOOP,
        pairs.loop(Measured::endpointCpuPerThousand));
    results.compare(
        "… cores busy with client and endpoint, of " + Machine.cores(),
        2,
        pairs.connector(Measured::busyCores),
        BARE_LOOP,
        pairs.loop(Measured::busyCores));
    try (ClientProcess second = bench.client(LOOP)) {
      bench.measure(second, Job.of(sizes.warmUp(), IN_FLIGHT));
      results.count(
          "… two bare loops with half the calls each: rows/s together",
          "",
          Results.shown(0, bench.together(loop, second, job)));
    }
  }

  private void withLatency(ClientProcess connector, ClientProcess loop)
      throws IOException, InterruptedException {
    bench.script("{\"latencyMs\":250}");
    Job job = Job.of(sizes.latency(), IN_FLIGHT);
    Pairs pairs = bench.alternate(sizes.repeats(), connector, loop, job);
    rates("250 ms latency", pairs, Statistics.idealRate(IN_FLIGHT, LATENCY, 0, 1));
  }

  private void withStragglers(ClientProcess connector, ClientProcess loop)
      throws IOException, InterruptedException {
    bench.script("{\"latencyMs\":250,\"slow\":{\"ratio\":0.01,\"factor\":20}}");
    Job job = Job.of(sizes.stragglers(), IN_FLIGHT);
    Pairs pairs = bench.alternate(sizes.repeats(), connector, loop, job);
    rates(
        "250 ms, 1 % of calls 5 s",
        pairs, Statistics.idealRate(IN_FLIGHT, LATENCY, SLOW_RATIO, SLOW_FACTOR));
  }

  private void rates(String what, Pairs pairs, double ideal) {
    results.compare(
        what + ": rows/s, first row to last",
        1,
        pairs.connector(Measured::rate),
        BARE_LOOP,
        pairs.loop(Measured::rate));
    results.compare(
        "… in the median second", 1, pairs.connector(Measured::sustainedRate), "ideal", ideal);
    results.compare(
        "… the bare loop itself", 1, pairs.loop(Measured::sustainedRate), "ideal", ideal);
  }

  private void underLimits(ClientProcess connector) throws IOException, InterruptedException {
    limited(
        connector,
        "requestsPerMinute",
        new Job(sizes.limited(), IN_FLIGHT, REQUESTS_PER_MINUTE, 0, false),
        REQUESTS_PER_MINUTE);
    limited(
        connector,
        "tokensPerMinute",
        new Job(sizes.limited(), IN_FLIGHT, 0, TOKENS_PER_MINUTE, false),
        TOKENS_PER_MINUTE);
  }

  private void limited(ClientProcess connector, String limit, Job job, long perMinute)
      throws IOException, InterruptedException {
    double[] rates = new double[sizes.repeats()];
    long throttled = 0;
    for (int i = 0; i < rates.length; i++) {
      bench.script("{\"latencyMs\":100,\"rateLimit\":{\"" + limit + "\":" + perMinute + "}}");
      Measured run = bench.measure(connector, job);
      rates[i] = limit.startsWith("requests") ? run.rate() * 60 : run.tokensPerMinute();
      throttled += run.throttled();
    }
    results.compare(limit + " used, at 100 ms latency", 0, rates, "limit", (double) perMinute);
    results.count("… calls refused with a 429", Long.toString(throttled), "0");
  }

  /** In JVMs of their own, so that nothing is warm that a user's would not be. */
  private void cpu() throws IOException, InterruptedException {
    double[][] seconds = new double[4][sizes.repeats()];
    Job small = Job.of(sizes.small(), IN_FLIGHT);
    Job large = Job.of(sizes.large(), IN_FLIGHT);
    for (int i = 0; i < sizes.repeats(); i++) {
      seconds[0][i] = bench.fresh(CONNECTOR, small).processCpuSeconds();
      seconds[1][i] = bench.fresh(LOOP, small).processCpuSeconds();
      seconds[2][i] = bench.fresh(CONNECTOR, large).processCpuSeconds();
      seconds[3][i] = bench.fresh(LOOP, large).processCpuSeconds();
    }
    String fresh = "CPU s of a new JVM, start included, for %,d rows";
    results.compare(text(fresh, small.rows()), 1, seconds[0], BARE_LOOP, seconds[1]);
    results.compare(text(fresh, large.rows()), 1, seconds[2], BARE_LOOP, seconds[3]);
    results.compare(
        text(
            "**CPU s per 1,000 rows**, slope from %,d to %,d rows (target: ratio ≤ 1.3)",
            small.rows(), large.rows()),
        3,
        new double[] {slope(small, seconds[0], large, seconds[2])},
        BARE_LOOP,
        slope(small, seconds[1], large, seconds[3]));
  }

  private static double slope(Job small, double[] ofSmall, Job large, double[] ofLarge) {
    return 1000
        * Statistics.slope(
            small.rows(), Statistics.median(ofSmall), large.rows(), Statistics.median(ofLarge));
  }

  private void heap() throws IOException, InterruptedException {
    int fewer = sizes.heapLarge() / 10;
    double few = bench.fresh(CONNECTOR, watched(fewer)).heapMegabytes();
    double many = bench.fresh(CONNECTOR, watched(sizes.heapLarge())).heapMegabytes();
    results.compare(
        text("most heap in use, MB, %,d rows", sizes.heapLarge()),
        0,
        new double[] {many},
        text("%,d rows", fewer),
        few);
  }

  private static Job watched(int rows) {
    return new Job(rows, IN_FLIGHT, 0, 0, true);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
