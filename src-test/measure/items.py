"""Prints what an endpoint served, from its ``/stats`` with ``recordTimes``: rows a second, calls, tokens."""

import json
import sys
from urllib.request import urlopen

url, latency_ms = sys.argv[1], int(sys.argv[2])
stats = json.load(urlopen(url))
times = [call["epochMs"] for call in stats["accepted"]]
# From the first call's beginning to the last one's end.
seconds = (max(times) - min(times) + latency_ms) / 1000
rows = stats["answers"]
tokens = stats["promptTokens"] + stats["completionTokens"]
print(
    f"endpoint: {rows:,} rows in {len(times):,} calls and {seconds:.2f} s = {rows / seconds:,.0f} rows/s;"
    f" {tokens:,} tokens = {tokens / rows:,.1f} a row"
)
