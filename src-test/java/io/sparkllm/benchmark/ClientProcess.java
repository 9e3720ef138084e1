package io.sparkllm.benchmark;

import io.sparkllm.shaded.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A client in its JVM, seen from here. */
final class ClientProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter jobs;

  /** Starts a {@code connector} or a {@code loop}; the options go to its JVM. */
  ClientProcess(Jvms jvms, String name, String url, String... options) throws IOException {
    this.name = name;
    this.process = jvms.main(name, ClientMain.class, List.of(options), name, url);
    this.answers = process.inputReader();
    this.jobs = process.outputWriter();
  }

  String name() {
    return name;
  }

  /** Hands over a job without waiting for it. */
  void begin(Job job) throws IOException {
    jobs.write(JSON.writeValueAsString(job) + "\n");
    jobs.flush();
  }

  /** Waits for the job that was begun. */
  Ran await() throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(ClientMain.ANSWER)) {
        return JSON.readValue(line.substring(ClientMain.ANSWER.length()), Ran.class);
      }
    }
    throw new IOException("The " + name + " ended; see " + name + ".log");
  }

  /** Records where its CPU time goes, from now until it is closed. */
  void record(Path recording) throws IOException, InterruptedException {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(process.pid()),
            "JFR.start",
            "settings=profile",
            "dumponexit=true",
            "filename=" + recording)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Lets it end by itself, as a recording of its JVM is written then. */
  @Override
  public void close() throws IOException {
    jobs.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
