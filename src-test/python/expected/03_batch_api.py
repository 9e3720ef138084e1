import re

import pytest

from notebook import bars


def check(run):
    told = re.findall(r"^(\d+) requests, (\d+) answered, (\d+) waiting; checkpoint ", run.printed, re.M)
    assert len(told) == 3
    submitted, looked, collected = [tuple(map(int, numbers)) for numbers in told]
    requests = submitted[0]
    assert 250 < requests <= 310
    assert submitted[2] == requests
    assert looked == (requests, 120, requests)
    assert collected == (requests, requests, 0)
    assert re.search(r"^batch_\S+ +in_progress +1 +\d+ +120 ", run.printed, re.M)

    labels = run.table("response", "type", "rows")
    assert {row["response"] for row in labels.rows if row["type"] is None} == {
        "bug",
        "question",
        "other",
    }
    assert sum(row["rows"] for row in labels.rows if row["type"] is None) == 310
    assert [row["rows"] for row in labels.rows if row["type"] == "invalid_input"] == [4]

    price = bars(run.picture("Price of "))
    assert price["single calls"] == pytest.approx(2 * price["batches"])
    assert price["batches"] > 0

    assert "Submitted again: 0 requests" in run.printed
