"""The event log, plans, the UI and the driver's log tell neither keys nor values of headers."""

import contextlib
import io
import urllib.request

import pytest
from conftest import KEY, KEY_VARIABLE

import sparkllm
from sparkllm import Llm, OptionError

LITERAL = "sk-literal-Ud74Mh"
TEAM = "team-secret-Xy52Gk"


def talkative(key, team):
    """A service that repeats the key and the header in what it says."""
    told = f"Bad request of {key} with {team}"
    return sparkllm.serve_local(
        script={
            "requireKey": key,
            "faults": [
                {"contains": "fatal", "status": 401, "code": "invalid_api_key", "message": told},
                {"contains": "row 3", "status": 400, "code": f"bad {key}", "message": told},
            ],
        }
    )


def printed(action):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        action()
    return out.getvalue()


def pages(ui):
    """What the UI tells about queries, jobs, settings and, on a server, requests of Connect."""
    told = {}
    names = ["jobs/", "stages/", "environment/", "SQL/", "connect/"]
    # More queries than there were: the page of one that there was not says so.
    names += [f"SQL/execution/?id={number}" for number in range(60)]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for name in names:
        try:
            with opener.open(f"{ui}/{name}", timeout=30) as page:
                told[name] = page.read().decode()
        except urllib.error.HTTPError as error:
            told[name] = error.read().decode()
    return told


def run(rows, llm, tmp_path):
    """Answers, errors that repeat the key, and a fatal one; gives what was printed."""
    output = rows.transform(llm)
    told = printed(lambda: output.explain(True)) + printed(lambda: output.explain("codegen"))
    told += printed(lambda: output.show(truncate=False)) + str(output.collect())
    assert output.where("error IS NOT NULL").count() == 1
    output.write.json(str(tmp_path / "written"))
    with pytest.raises(Exception) as caught:
        rows.transform(llm.with_options(prompt="fatal {text}")).collect()
    assert "Bad request" in str(caught.value)
    return told + str(caught.value) + repr(llm)


@pytest.mark.parametrize("key", [KEY, LITERAL])
def test_no_key_is_told_anywhere(application, surface, rows, tmp_path, key):
    options = {"api_key": LITERAL} if key == LITERAL else {"api_key_env": KEY_VARIABLE}
    # Headers that carry no key may be sent over Connect, whose server records them.
    team = "" if surface == "connect" else TEAM
    with talkative(key, team) as endpoint:
        llm = Llm.chat(
            endpoint=endpoint.url,
            model="echo",
            prompt="{text}",
            headers={"X-Team": team} if team else None,
            **options,
        )
        if surface == "connect" and key == LITERAL:
            with pytest.raises(OptionError, match="Spark Connect would record"):
                rows.transform(llm)
            told = repr(llm)
        else:
            told = run(rows, llm, tmp_path)
            assert endpoint.stats()["answers"] > 0  # So the key arrived.

    ui = pages(application.ui)
    events = application.events()
    assert "SparkListenerTaskEnd" in events
    assert "Environment" in ui["environment/"] and "Details for Query" in ui["SQL/execution/?id=1"]
    if surface == "connect":
        assert "Spark Connect" in ui["connect/"] and "SparkListenerConnectOperation" in events
        assert "Stopped calling" in application.log()
    for where, text in {**ui, "events": events, "log": application.log(), "told": told}.items():
        for secret in (KEY, LITERAL, TEAM):
            assert secret not in text, f"{where} tells {secret}"
