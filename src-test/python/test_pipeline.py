"""Stages of pyspark.ml, saved by one line of Spark and loaded by another."""

from pathlib import Path

import pyspark
import pytest
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import Tokenizer

from sparkllm import Llm, OptionError

# Each run of the suite leaves its pipeline here, for the versions that come after it.
SAVED = Path.cwd().parent / "pipelines"
KEY = "sk-pipeline-Rw36Lc"
TEAM = "team-pipeline-Jx19Pt"


def echo(**options):
    return Llm.chat(endpoint="local", model="echo", prompt="{text}", **options)


def words():
    return Tokenizer(inputCol="response", outputCol="words")


def read(folder):
    return "".join(p.read_text("latin-1") for p in Path(folder).rglob("*") if p.is_file())


def own_pipeline(surface):
    return SAVED / f"{pyspark.__version__}-{surface}"


@pytest.mark.compat
def test_a_pipeline_is_fitted_without_a_call_and_saved(surface, rows, endpoint):
    llm = echo().with_options(endpoint=endpoint.url, auth_header="none")

    model = Pipeline(stages=[llm.stage(), words()]).fit(rows)
    output = model.transform(rows)

    assert output.columns == ["id", "text", "response", "error", "words"]
    assert endpoint.stats()["requests"] == 0
    assert output.where("words[0] = 'sha256:' || sha2(text, 256)").count() == 6


@pytest.mark.compat
def test_a_pipeline_is_saved_and_loaded(surface, rows):
    path = str(own_pipeline(surface))
    stage = echo(metadata_col="metadata", params={"top_p": 0.5}).stage()
    Pipeline(stages=[stage, words()]).fit(rows).write().overwrite().save(path)

    loaded = PipelineModel.load(path)

    assert loaded.stages[0].uid == stage.uid
    assert loaded.stages[0].getOrDefault("params") == '{"top_p": 0.5}'
    assert loaded.transform(rows).where("words[0] = response AND metadata IS NOT NULL").count() == 6


@pytest.mark.classic
def test_keys_are_not_saved_and_asked_for(rows, tmp_path):
    path = str(SAVED / f"{pyspark.__version__}-with-key")
    stage = echo(api_key=KEY, headers={"X-Team": TEAM}).stage()
    Pipeline(stages=[stage, words()]).fit(rows).write().overwrite().save(path)

    loaded = PipelineModel.load(path)

    assert "apiKey" in read(path) and KEY not in read(path) and TEAM not in read(path)
    assert KEY not in stage.explainParams() and TEAM not in stage.explainParams()
    with pytest.raises(OptionError, match="Option api_key was set when this stage was saved"):
        loaded.transform(rows)
    loaded.stages[0].set_options(api_key=KEY, headers={"X-Team": TEAM})
    assert loaded.transform(rows).where("words[0] = response").count() == 6


@pytest.mark.connect
def test_what_another_line_of_spark_saved_in_another_process_is_loaded(rows):
    others = [p for p in SAVED.iterdir() if not p.name.startswith(pyspark.__version__)]
    assert others, "run the tests with an older PySpark first: src-test/pytest 3.5.9 classic"

    for path in others:
        loaded = PipelineModel.load(str(path))
        assert KEY not in read(path) and TEAM not in read(path)
        if path.name.endswith("with-key"):
            with pytest.raises(OptionError, match="Option api_key was set when this stage was"):
                loaded.transform(rows)
            loaded.stages[0].set_options(headers={})
            # The key stays on the server, and its other sources make up for it.
            loaded.stages[0].set_options(api_key_env="PYTHON_TESTS_KEY")
        assert loaded.transform(rows).where("words[0] = response").count() == 6


@pytest.mark.connect
def test_keys_are_neither_sent_nor_saved_over_connect(application, rows, tmp_path):
    path = str(tmp_path / "pipeline")
    stage = echo(api_key=KEY, headers={"X-Team": TEAM}).stage()

    with pytest.raises(OptionError, match="Spark Connect would record"):
        stage.transform(rows)
    PipelineModel([stage]).write().overwrite().save(path)

    loaded = PipelineModel.load(path).stages[0]
    assert loaded.getOrDefault("apiKey") == loaded.getOrDefault("headers") == "<not saved>"
    assert stage.getOrDefault("headers") == '{"X-Team": "%s"}' % TEAM
    told = read(path) + application.events() + application.log()
    assert KEY not in told and TEAM not in told


def test_a_copy_takes_further_values(rows):
    stage = echo().stage()

    copy = stage.copy({stage.getParam("responseCol"): "answer"})

    assert copy.transform(rows).columns == ["id", "text", "answer", "error"]
    assert stage.transform(rows).columns == ["id", "text", "response", "error"]
