"""The connector's jar, which the wheel carries."""

from __future__ import annotations

from pathlib import Path

from sparkllm._errors import SessionError

_JAR = Path(__file__).parent / "jars" / "spark-llm-connector.jar"

MISSING_ON_SPARK = (
    "The connector's jar is not on Spark's class path; start with sparkllm.session(), or set"
    " spark.jars to sparkllm.jar() before Spark starts, or attach the jar to the cluster as a"
    " library"
)


def jar() -> str:
    """The path of the connector's jar, one for every version of Spark from 3.5 on.

    Raises ``SessionError`` where the package was installed without its jar.
    """
    if not _JAR.is_file():
        raise SessionError(
            f"There is no jar at {_JAR}; run 'mvn package' and install connector/python again"
        )
    return str(_JAR)
