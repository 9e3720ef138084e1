"""Python's options are those of the jar, and their values become the texts that Java reads."""

import inspect
from datetime import timedelta

import pytest

from sparkllm import Llm
from sparkllm._options import OPTIONS, OptionValues
from sparkllm._values import has_key_header


@pytest.mark.classic
def test_every_option_of_the_jar_is_there(spark):
    declared = spark._jvm.io.sparkllm.config.Options.all()

    assert [(o.java_name, o.allowed, o.sensitive) for o in OPTIONS] == [
        (o.name(), o.type().allowed(), o.isSensitive()) for o in declared
    ]


def test_constructors_tell_their_keyword_arguments():
    for constructor in (Llm.chat, Llm.responses, Llm.embeddings, Llm.moderations, Llm.classify):
        parameters = inspect.signature(constructor).parameters
        assert list(parameters) == [o.name for o in OPTIONS] == list(OptionValues.__annotations__)
        assert parameters["max_tokens"].annotation == "int"
        for option in OPTIONS:
            assert f"    {option.name}: {option.doc}" in constructor.__doc__


def test_values_become_texts():
    llm = Llm.chat(
        temperature=0.5,
        max_tokens=100,
        ordered=False,
        request_timeout=timedelta(seconds=90),
        row_timeout=600,
        params={"top_p": 0.9, "stop": ["é"]},
        requests_per_minute="300",
        system=None,
    )

    assert llm.options == {
        "api": "chat",
        "temperature": "0.5",
        "max_tokens": "100",
        "ordered": "false",
        "request_timeout": "90000ms",
        "row_timeout": "600000ms",
        "params": '{"top_p": 0.9, "stop": ["é"]}',
        "requests_per_minute": "300",
    }


def test_constructors_name_their_api():
    for name in ("chat", "responses", "embeddings", "moderations"):
        assert getattr(Llm, name)(text_col="text").options == {"api": name, "text_col": "text"}


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ("bug,other", "bug,other"),
        (["bug", "a, b"], '["bug", "a, b"]'),
        ({"bug": "it fails", "other": ""}, '{"bug": "it fails", "other": ""}'),
    ],
)
def test_labels_are_a_text_a_list_or_a_dict(labels, text):
    assert Llm.classify(labels=labels).options == {"task": "classify", "labels": text}


@pytest.mark.parametrize(
    "name", ["classify", "sentiment", "summarize", "translate", "extract", "embed", "moderate"]
)
def test_tasks_have_a_constructor_each(name):
    assert getattr(Llm, name)(text_col="text").options == {"task": name, "text_col": "text"}


def test_a_task_needs_no_prompt(rows):
    llm = Llm.classify(labels=["bug", "other"], endpoint="local", text_col="text")

    answered = rows.transform(llm)

    assert answered.where("response.label IN ('bug', 'other') OR error IS NOT NULL").count() == 6


def test_java_takes_each_text(rows):
    llm = Llm.chat(
        endpoint="local",
        model="echo",
        prompt="{text}",
        temperature=0.5,
        ordered=False,
        request_timeout=timedelta(milliseconds=1500),
        row_timeout=90.5,
        params={"top_p": 0.9},
        headers={"X-Team": "data"},
        on_fatal="column",
        max_error_ratio=1,
        metadata_col="metadata",
    )

    assert rows.transform(llm).where("response LIKE 'sha256:%' AND error IS NULL").count() == 6


def test_an_llm_is_not_changed():
    llm = Llm.chat(model="a", prompt="{text}")

    other = llm.with_options(model="b", prompt=None)

    assert llm.options == {"api": "chat", "model": "a", "prompt": "{text}"}
    assert other.options == {"api": "chat", "model": "b"}


def test_keys_and_prompts_are_not_printed():
    llm = Llm.chat(prompt="{text}", api_key="sk-1234567", headers={"X-Team": "team-1234567"})

    for text in (repr(llm), str(llm), str(llm.options), f"{llm.options['api_key']}"):
        assert "1234567" not in text
    assert "prompt=<6 characters>" in repr(llm)


@pytest.mark.classic
def test_headers_with_keys_are_those_of_java(spark):
    jvm = spark._jvm
    for name in (
        "Authorization",
        "proxy-authorization",
        "api-key",
        "apikey",
        "X-API-Key",
        "x-goog-api-key",
        "X-Team",
        "authorization-note",
    ):
        headers = '{"%s": "v"}' % name
        options = jvm.io.sparkllm.LlmOptions.of({"headers": headers})
        java = jvm.io.sparkllm.config.Endpoint.hasKeyHeader(options)
        assert has_key_header(headers) == java, name
