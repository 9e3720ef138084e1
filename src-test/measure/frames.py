"""Tells where CPU time went, from ``jfr print --events jdk.ExecutionSample``'s output on standard input."""

import re
import sys
from collections import Counter

# The first that a stack matches, looked for from its top frame down: the code that caused the work.
CAUSES = [
    ("Jackson", r"\.jackson\."),
    ("engine: CallIterator, on the task's thread", r"^io\.sparkllm\.engine\.(CallIterator|RowCalls|SharedCalls|LedgerAnswers|RowSize|OutputColumns)"),
    ("engine: Dispatcher and what it calls", r"^io\.sparkllm\.(engine|throttle|coordination)\."),
    ("prompt and codec", r"^io\.sparkllm\.(prompt|openai|config)\."),
    ("timers", r"^(io\.sparkllm\.http\.Timer|java\.util\.concurrent\.ScheduledThreadPoolExecutor)"),
    ("transport", r"^io\.sparkllm\.http\."),
    ("HttpClient and HttpCore", r"org\.apache\.hc\.|io\.sparkllm\.shaded\.hc\."),
    ("the loop's own code", r"^io\.sparkllm\.benchmark\."),
    ("Spark", r"^org\.apache\.spark\."),
]
PARKING = re.compile(r"LockSupport\.(un)?park|Unsafe\.(un)?park|ReentrantLock|LinkedBlockingQueue|AbstractQueuedSynchronizer")


def samples(lines):
    """Each sample as (thread, frames from the top)."""
    thread, frames, inside = "?", [], False
    for line in lines:
        text = line.strip()
        if text.startswith("sampledThread = "):
            found = re.match(r'sampledThread = "(.*?)"', text)
            thread = found[1] if found else "?"
        elif text.startswith("stackTrace = ["):
            inside, frames = True, []
        elif inside and text.startswith("]"):
            inside = False
            yield thread, frames
        elif inside and text != "...":
            frames.append(re.sub(r"\(.*", "", text))


def cause(frames):
    for frame in frames:
        for name, pattern in CAUSES:
            if re.search(pattern, frame):
                return name
    return "other"


def table(title, counts, total, most):
    print(f"\n{title}")
    for name, count in counts.most_common(most):
        print(f"{100 * count / total:6.1f} %  {name}")


total = 0
threads, causes, tops, inclusive, locks = Counter(), Counter(), Counter(), Counter(), Counter()
for thread, frames in samples(sys.stdin):
    if not frames:
        continue
    total += 1
    threads[re.sub(r"\d+", "N", thread)] += 1
    causes[cause(frames)] += 1
    tops[frames[0]] += 1
    inclusive.update(set(frames))
    if any(PARKING.search(frame) for frame in frames[:8]):
        ours = next((f for f in frames if f.startswith("io.sparkllm.") and ".shaded." not in f), "others")
        locks[ours] += 1
print(f"{total} samples")
table("by thread", threads, total, 10)
table("by cause: the nearest frame to the top that belongs to somebody", causes, total, 12)
table("top frames", tops, total, 30)
table("locks, queues and waking threads, by who does it", locks, total, 8)
own = Counter({f: c for f, c in inclusive.items() if re.match(r"io\.sparkllm\.(?!shaded)", f)})
table("inclusive, our frames", own, total, 40)
rest = Counter({f: c for f, c in inclusive.items() if f not in own})
table("inclusive, other frames", rest, total, 60)
