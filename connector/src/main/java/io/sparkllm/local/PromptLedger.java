package io.sparkllm.local;

/**
 * How often each prompt was asked and answered. A prompt is the digest of a request body; an entry
 * takes 24 bytes, so a million prompts take 50 MB at most. Thread-safe.
 */
final class PromptLedger {
  private static final int FIRST_CAPACITY = 1024;

  // Open addressing with linear probing; asked == 0 marks a free slot.
  private long[] high = new long[FIRST_CAPACITY];
  private long[] low = new long[FIRST_CAPACITY];
  private int[] asked = new int[FIRST_CAPACITY];
  private int[] answered = new int[FIRST_CAPACITY];
  private int size;

  /** Counts one asking and returns how often this prompt has been asked now: 1 the first time. */
  synchronized int ask(Digest prompt) {
    if (size * 2 >= asked.length) {
      grow();
    }
    int slot = slot(prompt);
    if (asked[slot] == 0) {
      high[slot] = prompt.high();
      low[slot] = prompt.low();
      size++;
    }
    return ++asked[slot];
  }

  /** Counts one good answer and returns how many this prompt has had now; 0 if never asked. */
  synchronized int answer(Digest prompt) {
    int slot = slot(prompt);
    return asked[slot] == 0 ? 0 : ++answered[slot];
  }

  synchronized int size() {
    return size;
  }

  synchronized void clear() {
    high = new long[FIRST_CAPACITY];
    low = new long[FIRST_CAPACITY];
    asked = new int[FIRST_CAPACITY];
    answered = new int[FIRST_CAPACITY];
    size = 0;
  }

  private int slot(Digest prompt) {
    int mask = asked.length - 1;
    int slot = (int) prompt.low() & mask;
    while (asked[slot] != 0 && (high[slot] != prompt.high() || low[slot] != prompt.low())) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHigh = high;
    long[] oldLow = low;
    int[] oldAsked = asked;
    int[] oldAnswered = answered;
    int capacity = oldAsked.length * 2;
    high = new long[capacity];
    low = new long[capacity];
    asked = new int[capacity];
    answered = new int[capacity];
    for (int i = 0; i < oldAsked.length; i++) {
      if (oldAsked[i] != 0) {
        int slot = slot(new Digest(oldHigh[i], oldLow[i]));
        high[slot] = oldHigh[i];
        low[slot] = oldLow[i];
        asked[slot] = oldAsked[i];
        answered[slot] = oldAnswered[i];
      }
    }
  }
}
