"""The entry of the package."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Dict, Mapping, Protocol, cast

from sparkllm import _values
from sparkllm._options import OPTIONS, OptionValues
from sparkllm._spark import transformed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from typing_extensions import Unpack

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
    which exactly one is null. Calls happen when an action pulls rows, and again with each further
    action, unless a ``checkpoint`` keeps the answers.
    """

    chat: _Constructor = _constructor("chat", "Calls the Chat Completions API.", api="chat")
    responses: _Constructor = _constructor("responses", "Calls the Responses API.", api="responses")

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
