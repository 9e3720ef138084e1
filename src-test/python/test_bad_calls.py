"""What is wrong is told in one line, with the cure, and without a stack of Java's."""

import contextlib
import subprocess
import sys
import traceback

import pytest
from conftest import ConnectServer

import sparkllm
from sparkllm import Llm, LlmError, OptionError, SessionError


@contextlib.contextmanager
def refused(kind, *parts):
    with pytest.raises(kind) as caught:
        yield
    error = caught.value
    told = traceback.format_exception(type(error), error, error.__traceback__)
    # What a notebook shows: the frames of this process, and one line.
    assert "\n" not in str(error)
    assert told[-1].strip().endswith(str(error))
    assert "The above exception" not in "".join(told)
    assert "py4j" not in "".join(told) and "JVM stacktrace" not in "".join(told)
    for part in parts:
        assert part in str(error)


def local(**options):
    return Llm.chat(**{"endpoint": "local", "model": "echo", "prompt": "{text}", **options})


def test_an_unknown_option_names_the_nearest():
    with refused(OptionError, "Unknown option modell; the nearest known is model"):
        Llm.chat(modell="gpt-4o-mini")
    with refused(OptionError, "requestsPerMinute; the nearest known is requests_per_minute"):
        Llm.chat(requestsPerMinute=5)


def test_a_wrong_type_is_told_when_it_is_given():
    for value in ([64], 6.4, True):
        with refused(OptionError, "Option concurrency is ", "a whole number from 1 to 4096"):
            Llm.chat(concurrency=value)
    with refused(OptionError, "Option prompt is 7, a value of type int; allowed: a text"):
        Llm.chat(prompt=7)
    with refused(OptionError, "Option api_key is <hidden>, a value of type bytes"):
        Llm.chat(api_key=b"sk-1234567")


@pytest.mark.compat
def test_a_value_out_of_range_is_told_by_its_name_in_python(rows):
    with refused(OptionError, "Option requests_per_minute is '0'; allowed: a whole number from 1"):
        local(requests_per_minute=0).transform(rows)
    with refused(OptionError, "Option concurrency is 'many'; allowed: a whole number from 1"):
        local(concurrency="many").transform(rows)


@pytest.mark.compat
def test_a_missing_column_is_told_with_the_columns_that_there_are(rows):
    with refused(OptionError, "Option prompt names the column body", "its columns: id, text"):
        local(prompt="{body}").transform(rows)


def test_what_means_nothing_beside_the_api_is_told(rows):
    with refused(OptionError, "Option system has no place in api=embeddings; leave it out"):
        Llm.embeddings(endpoint="local", text_col="text", system="Be kind").transform(rows)
    with refused(OptionError, "Options prompt, text_col are set; set one of them"):
        local(text_col="text").transform(rows)
    with refused(OptionError, "Option batch_size is 8, but with api=chat and mode=realtime"):
        local(batch_size=8).transform(rows)


def test_columns_keep_their_names_in_messages(rows):
    with refused(OptionError, "messages_col", "its columns: id, maxTokens"):
        renamed = rows.withColumnRenamed("text", "maxTokens")
        local(prompt=None, messages_col="nope").transform(renamed)


def test_a_missing_key_is_told_with_the_options_of_python(rows):
    with refused(OptionError, "NO_SUCH_KEY is not set on the driver", "api_key_file"):
        Llm.chat(model="m", prompt="{text}", api_key_env="NO_SUCH_KEY").transform(rows)


def test_a_checkpoint_that_cannot_be_written_is_told(rows):
    with refused(LlmError, "/proc"):
        local(checkpoint="/proc/no/checkpoint").transform(rows)


def test_what_is_no_dataframe_is_refused():
    with refused(OptionError, "transform takes a DataFrame of Spark, not a list"):
        local().transform([("text",)])


def test_a_failed_action_has_a_reason(rows, endpoint):
    labelled = local(endpoint=endpoint.url, auth_header="none", model="nope").transform(rows)

    with pytest.raises(Exception) as caught:
        labelled.collect()

    assert sparkllm.reason(caught.value).startswith(f"Stopped calling {endpoint.url} (model nope)")
    assert "\n" not in sparkllm.reason(caught.value)


def test_a_fault_of_the_input_stays_spark_s_own(rows):
    from pyspark.errors import AnalysisException

    with pytest.raises(AnalysisException, match="nope"):
        local().transform(rows.select("nope")).columns


@pytest.mark.connect
def test_keys_are_refused_over_connect_before_they_are_sent(application, rows):
    for options in ({"api_key": "sk-1234567"}, {"headers": {"X-Api-Key": "sk-1234567"}}):
        with refused(OptionError, "Spark Connect would record", "api_key_env", "api_key_file"):
            local(**options).transform(rows)
    # The server would refuse them too, and log it.
    assert "Spark Connect would record" not in application.log()


@pytest.mark.connect
def test_a_server_without_the_jar_is_told(tmp_path):
    from pyspark.sql.connect.session import SparkSession

    server = ConnectServer(tmp_path, "")
    spark = SparkSession.builder.remote(server.url).create()
    try:
        rows = spark.createDataFrame([("a",)], "text string")
        for use in (local().transform, local(checkpoint="/tmp/none").submit):
            with refused(
                SessionError, "The connector's jar is not on Spark's class path", "library"
            ):
                use(rows)
    finally:
        spark.stop()
        server.close()


@pytest.mark.connect
def test_a_stopped_session_of_connect_is_told(application):
    from pyspark.sql.connect.session import SparkSession

    spark = SparkSession.builder.remote(application.url).create()
    rows = spark.createDataFrame([("a",)], "text string")
    spark.stop()

    with refused(LlmError):
        local().transform(rows)


def in_another_process(code):
    """What a Python program prints."""
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip().splitlines()


@pytest.mark.classic
def test_a_class_path_without_the_jar_is_told():
    told = in_another_process(
        """
from pyspark.sql import SparkSession
import sparkllm
spark = SparkSession.builder.master("local[1]").getOrCreate()
rows = spark.range(1).selectExpr("'a' text")
llm = sparkllm.Llm.chat(endpoint="local", prompt="{text}")
for use in (lambda: llm.transform(rows), llm.stage, sparkllm.session):
    try:
        use()
    except sparkllm.SessionError as error:
        print(error)
"""
    )
    assert len(told) == 3
    for line in told:
        assert "The connector's jar is not on Spark's class path" in line
        assert "sparkllm.session()" in line and "library" in line


@pytest.mark.classic
def test_no_session_is_told():
    told = in_another_process(
        """
import sparkllm
spark = sparkllm.session("local[1]")
rows = spark.range(1).selectExpr("'a' text")
llm = sparkllm.Llm.chat(endpoint="local", prompt="{text}")
spark.stop()
for use in (llm.stage, llm.status, lambda: llm.transform(rows)):
    try:
        use()
    except sparkllm.SessionError as error:
        print(error)
"""
    )
    assert told[:2] == 2 * ["No Spark session is running; make one with sparkllm.session()"]
    assert "was stopped; make a new one with sparkllm.session()" in told[2]


def test_pyspark_is_asked_for_where_it_is_missing():
    told = in_another_process(
        """
import sys
sys.modules["pyspark"] = None
import sparkllm
try:
    sparkllm.session()
except sparkllm.SessionError as error:
    print(error)
"""
    )
    assert told == ["PySpark is not installed; install it with: pip install 'sparkllm[local]'"]


def test_an_installation_without_its_jar_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("sparkllm._jar._JAR", tmp_path / "none.jar")
    with refused(SessionError, f"There is no jar at {tmp_path}/none.jar; run 'mvn package'"):
        sparkllm.jar()


def test_a_bad_script_of_the_local_endpoint_is_told(endpoint):
    with refused(LlmError, "unknown key 'latency'", "latencyMs"):
        sparkllm.serve_local(script={"latency": 5})
    with refused(LlmError, "unknown key 'latency'", "latencyMs"):
        endpoint.script({"latency": 5})
    with refused(LlmError, "Cannot listen on 127.0.0.1"):
        sparkllm.serve_local(port=int(endpoint.url.split(":")[2].split("/")[0]))
