package io.sparkllm.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the numbers were measured on. */
final class Machine {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Linux counts in hundredths of a second here, on every platform. */
  private static final double TICKS = 100;

  private Machine() {}

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  static String description() {
    return String.format(
        "%d cores (%s), %.0f GB", cores(), model(), SYSTEM.getTotalMemorySize() / 1e9);
  }

  static String jdk() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }

  private static String model() {
    return lines("/proc/cpuinfo").stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  /** CPU seconds that the whole machine has worked since it was started; 0 where unknown. */
  static double cpuSeconds() {
    return lines("/proc/stat").stream()
        .filter(line -> line.startsWith("cpu "))
        .findFirst()
        .map(Machine::busy)
        .orElse(0.0);
  }

  /** Of user, nice, system, idle, iowait, irq, softirq, steal: all but idle and iowait. */
  private static double busy(String line) {
    String[] fields = line.trim().split("\\s+", -1);
    double ticks = 0;
    for (int i = 1; i <= 8; i++) {
      ticks += i == 4 || i == 5 ? 0 : Double.parseDouble(fields[i]);
    }
    return ticks / TICKS;
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      return List.of();
    }
  }
}
