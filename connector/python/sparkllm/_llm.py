"""The entry of the package."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Protocol, cast

from sparkllm import _values
from sparkllm._options import OPTIONS, OptionValues
from sparkllm._session import running
from sparkllm._spark import estimated, reported, transformed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from typing_extensions import Unpack

    from sparkllm._batch import BatchReport
    from sparkllm._estimate import Estimate
    from sparkllm.ml import LlmTransformer


class _Constructor(Protocol):
    def __call__(self, **options: Unpack[OptionValues]) -> Llm: ...


def _constructor(name: str, doc: str, **presets: str) -> Any:
    """A constructor of ``Llm`` that takes every option, whose signature and help name them all."""

    def make(**options: Any) -> Llm:
        return Llm(**{**presets, **options})

    make.__name__ = name
    make.__qualname__ = f"Llm.{name}"
    make.__doc__ = doc + "\n\nArgs:\n" + "".join(map(_help, OPTIONS))
    make.__signature__ = _SIGNATURE  # type: ignore[attr-defined]
    return staticmethod(make)


def _help(option: Any) -> str:
    default = "" if option.default is None else f" Default: {option.default}."
    return f"    {option.name}: {option.doc} ({option.allowed}).{default}\n"


_SIGNATURE = inspect.Signature(
    [
        inspect.Parameter(
            option.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=OptionValues.__annotations__[option.name].__forward_arg__,
        )
        for option in OPTIONS
    ],
    return_annotation="Llm",
)


class Llm:
    """LLM calls over the rows of a DataFrame. Immutable.

    >>> llm = Llm.chat(model="gpt-4o-mini", prompt="Classify as bug or question: {text}")
    >>> labelled = llm.transform(tickets)    # or tickets.transform(llm)

    Every row of the input gives one row: the input's columns, then ``response`` and ``error``, of
    which exactly one is null. The response is a string; of ``Llm.embeddings`` an array of floats, and
    of ``Llm.moderations`` a struct of ``flagged``, ``categories`` and ``scores``. Calls happen when an
    action pulls rows, and again with each further action, unless a ``checkpoint`` keeps the answers.
    """

    chat: _Constructor = _constructor("chat", "Calls the Chat Completions API.", api="chat")
    responses: _Constructor = _constructor("responses", "Calls the Responses API.", api="responses")
    embeddings: _Constructor = _constructor(
        "embeddings",
        "Calls the Embeddings API, many rows in a call; the response is a vector.",
        api="embeddings",
    )
    moderations: _Constructor = _constructor(
        "moderations",
        "Calls the Moderations API, many rows in a call; the response is a struct.",
        api="moderations",
    )
    classify: _Constructor = _constructor(
        "classify",
        "Chooses among labels for each text of text_col; the response is a struct of label.",
        task="classify",
    )
    sentiment: _Constructor = _constructor(
        "sentiment",
        "Says how each text of text_col feels; the response is a struct of sentiment.",
        task="sentiment",
    )
    summarize: _Constructor = _constructor(
        "summarize", "Sums up each text of text_col, in max_words at most.", task="summarize"
    )
    translate: _Constructor = _constructor(
        "translate", "Translates each text of text_col into a language.", task="translate"
    )
    extract: _Constructor = _constructor(
        "extract",
        "Takes facts out of each text of text_col; the response is the struct of returns.",
        task="extract",
    )
    embed: _Constructor = _constructor(
        "embed", "Embeds each text of text_col; the response is a vector.", task="embed"
    )
    moderate: _Constructor = _constructor(
        "moderate",
        "Looks for what is harmful in each text of text_col; the response is a struct.",
        task="moderate",
    )

    def __init__(self, **options: Unpack[OptionValues]) -> None:
        self._texts = _values.texts(options)

    def with_options(self, **options: Unpack[OptionValues]) -> Llm:
        """The same with some options changed; ``None`` takes one back to its default."""
        changed = Llm()
        changed._texts = {
            name: text
            for name, text in {**self._texts, **_values.texts(options)}.items()
            if name not in options or options[name] is not None  # type: ignore[literal-required]
        }
        return changed

    @property
    def options(self) -> Mapping[str, str]:
        """The texts of the options that are set; keys print as ``<hidden>``."""
        return dict(self._texts)

    def transform(self, df: DataFrame) -> DataFrame:
        """Appends the answer and error columns. Lazy: no call is made before an action.

        Args:
            df: a DataFrame, batch or streaming, of a classic or a Spark Connect session.

        Raises ``OptionError`` before any call, naming option or column, value and cure.
        """
        return transformed(df, self._texts)

    __call__ = transform

    def estimate(self, df: DataFrame) -> Estimate:
        """What a run over the rows would take: requests, tokens, cost and time.

        Asks nothing and needs no key; reads all rows, and the checkpoint where one is set.

        >>> print(llm.estimate(tickets))

        Raises ``OptionError``, naming option or column, value and cure.
        """
        return estimated(df, self._texts)

    def submit(self, df: DataFrame) -> BatchReport:
        """Submits, to the Batch API, the rows that have no answer in the checkpoint.

        Rows that wait in a batch are not submitted again, and equal requests once. Returns when
        the service has taken all that its limits allow. Needs ``checkpoint``, as all steps; the
        others may be taken by other processes on other days, which need the checkpoint and the
        key alone.

        >>> llm = Llm.chat(model="gpt-4o-mini", prompt="Classify: {text}", checkpoint="tickets_llm")
        >>> print(llm.submit(tickets))
        >>> llm.wait()
        >>> labelled = tickets.transform(llm.with_options(mode="batch"))

        Raises ``OptionError`` before anything is sent, naming option or column, value and cure, and
        ``LlmError`` when the service refuses or cannot be reached, or when another driver works on
        the same checkpoint's batches. Nothing is lost then: take the step again.
        """
        return reported(df, self._texts, "submit")

    def status(self, spark: Optional[SparkSession] = None) -> BatchReport:
        """Looks at the batches; changes nothing.

        Args:
            spark: a session, unless the active one is meant.

        Raises ``OptionError`` when the checkpoint holds no batches; otherwise as ``submit``.
        """
        return self._step("status", spark)

    def collect(self, spark: Optional[SparkSession] = None) -> BatchReport:
        """Keeps the results of the batches that have ended, and submits what goes again.

        Does not wait: ``is_done`` of the report tells whether all have ended. Takes and raises
        what ``status`` does.
        """
        return self._step("collect", spark)

    def wait(self, spark: Optional[SparkSession] = None) -> BatchReport:
        """Collects until all batches have ended and nothing goes again, which may take a day.

        An interrupted Python leaves the driver waiting and collecting. Takes and raises what
        ``status`` does.
        """
        return self._step("wait", spark)

    def cancel(self, spark: Optional[SparkSession] = None) -> BatchReport:
        """Gives the batches up; what was answered by then can be collected and is charged.

        Takes and raises what ``status`` does.
        """
        return self._step("cancel", spark)

    def run(self, df: DataFrame) -> DataFrame:
        """Submits the rows, waits for the batches, and gives the rows with their answers.

        With ``batch_fallback="realtime"`` the rows that the batches did not answer are asked when
        an action pulls them. Raises as ``submit``.
        """
        self.submit(df)
        self.wait(df.sparkSession)
        asks = self._texts.get("batch_fallback", "").lower() == "realtime"
        return self.with_options(mode="realtime" if asks else "batch").transform(df)

    def _step(self, command: str, spark: Optional[SparkSession]) -> BatchReport:
        return reported(running(spark).range(0), self._texts, command)

    def stage(self) -> LlmTransformer:
        """The same as a stage of a ``pyspark.ml`` pipeline, which can be saved and loaded."""
        from sparkllm.ml import LlmTransformer

        return LlmTransformer(**cast(OptionValues, self._texts))

    def __repr__(self) -> str:
        shown: Dict[str, str] = {
            name: f"<{len(text)} characters>" if name in ("prompt", "system") else repr(text)
            for name, text in self._texts.items()
        }
        return "Llm(" + ", ".join(f"{name}={text}" for name, text in shown.items()) + ")"
