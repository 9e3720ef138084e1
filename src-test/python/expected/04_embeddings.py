import re

import pytest


def check(run):
    asked, calls = map(
        int, re.search(r"^(\d+) texts were asked for, in (\d+) calls", run.printed, re.M).groups()
    )
    # Two of the tickets with a text may be the same; the pasted file is asked for as well.
    assert 300 < asked <= 310
    assert calls < asked

    sample = run.table("text", "length", "beginning")
    assert set(sample.column("length")) == {256}
    for row in sample.rows:
        assert len(row["beginning"]) == 4
        assert all(isinstance(number, float) for number in row["beginning"])

    failed = run.table("ticket_id", "type", "code", "message")
    assert [(row["ticket_id"], row["type"]) for row in failed.rows] == [
        (1, "invalid_request"),
        (48436, "invalid_input"),
        (48626, "invalid_input"),
        (49165, "invalid_input"),
        (49440, "invalid_input"),
        (49930, "invalid_input"),
    ]
    assert failed.column("code")[1:] == ["empty_prompt"] * 4 + ["input_too_long"]

    nearest = run.table("ticket_id", "similarity", "text")
    assert len(nearest.rows) == 5
    assert nearest.column("similarity") == sorted(nearest.column("similarity"), reverse=True)
    assert 0.3 < nearest.rows[0]["similarity"] < 1
    assert "cancel" in nearest.rows[0]["text"].lower()

    groups = run.table("cluster", "bug", "question", "other")
    sizes = [list(row)[1:] for row in groups.rows]
    assert len(sizes) == 3
    assert sum(map(sum, sizes)) == 309
    # Guessing the most frequent label would be right for 143.
    assert sum(map(max, sizes)) > 200

    tickets = run.picture("tickets by what they say")
    assert tickets.get_title(loc="left").startswith("309 ")
    assert [text.get_text() for text in tickets.get_legend().get_texts()] == [
        "bug",
        "other",
        "question",
    ]
    assert [len(points.get_offsets()) for points in tickets.collections] == [143, 55, 111]

    assert "Calls of the second run: 0\nVectors: 309 of 315 rows\n" in run.printed
    assert "Calls of the third run: 1\nVectors: 310 of 315 rows\n" in run.printed

    vectors = run.names["vectors"]
    assert vectors.schema["vector"].dataType.simpleString() == "array<float>"
    first = vectors.where("text IS NOT NULL").first()["vector"]
    assert sum(x * x for x in first) == pytest.approx(1, abs=1e-4)
