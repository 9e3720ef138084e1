"""A Spark session that has the connector's jar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Optional

from sparkllm._errors import SessionError
from sparkllm._jar import MISSING_ON_SPARK, jar

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(
    master: str = "local[*]",
    *,
    remote: Optional[str] = None,
    config: Optional[Mapping[str, str]] = None,
) -> SparkSession:
    """A session with the connector's jar: the running one, or a new local one.

    Args:
        master: Spark's master for a new classic session.
        remote: for a Spark Connect session: ``local[*]`` starts a server in this machine, with
            the jar; ``sc://host:port`` connects to one that has it.
        config: further settings of a new session.

    Raises ``SessionError`` where PySpark is missing, or where a session without the jar runs.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SessionError(
            "PySpark is not installed; install it with: pip install 'sparkllm[local]'"
        ) from None
    builder = SparkSession.builder
    for name, value in (config or {}).items():
        builder = builder.config(name, value)
    if remote is not None:
        return _remote(builder, remote)
    if SparkSession.getActiveSession() is None:
        jars = [(config or {}).get("spark.jars", ""), jar()]
        builder = builder.master(master).config("spark.jars", ",".join(filter(None, jars)))
    spark = builder.getOrCreate()
    if is_classic(spark) and not has_jar(spark):
        raise SessionError("A session is running without the jar: " + MISSING_ON_SPARK)
    return spark


def _remote(builder: SparkSession.Builder, remote: str) -> SparkSession:
    try:
        if remote.startswith("local"):
            builder = builder.config("spark.jars", jar())
        return builder.remote(remote).getOrCreate()
    except ImportError as error:
        raise SessionError(
            f"Spark Connect's client cannot be used ({error}); install it with:"
            " pip install 'sparkllm[connect]'"
        ) from None


def running(spark: Optional[SparkSession] = None) -> SparkSession:
    """A session, or else the active one; ``SessionError`` where it is stopped or there is none."""
    from pyspark.sql import SparkSession

    spark = spark or SparkSession.getActiveSession()
    if spark is None or is_classic(spark) and spark.sparkContext._jsc is None:
        raise SessionError("No Spark session is running; make one with sparkllm.session()")
    return spark


def is_classic(spark: SparkSession) -> bool:
    """Whether a session is not one of Spark Connect."""
    return not type(spark).__module__.startswith("pyspark.sql.connect.")


def has_jar(spark: SparkSession) -> bool:
    """Whether a classic session's JVM finds the connector."""
    jvm = spark._jvm
    return jvm is not None and "JavaClass" in type(jvm.io.sparkllm.ml.LlmTransformer).__name__
