"""The README's Python quick start, run as it stands there."""

import json
import re

import pytest
from conftest import ROOT

EXPECTED = [
    json.loads(line)
    for line in (ROOT / "src-test/resources/quickstart/labelled.jsonl").read_text().splitlines()
]


@pytest.fixture
def tickets(spark):
    ids = ", ".join(str(row["ticket_id"]) for row in EXPECTED)
    sample = spark.read.parquet(str(ROOT / "jobs/sample/tickets.parquet"))
    return sample.where(f"ticket_id IN ({ids})")


def block_of_readme(heading, language):
    """The first block in that language under the heading."""
    readme = (ROOT / "README.md").read_text()
    section = re.search(rf"^#+ {heading}$(.*?)(?=^#+ )", readme, re.M | re.S).group(1)
    return re.search(rf"^```{language}\n(.*?)^```$", section, re.M | re.S).group(1)


def assert_labelled(labelled):
    rows = labelled.selectExpr("bigint(ticket_id) ticket_id", "response", "error.type error")
    assert sorted((row.asDict() for row in rows.collect()), key=lambda r: r["ticket_id"]) == sorted(
        EXPECTED, key=lambda r: r["ticket_id"]
    )


@pytest.mark.compat
def test_the_quick_start_gives_the_table_of_all_quick_starts(spark, tickets):
    assert len(EXPECTED) == 20
    names = {"spark": spark, "tickets": tickets}

    exec(block_of_readme("In Python", "python"), names)

    assert names["labelled"].columns[: len(tickets.columns)] == tickets.columns
    assert_labelled(names["labelled"])


@pytest.mark.compat
def test_the_sql_quick_start_gives_it_too(spark, tickets):
    tickets.createOrReplaceTempView("tickets")

    for statement in block_of_readme("In SQL", "sql").split(";"):
        if statement.strip():
            spark.sql(statement)

    assert_labelled(spark.table("labelled"))


def test_transform_and_the_method_of_dataframes_are_the_same(rows):
    from sparkllm import Llm

    llm = Llm.chat(endpoint="local", model="echo", prompt="{text}")

    assert llm.transform(rows).collect() == rows.transform(llm).collect()


def test_responses_calls_the_responses_api(rows, endpoint):
    from sparkllm import Llm

    llm = Llm.responses(endpoint=endpoint.url, auth_header="none", model="echo", prompt="{text}")

    assert rows.transform(llm).where("response IS NULL").count() == 0
    assert endpoint.stats()["byPath"] == {"/v1/responses": 6}


def test_embeddings_give_vectors_and_moderations_structs(rows):
    from sparkllm import Llm

    service = {"endpoint": "local", "text_col": "text"}
    embedded = rows.transform(Llm.embeddings(**service, dimensions=8, response_col="vector"))
    moderated = rows.transform(Llm.moderations(**service))

    assert dict(embedded.dtypes)["vector"] == "array<float>"
    assert embedded.where("size(vector) = 8 AND error IS NULL").count() == 6
    assert moderated.where("NOT response.flagged AND response.scores['violence'] < 0.5").count() == 6


@pytest.mark.parametrize("mode", ["array", "packed"])
def test_many_rows_in_one_call_are_answered_one_by_one(rows, endpoint, mode):
    from sparkllm import Llm

    endpoint.script({"arrays": {"accept": True}})
    llm = Llm.chat(
        endpoint=endpoint.url, auth_header="none", model="echo", prompt="{text}", mode=mode
    )

    labelled = rows.transform(llm)

    assert labelled.where("response = 'sha256:' || sha2(text, 256)").count() == 6
