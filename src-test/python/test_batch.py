"""The Batch API's steps from Python, which act at once and on the server."""

from datetime import datetime, timedelta, timezone

import pytest
from test_bad_calls import refused

from sparkllm import Batch, BatchReport, Llm, LlmError, OptionError

HOLD = {"batch": {"hold": ["in_progress"]}}
RIGHT = "response = 'sha256:' || sha2(text, 256) AND error IS NULL"


@pytest.fixture
def llm(endpoint, tmp_path):
    return Llm.chat(
        endpoint=endpoint.url,
        model="echo",
        prompt="{text}",
        checkpoint=str(tmp_path / "checkpoint"),
        metadata_col="metadata",
    )


def bare(llm):
    """What another process needs on another day."""
    return Llm(checkpoint=llm.options["checkpoint"])


@pytest.mark.compat
def test_steps_are_taken_by_different_processes(spark, rows, llm, endpoint):
    endpoint.script(HOLD)

    submitted = llm.submit(rows)
    stands = bare(llm).status()
    missing = llm.with_options(mode="batch").transform(rows)

    (batch,) = submitted.batches
    assert (submitted.requests, submitted.waiting, submitted.is_done) == (6, 6, False)
    assert submitted.checkpoint.endswith(llm.options["checkpoint"])
    assert (batch.requests, batch.round, batch.is_done) == (6, 1, False)
    assert stands.batches[0].id == batch.id
    assert stands.batches[0].since == batch.since
    now = datetime.now(timezone.utc)
    assert now - timedelta(minutes=10) < batch.since <= now
    assert now < stands.batches[0].expires <= now + timedelta(days=1)
    assert missing.where("error.type = 'batch_missing' AND response IS NULL").count() == 6

    endpoint.script({})
    collected = bare(llm).wait(spark)

    assert (collected.answered, collected.waiting, collected.is_done) == (6, 0, True)
    assert bare(llm).collect() == bare(llm).status() == collected
    labelled = rows.transform(llm.with_options(mode="batch"))
    assert labelled.where(f"{RIGHT} AND metadata.batch_id = '{batch.id}'").count() == 6
    assert endpoint.stats()["batch"]["creates"] == 1
    assert endpoint.stats()["answers"] == 6


def test_run_gives_each_row_its_answer_and_pays_once(rows, llm, endpoint):
    assert llm.run(rows.union(rows)).where(RIGHT).count() == 12
    assert llm.run(rows).where(RIGHT).count() == 6

    assert endpoint.stats()["answers"] == 6
    # Nothing was left to submit.
    assert endpoint.stats()["batch"]["creates"] == 1


def test_run_asks_what_batches_leave_in_realtime_where_that_is_wanted(rows, llm, endpoint):
    endpoint.script({"batch": {"lines": [{"kind": "omit", "contains": "row 3"}]}})

    labelled = llm.with_options(batch_fallback="realtime").run(rows)

    assert endpoint.stats()["answers"] == 5
    assert labelled.where(f"{RIGHT} AND metadata.source = 'api' AND id = 3").count() == 1
    assert labelled.where(RIGHT).count() == 6


def test_a_cancelled_batch_answers_no_more(rows, llm, endpoint):
    endpoint.script(HOLD)
    llm.submit(rows)

    bare(llm).cancel()
    endpoint.script({})

    (batch,) = bare(llm).wait().batches
    assert (batch.state, batch.is_done, batch.answered) == ("cancelled", True, 0)
    labelled = rows.transform(llm.with_options(mode="batch"))
    assert labelled.where("error.type = 'batch_cancelled'").count() == 6


def test_a_report_prints_as_a_table():
    since = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)
    batch = Batch("f-1", None, "uploaded", False, 1, 500, 0, 0, since, None)
    live = Batch("f-2", "batch_1", "in_progress", False, 1, 700, 20, 1, since, since)

    assert str(BatchReport("/data/llm", False, 1200, 20, 1200, 9000, None, (batch, live))) == (
        "batch    state        round  requests  answered  failed  expires (UTC)\n"
        "f-1      uploaded     1      500       0         0\n"
        "batch_1  in_progress  1      700       20        1       2026-01-02 03:04\n"
        "1200 requests, 20 answered, 1200 waiting; checkpoint /data/llm"
    )


def test_what_is_wrong_is_told_in_one_line(spark, rows, llm, tmp_path):
    for step in (lambda: llm.with_options(checkpoint=None).submit(rows), Llm.chat().status):
        with refused(OptionError, "Option checkpoint is not set"):
            step()
    with refused(OptionError, f"Option checkpoint is '{tmp_path}"):
        bare(llm).collect(spark)
    with refused(OptionError, "Option batch_file_requests is '0'; allowed: a whole number from 1"):
        llm.with_options(batch_file_requests=0).submit(rows)
    with refused(OptionError, "Option prompt names the column body", "its columns: id, text"):
        llm.with_options(prompt="{body}").submit(rows)
    with refused(OptionError, "submit takes a DataFrame of Spark, not a list"):
        llm.submit(["row"])


def test_a_service_that_refuses_is_told(rows, llm, endpoint):
    endpoint.script({"batch": {"unsupportedModels": ["echo"]}})

    with refused(LlmError, "not supported by the Batch API"):
        llm.run(rows)

    endpoint.script({})
    assert llm.run(rows).where(RIGHT).count() == 6


@pytest.mark.connect
def test_keys_are_refused_over_connect(rows, llm):
    with refused(OptionError, "Spark Connect would record", "api_key_env"):
        llm.with_options(api_key="sk-1234567").submit(rows)
