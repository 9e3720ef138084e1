"""Prints the rate that an endpoint saw, from its ``/stats``: from the first second with a call to the last."""

import json
import sys
from urllib.request import urlopen

stats = json.load(urlopen(sys.argv[1]))
seconds = stats["seconds"]
first, last = seconds[0]["epochSecond"], seconds[-1]["epochSecond"]
whole = [s["requests"] for s in seconds if first < s["epochSecond"] < last]
print(
    f"endpoint: {stats['requests']:,} requests in {last - first + 1} s"
    f" = {stats['requests'] / (last - first + 1):.1f}/s over all,"
    f" {sorted(whole)[len(whole) // 2]}/s median second, {stats['maxInFlight']} in flight at most"
)
