"""Every notebook runs from top to bottom, and shows what its file in ``expected`` says.

Over Spark Connect they run by hand: NOTEBOOKS=connect src-test/pytest 4.3.0 connect -k notebooks
"""

import ast
import importlib
import os
from pathlib import Path

import pytest
import sparkllm

from notebook import LANGUAGES, Runner, cells_of

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").iterdir())
EXPECTED = Path(__file__).parent / "expected"
PICTURES = ROOT / "src-test" / "target" / "notebooks"
KEY = "sk-from-the-secret-scope"

pytest.register_assert_rewrite("expected")
OVER_CONNECT = os.environ.get("NOTEBOOKS") == "connect"
pytestmark = [] if OVER_CONNECT else [pytest.mark.classic]


def run(notebook, spark, folder, **kinds):
    widgets = {"folder": str(folder), **kinds.pop("widgets", {})}
    # A session of its own: views and settings of one notebook are not there in the next.
    session = spark if OVER_CONNECT else spark.newSession()
    # The tickets are few, and so are the cores.
    session.conf.set("spark.sql.shuffle.partitions", 2)
    session.conf.set("spark.sql.files.openCostInBytes", 0)
    return Runner(notebook, session, widgets, **kinds).execute()


def named(name):
    return next(notebook for notebook in NOTEBOOKS if notebook.stem == name)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_shows_what_is_expected(notebook, spark, tmp_path):
    expectations = EXPECTED / f"{notebook.stem}.py"
    assert notebook.suffix in LANGUAGES, f"{notebook.name} is no notebook in source format"
    assert expectations.is_file(), f"Say in {expectations} what {notebook.name} has to show"
    asserted = [n for n in ast.walk(ast.parse(expectations.read_text())) if isinstance(n, ast.Assert)]
    assert asserted, f"{expectations} asserts nothing"

    PICTURES.mkdir(parents=True, exist_ok=True)
    done = run(notebook, spark, tmp_path, pictures=PICTURES)

    importlib.import_module(f"expected.{notebook.stem}").check(done)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_begins_with_its_title_and_the_widgets(notebook):
    title, widgets, *_ = cells_of(notebook)

    assert title.language == "md"
    assert title.text.startswith("# ")
    for widget in ("input", "folder", "endpoint", "model"):
        assert f'"{widget}"' in widgets.text or f" {widget} " in widgets.text


def test_expectations_belong_to_a_notebook():
    stems = {notebook.stem for notebook in NOTEBOOKS}

    assert {file.stem for file in EXPECTED.glob("*.py")} <= stems


@pytest.fixture
def service():
    """Stands for a real service: at a URL, with a key, and without bad days."""
    with sparkllm.serve_local(script={"requireKey": KEY, "models": ["gpt"]}) as endpoint:
        yield endpoint


@pytest.mark.classic  # Over Spark Connect a key in code is refused.
@pytest.mark.parametrize("name", ["01_quickstart", "02_limits_errors_and_resume"])
def test_a_real_service_is_asked_with_the_key_of_the_secret_scope(
    name, application, spark, service, tmp_path
):
    tickets = spark.read.parquet(str(ROOT / "jobs" / "sample" / "tickets.parquet"))
    some = tickets.where("ticket_id % 10 = 0 AND length(text) > 20")
    some.write.parquet(str(tmp_path / "some"))

    done = run(
        named(name),
        spark,
        tmp_path,
        widgets={
            "input": str(tmp_path / "some"),
            "endpoint": service.url,
            "model": "gpt",
            "secret_scope": "llm",
            "secret_key": "openai",
        },
        secrets={("llm", "openai"): KEY},
    )

    asked = some.count()
    assert service.stats()["distinctPrompts"] == asked
    assert done.names["result"].where("response IS NOT NULL").count() == asked > 30
    assert KEY not in done.shown()
    assert KEY not in application.events()
