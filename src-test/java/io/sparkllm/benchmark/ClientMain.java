package io.sparkllm.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/** A client's JVM: takes jobs as lines of JSON, tells how each went, and ends with its input. */
final class ClientMain {
  /** Begins the lines that are meant for the parent. */
  static final String ANSWER = "ran ";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private ClientMain() {}

  /**
   * Runs until the input ends.
   *
   * @param args {@code connector} or {@code loop}, and the endpoint's URL
   * @throws Exception when a row has no answer
   */
  public static void main(String[] args) throws Exception {
    try (Client client =
            args[0].equals("connector") ? new ConnectorClient(args[1]) : new LoopClient(args[1]);
        BufferedReader jobs =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = jobs.readLine(); line != null; line = jobs.readLine()) {
        System.out.println(
            ANSWER + JSON.writeValueAsString(run(client, JSON.readValue(line, Job.class))));
      }
    }
  }

  private static Ran run(Client client, Job job) throws Exception {
    long before = SYSTEM.getProcessCpuTime();
    double seconds;
    double megabytes = 0;
    if (job.watchHeap()) {
      try (HeapWatch heap = new HeapWatch()) {
        seconds = client.run(job);
        megabytes = heap.megabytes();
      }
    } else {
      seconds = client.run(job);
    }
    long after = SYSTEM.getProcessCpuTime();
    return new Ran(seconds, (after - before) / 1e9, after / 1e9, megabytes);
  }
}
