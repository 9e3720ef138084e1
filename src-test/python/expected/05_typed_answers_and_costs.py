import re

from notebook import bars


def numbers(text):
    return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", text)]


def check(run):
    before, again = re.findall(r"^rows .*$", run.printed, re.M)
    assert "(0 in the checkpoint" in before
    requests, none = re.findall(r"^requests +(\S+)$", run.printed, re.M)
    assert 300 < int(requests) <= 310
    assert none == "0"
    assert "cost        $0.0" in run.printed

    sample = run.table(
        "ticket_id", "product", "gold", "kind", "mood", "version", "serial", "email"
    )
    assert len(sample.rows) == 10
    assert set(sample.column("kind")) <= {"bug", "question", "other"}
    assert all(row["version"] or row["serial"] for row in sample.rows)

    releases = bars(run.picture("Bugs by release"))
    assert len(releases) == 8
    assert all(re.fullmatch(r".+ v?\d+(\.\d+)+", release) for release in releases)

    moods = bars(run.picture("How people sound"))
    assert set(moods) == {"bug", "other", "question"}
    assert sum(moods.values()) == 310

    failed = run.table("type", "code", "count")
    assert [tuple(row) for row in failed.rows] == [("invalid_input", "empty_prompt", 4)]

    (paid, estimated), (answers, most) = (
        numbers(re.search(rf"^{word}: .*$", run.printed, re.M).group())
        for word in ("Prompts", "Answers")
    )
    assert 0.6 < paid / estimated < 1.6
    assert 0 < answers < most

    result = run.names["result"]
    assert result.schema["response"].dataType.simpleString() == (
        "struct<kind:string,mood:string,version:string,serial:string,email:string>"
    )
    assert result.where("response.kind = gold").count() > 280
    assert result.where("(response IS NULL) = (error IS NULL)").count() == 0
