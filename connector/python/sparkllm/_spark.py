"""The way to Java: py4j on a classic session, the protocol of Spark ML on Spark Connect."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

from sparkllm import _values
from sparkllm._errors import LlmError, OptionError, SessionError
from sparkllm._jar import MISSING_ON_SPARK
from sparkllm._messages import told_in_one_line
from sparkllm._option import plain
from sparkllm._session import has_jar

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

JAVA_CLASS = "io.sparkllm.ml.LlmTransformer"


def transformed(df: Any, texts: Mapping[str, str]) -> DataFrame:
    """The DataFrame with the answers' columns."""
    if not _is_below(df, "pyspark.sql.") or not hasattr(df, "sparkSession"):
        raise OptionError(
            f"transform takes a DataFrame of Spark, not a {type(df).__name__}; make one with"
            " spark.createDataFrame(…)"
        )
    if is_of_connect(df):
        return over_connect(df, texts)
    return _classic(df, texts)


def is_of_connect(df: Any) -> bool:
    """Whether a DataFrame is one of Spark Connect."""
    return _is_below(df, "pyspark.sql.connect.")


def _is_below(value: Any, package: str) -> bool:
    """Whether a class, or one that it is derived from, is PySpark's, without importing it."""
    return any(kind.__module__.startswith(package) for kind in type(value).__mro__)


def _classic(df: Any, texts: Mapping[str, str]) -> DataFrame:
    spark = df.sparkSession
    if spark.sparkContext._jsc is None:
        raise SessionError(
            "The Spark session of this DataFrame was stopped; make a new one with"
            " sparkllm.session(), and the DataFrame again"
        )
    if not has_jar(spark):
        raise SessionError(MISSING_ON_SPARK)
    with told_in_one_line(df):
        stage = spark._jvm.io.sparkllm.ml.LlmTransformer()
        for name, text in texts.items():
            stage.setOption(_values.named(name).java_name, text)
        output: DataFrame = type(df)(stage.transform(df._jdf), spark)
        return output


def over_connect(df: Any, texts: Mapping[str, str], uid: str = "") -> DataFrame:
    """As PySpark does for its own transformers, where it knows that the process is remote.

    It does not for a session made by ``create()``, or beside a classic one.
    """
    _values.refuse_recorded_keys(texts)
    try:
        from pyspark.ml.connect.proto import TransformerRelation
        from pyspark.ml.connect.serialize import serialize_ml_params
    except ImportError:
        raise SessionError(
            "Over Spark Connect this needs PySpark 4.0 or newer, with numpy; the SQL source llm works"
            " on 3.5 too"
        ) from None
    try:
        with told_in_one_line(df):
            client = df.sparkSession.client
            output: DataFrame = type(
                df
            )(
                TransformerRelation(
                    child=df._plan,
                    name=JAVA_CLASS,
                    ml_params=serialize_ml_params(_Params(texts), client),  # type: ignore[arg-type]
                    uid=uid or f"LlmTransformer_{uuid.uuid4().hex[-12:]}",
                    is_model=False,
                ),
                df.sparkSession,
            )
            # Has the server look at it, so that what is wrong is told now and in one line.
            output.schema
            return output
    except OptionError:
        raise
    except LlmError as error:
        if JAVA_CLASS in str(error):
            raise SessionError(MISSING_ON_SPARK) from None
        raise


class _Param(NamedTuple):
    name: str


class _Params:
    """What PySpark serialises of a transformer."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._paramMap = {_Param(_values.named(n).java_name): plain(t) for n, t in texts.items()}
