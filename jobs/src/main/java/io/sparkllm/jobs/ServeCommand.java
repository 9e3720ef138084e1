package io.sparkllm.jobs;

import io.sparkllm.local.EndpointScript;
import io.sparkllm.local.LocalEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: the local endpoint alone, until it is stopped. */
@Command(
    name = "serve",
    description =
        "Runs the local endpoint alone, until it is stopped. It answers by rules: no LLM.")
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "Port to listen on, 0 for any free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--script",
      paramLabel = "<file>",
      description = "JSON file that scripts latency, faults and limits (docs/local-endpoint.md).")
  private Path script;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new UsageException("Option --port is " + port + "; allowed: numbers from 0 to 65535");
    }
    try (LocalEndpoint endpoint = LocalEndpoint.start(host, port, "", script())) {
      System.out.println("Serving " + endpoint.url());
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new UsageException(
          "Cannot listen on "
              + host
              + ":"
              + port
              + ": "
              + rootMessage(e)
              + "; give another --port (0 for any free one) or --host",
          e);
    }
    return ExitCode.OK;
  }

  private static String rootMessage(Throwable e) {
    return e.getCause() == null ? Failures.firstLine(e) : rootMessage(e.getCause());
  }

  private EndpointScript script() {
    if (script == null) {
      return EndpointScript.none();
    }
    try {
      return EndpointScript.parse(Files.readString(script));
    } catch (NoSuchFileException e) {
      throw new UsageException("Option --script is '" + script + "': there is no such file", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "Option --script is '" + script + "', which cannot be used: " + e.getMessage(), e);
    }
  }
}
