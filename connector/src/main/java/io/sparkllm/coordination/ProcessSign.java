package io.sparkllm.coordination;

import io.sparkllm.config.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

/**
 * What a process leaves in a file to say that something is its own. Immutable.
 *
 * @param id unique, for each sign
 * @param host the machine's name
 * @param pid the process id
 * @param processStart when the process started, in milliseconds since 1970; 0 where not known
 * @param machine what two processes share that see the same process ids; null where not known
 * @param since when the sign was made
 */
public record ProcessSign(
    String id, String host, long pid, long processStart, String machine, String since) {

  /**
   * A new sign of this process.
   *
   * @return with an id of its own
   */
  public static ProcessSign mine() {
    return new ProcessSign(
        UUID.randomUUID().toString(),
        thisHost(),
        ProcessHandle.current().pid(),
        start(ProcessHandle.current()),
        thisMachine(),
        Instant.now().toString());
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @param text a file's content
   * @return null where it is none: being written at this moment, or left so by a crash
   */
  public static ProcessSign of(String text) {
    try {
      return Json.read(text, ProcessSign.class);
    } catch (UncheckedIOException e) {
      return null;
    }
  }

  /**
   * As a file's content.
   *
   * @return JSON
   */
  public String text() {
    return Json.write(this);
  }

  /**
   * Whether it was a process of this machine that is not there any more.
   *
   * @return false where that cannot be known
   */
  public boolean hasSurelyEnded() {
    return machine != null
        && machine.equals(thisMachine())
        && ProcessHandle.of(pid).map(process -> start(process) != processStart).orElse(true);
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "an unknown host";
    }
  }

  private static String thisMachine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** For messages: which process, where. */
  @Override
  public String toString() {
    return "process " + pid + " on " + host;
  }
}
