"""Prints how the heap developed, from a JVM's ``-Xlog:gc`` file: what was left after each collection."""

import re
import sys

after = [int(m[1]) for line in open(sys.argv[1]) if (m := re.search(r"\d+M->(\d+)M\(\d+M\)", line))]
quarter = max(1, len(after) // 4)
for name, part in (("first", after[:quarter]), ("second", after[quarter : 2 * quarter]),
                   ("third", after[2 * quarter : 3 * quarter]), ("last", after[3 * quarter :])):
    print(f"heap after collections, {name} quarter of {len(after)}: least {min(part)} MB, median {sorted(part)[len(part) // 2]} MB, most {max(part)} MB")
