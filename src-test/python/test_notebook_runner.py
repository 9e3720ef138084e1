"""What runs the notebooks has to see what is wrong with one."""

import pytest

from notebook import Runner, bars, cells_of, statements_of

# Once is enough: no session is used.
pytestmark = pytest.mark.classic

FIRST = "# Databricks notebook source\n"
NEXT = "\n# COMMAND ----------\n"


@pytest.fixture
def written(tmp_path):
    def write(text, suffix=".py"):
        path = tmp_path / f"story{suffix}"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_cells_are_told_apart_by_their_language(written):
    cells = cells_of(written(FIRST + "# MAGIC %md\n# MAGIC # Title" + NEXT + "x = 1" + NEXT + "# MAGIC %sql SELECT 1"))

    assert [(cell.language, cell.text) for cell in cells] == [
        ("md", "# Title"),
        ("python", "x = 1"),
        ("sql", "SELECT 1"),
    ]


@pytest.mark.parametrize(
    "text, problem",
    [
        ("x = 1", "does not begin with '# Databricks notebook source'"),
        (FIRST + "# MAGIC %md\nx = 1", "Cell 1 mixes"),
        (FIRST + "x = 1\n# MAGIC %md", "Cell 1 mixes"),
        (FIRST + "# MAGIC %sh ls", "%sh"),
    ],
)
def test_what_databricks_would_not_run_is_refused(written, text, problem):
    with pytest.raises(ValueError, match=problem):
        cells_of(written(text))


def test_an_error_names_its_cell(written):
    with pytest.raises(ZeroDivisionError) as error:
        Runner(written(FIRST + "x = 1" + NEXT + "x / 0"), spark=None).execute()

    assert error.value.__notes__ == ["in cell 2 of story.py"]


def test_exit_ends_the_notebook_with_its_value(written):
    text = FIRST + "print('before')\ndbutils.notebook.exit('enough')" + NEXT + "print('after')"

    run = Runner(written(text), spark=None).execute()

    assert run.exit_value == "enough"
    assert run.printed == "before\n"


def test_widgets_have_defaults_that_a_job_overrides(written):
    text = FIRST + "dbutils.widgets.text('a', '1')\ndbutils.widgets.text('b', '2')\nab = [dbutils.widgets.get(w) for w in 'ab']"

    run = Runner(written(text), spark=None, widgets={"b": "3"}).execute()

    assert run.names["ab"] == ["1", "3"]


def test_a_widget_that_was_not_made_is_an_error(written):
    with pytest.raises(KeyError, match="No widget is named a"):
        Runner(written(FIRST + "dbutils.widgets.get('a')"), spark=None, widgets={"a": "1"}).execute()


def test_a_secret_that_is_not_there_is_an_error(written):
    with pytest.raises(KeyError):
        Runner(written(FIRST + "dbutils.secrets.get('llm', 'openai')"), spark=None).execute()


def test_statements_end_at_semicolons_outside_of_quotes_and_comments():
    assert statements_of("SELECT ';' AS a; -- no; end\nSELECT `b;`, 1 - 2, 'it\\'s;'") == [
        "SELECT ';' AS a",
        "SELECT `b;`, 1 - 2, 'it\\'s;'",
    ]


def test_pictures_are_kept_with_their_numbers(written):
    text = FIRST + "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.set_title('Title', loc='left')\naxes.barh(['a', 'b'], [1, 2])\naxes.barh(['a', 'b'], [3, 4], left=[1, 2])"

    run = Runner(written(text), spark=None).execute()

    assert bars(run.picture("Title")) == {"a": 4, "b": 6}
