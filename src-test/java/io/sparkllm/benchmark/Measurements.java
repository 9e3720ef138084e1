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
        4,
        pairs.connector(Measured::cpuPerThousand),
        BARE_LOOP,
        pairs.loop(Measured::cpuPerThousand));
    results.compare(
        "… CPU s of the endpoint per 1,000 requests",
        4,
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
      double[] together = new double[sizes.repeats()];
      for (int i = 0; i < together.length; i++) {
        together[i] = bench.together(loop, second, job);
      }
      results.count(
          "… two bare loops with half the calls each: rows/s together",
          "",
          Results.shown(0, together));
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

  /** The median second: a clock that idled since the last run has a second's worth of credit. */
  private void limited(ClientProcess connector, String limit, Job job, long perMinute)
      throws IOException, InterruptedException {
    double[] rates = new double[sizes.repeats()];
    long throttled = 0;
    for (int i = 0; i < rates.length; i++) {
      bench.script("{\"latencyMs\":100,\"rateLimit\":{\"" + limit + "\":" + perMinute + "}}");
      Measured run = bench.measure(connector, job);
      rates[i] =
          limit.startsWith("requests") ? run.sustainedRate() * 60 : run.sustainedTokensPerMinute();
      throttled += run.throttled();
    }
    results.compare(
        limit + " used, at 100 ms latency, in the median second",
        0,
        rates,
        "limit",
        (double) perMinute);
    results.count("… calls refused with a 429", Long.toString(throttled), "0");
  }

  /** In JVMs of their own, so that nothing is warm that a user's would not be. */
  private void cpu() throws IOException, InterruptedException {
    int[] rows = {sizes.cold(), sizes.settled(), sizes.warm()};
    double[][] connector = new double[rows.length][sizes.repeats()];
    double[][] loop = new double[rows.length][sizes.repeats()];
    for (int i = 0; i < sizes.repeats(); i++) {
      for (int size = 0; size < rows.length; size++) {
        Job job = Job.of(rows[size], IN_FLIGHT);
        connector[size][i] = bench.fresh(CONNECTOR, job).processCpuSeconds();
        loop[size][i] = bench.fresh(LOOP, job).processCpuSeconds();
      }
    }
    for (int size = 0; size < rows.length; size++) {
      results.compare(
          text("CPU s of a new JVM, start included, for %,d rows", rows[size]),
          1,
          connector[size],
          BARE_LOOP,
          loop[size]);
    }
    slope("while compilers work, rows", rows, connector, loop, 0);
    slope("**warm**, rows", rows, connector, loop, 1);
  }

  /** From one size to the next. */
  private void slope(String when, int[] rows, double[][] connector, double[][] loop, int from) {
    results.compare(
        text("CPU s per 1,000 rows, %s %,d to %,d", when, rows[from], rows[from + 1]),
        4,
        new double[] {perThousand(rows, connector, from)},
        BARE_LOOP,
        perThousand(rows, loop, from));
  }

  private static double perThousand(int[] rows, double[][] seconds, int from) {
    return 1000
        * Statistics.slope(
            rows[from],
            Statistics.median(seconds[from]),
            rows[from + 1],
            Statistics.median(seconds[from + 1]));
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
