package io.sparkllm.ledger;

import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;

/**
 * Writes answers without end, in a process of its own, and prints each fingerprint when it is
 * durable.
 */
final class KilledWriter {
  private KilledWriter() {}

  @SuppressWarnings("InfiniteLoop")
  public static void main(String[] arguments) throws Exception {
    Ledger ledger = Ledger.open(arguments[0], new Configuration());
    GroupCommit commit = new GroupCommit(ledger.writer());
    for (int i = 0; commit.failure() == null; i++) {
      String row = Entries.fingerprint(i % 3, "row " + i);
      commit.expect(i % 3);
      commit.add(Entries.answer(row, "text of " + row), () -> System.out.println(row));
      if (i % 100 == 0) {
        // About as fast as a service answers, so that the kill comes among commits.
        LockSupport.parkNanos(1_000_000);
      }
    }
    throw commit.failure();
  }
}
