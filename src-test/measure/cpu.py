"""Runs a command and prints what it and its children took: wall and CPU seconds, and its exit code."""

import resource
import subprocess
import sys
import time

start = time.monotonic()
code = subprocess.run(sys.argv[1:]).returncode
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"took {wall:.1f} s, {used.ru_utime + used.ru_stime:.1f} CPU s, exit code {code}")
sys.exit(code)
