import re

from notebook import bars


def check(run):
    assert re.search(r"^Stopped calling http\S+ \(model local\): quota: .*", run.printed, re.M)

    kept = run.table("outcome", "attempts", "count")
    first = sum(row["count"] for row in kept.rows if row["outcome"] == "answer")
    assert 60 <= first <= 161
    assert any(row["attempts"] == 2 for row in kept.rows if row["outcome"] == "answer")

    sources = bars(run.picture("The second run paid for"))
    assert set(sources) == {"api", "checkpoint"}
    # What the filter held back in the first run is found again as well.
    assert first <= sources["checkpoint"] <= first + 3
    assert sources["api"] + sources["checkpoint"] == 310

    seconds = run.picture("Answers per second")
    assert [line.get_ydata()[0] for line in seconds.get_lines()] == [30]
    assert sum(bar.get_height() for bar in seconds.patches) >= 310
    busiest, refused = re.search(
        r"saw (\d+) calls in its busiest second, and refused (\d+) as too many", run.printed
    ).groups()
    # The limit, and the credit of 400 ms.
    assert 10 <= int(busiest) <= 42
    assert refused == "0"

    errors = run.table("type", "retryable", "rows", "example")
    found = {row["type"]: (row["retryable"], row["rows"]) for row in errors.rows}
    assert found == {
        "server": (True, 27),
        "invalid_input": (False, 4),
        "content_filter": (False, 3),
    }
    assert bars(run.picture("Rows without an answer")) == {k: v[1] for k, v in found.items()}

    assert "Calls of the third run: 27" in run.printed
    healed = run.table("type", "count")
    assert {row["type"]: row["count"] for row in healed.rows} == {
        None: 307,
        "invalid_input": 4,
        "content_filter": 3,
    }
