"""The way to Java: py4j on a classic session, the protocol of Spark ML on Spark Connect."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterator, Mapping, NamedTuple

from sparkllm import _values
from sparkllm._batch import BatchReport, report
from sparkllm._errors import LlmError, OptionError, SessionError
from sparkllm._estimate import Estimate, estimate
from sparkllm._jar import MISSING_ON_SPARK
from sparkllm._messages import told_in_one_line
from sparkllm._option import plain
from sparkllm._session import has_jar

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

JAVA_CLASS = "io.sparkllm.ml.LlmTransformer"
BATCH_COMMAND = "io.sparkllm.ml.LlmBatchCommand"


def transformed(df: Any, texts: Mapping[str, str]) -> DataFrame:
    """The DataFrame with the answers' columns."""
    _require_dataframe(df, "transform")
    if is_of_connect(df):
        return over_connect(df, texts)
    _require_session(df.sparkSession)
    with told_in_one_line(df):
        return _output(df, _java(df, JAVA_CLASS, texts))


def reported(df: Any, texts: Mapping[str, str], command: str) -> BatchReport:
    """Takes a step of the Batch API, once and at once, and tells how the batches stand."""
    return report(_told(df, texts, command))


def estimated(df: Any, texts: Mapping[str, str]) -> Estimate:
    """What a run over the rows would take."""
    return estimate(_told(df, texts, "estimate"))


def _told(df: Any, texts: Mapping[str, str], command: str) -> Any:
    """The row that a command tells."""
    _require_dataframe(df, command)
    if is_of_connect(df):
        return _told_over_connect(df, texts, command)
    _require_session(df.sparkSession)
    with told_in_one_line(df):
        step = _java(df, BATCH_COMMAND, texts).setCommand(command)
        return _output(df, step.fit(df._jdf)).first()


def _require_dataframe(df: Any, taker: str) -> None:
    if not _is_below(df, "pyspark.sql.") or not hasattr(df, "sparkSession"):
        raise OptionError(
            f"{taker} takes a DataFrame of Spark, not a {type(df).__name__}; make one with"
            " spark.createDataFrame(…)"
        )


def is_of_connect(df: Any) -> bool:
    """Whether a DataFrame is one of Spark Connect."""
    return _is_below(df, "pyspark.sql.connect.")


def _is_below(value: Any, package: str) -> bool:
    """Whether a class, or one that it is derived from, is PySpark's, without importing it."""
    return any(kind.__module__.startswith(package) for kind in type(value).__mro__)


def _require_session(spark: Any) -> None:
    if spark.sparkContext._jsc is None:
        raise SessionError(
            "The Spark session of this DataFrame was stopped; make a new one with"
            " sparkllm.session(), and the DataFrame again"
        )
    if not has_jar(spark):
        raise SessionError(MISSING_ON_SPARK)


def _java(df: Any, java_class: str, texts: Mapping[str, str]) -> Any:
    """A stage of Java's with options."""
    stage = df.sparkSession._jvm
    for part in java_class.split("."):
        stage = getattr(stage, part)
    stage = stage()
    for name, text in texts.items():
        stage.setOption(_values.named(name).java_name, text)
    return stage


def _output(df: Any, stage: Any) -> DataFrame:
    output: DataFrame = type(df)(stage.transform(df._jdf), df.sparkSession)
    return output


def over_connect(df: Any, texts: Mapping[str, str], uid: str = "") -> DataFrame:
    """As PySpark does for its own transformers, where it knows that the process is remote.

    It does not for a session made by ``create()``, or beside a classic one.
    """
    with _connect(df, texts, JAVA_CLASS):
        from pyspark.ml.connect.proto import TransformerRelation
        from pyspark.ml.connect.serialize import serialize_ml_params

        output: DataFrame = type(df)(
            TransformerRelation(
                child=df._plan,
                name=JAVA_CLASS,
                ml_params=serialize_ml_params(_Params(texts), df.sparkSession.client),  # type: ignore[arg-type]
                uid=uid or _uid(JAVA_CLASS),
                is_model=False,
            ),
            df.sparkSession,
        )
        # Has the server look at it, so that what is wrong is told now and in one line.
        output.schema
        return output


def _told_over_connect(df: Any, texts: Mapping[str, str], command: str) -> Any:
    """As PySpark does for its own estimators, whose ``fit`` runs once and at once."""
    with _connect(df, texts, BATCH_COMMAND):
        from pyspark.ml.connect.proto import TransformerRelation
        from pyspark.ml.connect.serialize import serialize_ml_params
        from pyspark.ml.util import del_remote_cache
        from pyspark.sql.connect import proto

        client = df.sparkSession.client
        fit = proto.MlCommand.Fit(
            estimator=proto.MlOperator(
                name=BATCH_COMMAND,
                uid=_uid(BATCH_COMMAND),
                type=proto.MlOperator.OPERATOR_TYPE_ESTIMATOR,
            ),
            params=serialize_ml_params(_Params(texts, command=command), client),  # type: ignore[arg-type]
            dataset=df._plan.plan(client),
        )
        properties = client.execute_command(proto.Command(ml_command=proto.MlCommand(fit=fit)))[1]
        model = properties["ml_command_result"].operator_info.obj_ref.id
        try:
            told = TransformerRelation(
                child=df._plan, name=model, ml_params=proto.MlParams(), is_model=True
            )
            return type(df)(told, df.sparkSession).first()
        finally:
            del_remote_cache(model)


@contextmanager
def _connect(df: Any, texts: Mapping[str, str], java_class: str) -> Iterator[None]:
    """What every use of a stage over Spark Connect needs, and tells where it goes wrong."""
    _values.refuse_recorded_keys(texts)
    try:
        import pyspark.ml.connect.proto  # noqa: F401
    except ImportError:
        raise SessionError(
            "Over Spark Connect this needs PySpark 4.0 or newer, with numpy; the SQL source llm works"
            " on 3.5 too"
        ) from None
    try:
        with told_in_one_line(df):
            yield
    except OptionError:
        raise
    except LlmError as error:
        if java_class in str(error):
            raise SessionError(MISSING_ON_SPARK) from None
        raise


def _uid(java_class: str) -> str:
    return f"{java_class.rsplit('.', 1)[1]}_{uuid.uuid4().hex[-12:]}"


class _Param(NamedTuple):
    name: str


class _Params:
    """What PySpark serialises of a stage."""

    def __init__(self, texts: Mapping[str, str], **others: str) -> None:
        params = {_values.named(name).java_name: plain(text) for name, text in texts.items()}
        self._paramMap = {_Param(name): text for name, text in {**params, **others}.items()}
