"""What a run would take, told by the server and without a call."""

from datetime import timedelta
from decimal import Decimal

import pytest
from test_bad_calls import refused

from sparkllm import Estimate, Llm, OptionError


@pytest.mark.compat
def test_an_estimate_asks_nothing(rows, endpoint):
    llm = Llm.chat(
        endpoint=endpoint.url,
        model="gpt-4o-mini",
        prompt="{text}",
        max_tokens=100,
        requests_per_minute=6,
    )

    estimate = llm.estimate(rows)

    assert (estimate.rows, estimate.requests, estimate.completion_tokens) == (6, 6, 600)
    assert estimate.prompt_tokens > 6
    assert estimate.batch_cost == estimate.cost / 2
    assert Decimal("0.00036") < estimate.cost < Decimal("0.0004")
    assert estimate.flex_cost is None
    assert (estimate.time, estimate.limited_by) == (timedelta(minutes=1), "requestsPerMinute")
    assert any("by characters" in text for text in estimate.assumptions)
    assert "flex price unknown" in str(estimate)
    assert endpoint.stats()["requests"] == 0


def test_an_unknown_price_is_none(rows):
    estimate = Llm.chat(model="mine", auth_header="none", prompt="{text}").estimate(rows)

    assert (estimate.cost, estimate.batch_cost) == (None, None)
    assert any(text.startswith("price unknown: ") for text in estimate.assumptions)


def test_prints_as_a_list():
    estimate = Estimate(
        1200, 1, 100, 99, 1000, 50_000, 10_000, Decimal("0.5"), None, Decimal("0.25"),
        timedelta(seconds=90), "concurrency", ("by tens",),
    )  # fmt: skip

    assert str(estimate) == (
        "rows        1,200 (100 in the checkpoint, 99 equal to others, 1 that cannot be asked)\n"
        "requests    1,000\n"
        "tokens      50,000 of prompts, 10,000 of answers\n"
        "cost        $0.5; flex price unknown, batch $0.25\n"
        "time        0:01:30, by concurrency\n"
        "            by tens"
    )


def test_what_is_wrong_is_told_in_one_line(rows):
    with refused(OptionError, "Option prompt names the column body", "its columns: id, text"):
        Llm.chat(endpoint="local", prompt="{body}").estimate(rows)
    with refused(OptionError, "estimate takes a DataFrame of Spark, not a list"):
        Llm.chat(endpoint="local", prompt="{text}").estimate(["row"])
