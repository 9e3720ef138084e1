"""Judges when calls came, by the times that an endpoint with ``recordTimes`` kept.

``pace.py limit URL PER-MINUTE``: how much of the limit was used, and the most in any window.
``pace.py gaps URL``: the time between one call and the next.
``pace.py interrupt URL CALLS COMMAND…``: runs it, sends Ctrl-C after so many calls, tells when it
ended and whether calls came later.
``pace.py follow URL PER-MINUTE COMMAND…``: runs it, doubles that limit after 20 s and halves it
again 40 s later; tells the rate of each second around the changes.
"""

import json
import os
import signal
import subprocess
import sys
import time
from bisect import bisect_left
from urllib.request import Request, urlopen

LATENCY_MS = 100
# Time for five calls at 30 a minute, were anyone left to make them.
QUIET_SECONDS = 10


def stats(url: str) -> dict:
    return json.load(urlopen(url.removesuffix("/v1") + "/stats"))


def accepted(url: str) -> list[int]:
    """Times of the calls that were answered, in milliseconds since 1970."""
    return sorted(call["epochMs"] for call in stats(url)["accepted"])


def asked(url: str) -> list[int]:
    """Times of all calls, answered or refused."""
    told = stats(url)
    return sorted(call["epochMs"] for call in told["accepted"] + told["refused"])


def refused(url: str) -> list[int]:
    return sorted(call["epochMs"] for call in stats(url)["refused"] if call["status"] == 429)


def most_in(times: list[int], window_ms: int) -> int:
    """The most calls in any window of that length."""
    return max((i + 1 - bisect_left(times, time - window_ms + 1) for i, time in enumerate(times)), default=0)


def within(times: list[int], start: float, end: float) -> int:
    return bisect_left(times, end) - bisect_left(times, start)


def limit(url: str, per_minute: int) -> None:
    times, throttled = accepted(url), len(refused(url))
    total = stats(url)["requests"]
    seconds = (times[-1] - times[0]) / 1000
    rate = (len(times) - 1) / seconds
    print(
        f"endpoint: {len(times):,} calls accepted in {seconds:.1f} s"
        f" = {6000 * rate / per_minute:.1f} % of {per_minute:,} a minute;"
        f" {throttled:,} of {total:,} refused with 429 ({100 * throttled / total:.2f} %);"
        f" most in any 60 s {most_in(times, 60_000):,} (limit and a second's credit {per_minute * 61 / 60:,.0f}),"
        f" in any second {most_in(times, 1_000)} ({per_minute / 30:.0f})"
    )


def gaps(url: str) -> None:
    times = asked(url)
    between = sorted(b - a for a, b in zip(times, times[1:]))
    print(
        f"endpoint: {len(times)} calls in {(times[-1] - times[0]) / 1000:.1f} s,"
        f" gaps least {between[0]} ms, median {between[len(between) // 2]} ms, most {between[-1]} ms"
    )


def start(command: list[str]) -> subprocess.Popen:
    """Starts it as a terminal would: a process group of its own, in which Ctrl-C is not ignored."""
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def await_calls(url: str, calls: int, process: subprocess.Popen) -> None:
    while stats(url)["requests"] < calls:
        if process.poll() is not None:
            print(f"The job ended with exit code {process.returncode} before {calls} calls; see its log")
            sys.exit(1)
        time.sleep(0.1)


def interrupt(url: str, calls: int, command: list[str]) -> None:
    process = start(command)
    await_calls(url, calls, process)
    sent = time.time()
    # All of the group: a terminal's Ctrl-C reaches the executors too.
    os.killpg(process.pid, signal.SIGINT)
    code = process.wait()
    ended = time.time()
    time.sleep(QUIET_SECONDS)
    times = asked(url)
    print(
        f"Ctrl-C after {calls} calls: ended {ended - sent:.2f} s later with exit code {code};"
        f" {within(times, sent * 1000, ended * 1000)} calls until the end,"
        f" {within(times, ended * 1000, float('inf'))} in the {time.time() - ended:.0f} s after it;"
        f" {stats(url)['inFlight']} left in flight"
    )


def limit_of(per_minute: int) -> str:
    """The endpoint's script with that limit, in its answers' headers too."""
    return json.dumps(
        {"latencyMs": LATENCY_MS, "recordTimes": True, "rateLimit": {"requestsPerMinute": per_minute}}
    )


def put_limit(url: str, per_minute: int) -> float:
    body = limit_of(per_minute).encode()
    urlopen(Request(url.removesuffix("/v1") + "/script", data=body, method="PUT")).read()
    return time.time() * 1000


def follow(url: str, per_minute: int, command: list[str]) -> None:
    put_limit(url, per_minute)
    process = start(command)
    await_calls(url, 1, process)
    time.sleep(20)
    doubled = put_limit(url, 2 * per_minute)
    time.sleep(40)
    halved = put_limit(url, per_minute)
    code = process.wait()
    # What is accepted keeps to the limit whatever is sent: whether it is followed, all calls tell.
    times, throttled, sent = accepted(url), refused(url), asked(url)
    print(f"job: exit code {code}, {len(times):,} calls accepted, {len(throttled):,} refused with 429")
    for name, change, target, end in (
        ("first call", times[0], per_minute / 60, doubled),
        ("doubled", doubled, per_minute / 30, halved),
        ("halved", halved, per_minute / 60, times[-1]),
    ):
        print(
            f"{name}, {target:.0f}/s: sends within 10 % of it {settled(sent, change, end, target)};"
            f" from there {within(times, change, end) * 1000 / (end - change):.1f}/s accepted, {within(throttled, change, end)} refused"
        )
        seconds = [
            f"{within(times, t, t + 1000)}" + (f"({refusals} refused)" if (refusals := within(throttled, t, t + 1000)) else "")
            for t in (change + 1000 * s for s in range(-5, 20))
            if t + 1000 <= times[-1] and t >= times[0]
        ]
        print(f"  each second from {'its start' if name == 'first call' else 'five before'}: {' '.join(seconds)}")


def settled(times: list[int], change: float, end: float, target: float) -> str:
    """After how many seconds the rate of three seconds is near the target, for the first time."""
    t = change
    while t + 3000 <= end:
        if abs(within(times, t, t + 3000) / 3 / target - 1) <= 0.1:
            return f"after {(t - change) / 1000:.1f} s"
        t += 100
    return "never"


if __name__ == "__main__":
    what, endpoint, *more = sys.argv[1:]
    if what == "limit":
        limit(endpoint, int(more[0]))
    elif what == "gaps":
        gaps(endpoint)
    elif what == "interrupt":
        interrupt(endpoint, int(more[0]), more[1:])
    elif what == "follow":
        follow(endpoint, int(more[0]), more[1:])
    else:
        sys.exit(__doc__)
