"""What Java says, in one line and in Python's words."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any, Iterable, Iterator

from sparkllm._errors import LlmError, OptionError
from sparkllm._options import OPTIONS

# In a message of Java's, but not in the quoted values of users.
_JAVA_NAMES = {
    option.java_name: option.name for option in OPTIONS if option.name != option.java_name
}
_WORD_OR_QUOTED = re.compile(r"'[^']*'|`[^`]*`|\w+")
# What Spark puts in front of a reason: an error class, and the job that was cancelled for it.
_SPARK_PREFIX = re.compile(r"^(\([\w.]+\) )?(\[[A-Z_.]+\] )?(Job \d+ cancelled because )?")


def reason(error: BaseException) -> str:
    """The one line of an exception that says why an action failed.

    Actions such as ``collect`` are Spark's own, and their exceptions carry dozens of lines:

    >>> try:
    ...     labelled.write.parquet("labelled")
    ... except Exception as error:
    ...     print(sparkllm.reason(error))
    """
    java = getattr(error, "java_exception", None)
    text = str(java.getMessage() if java is not None else error) or type(error).__name__
    return _SPARK_PREFIX.sub("", text.strip().split("\n", 1)[0])


def python_names(message: str, columns: Iterable[str] = ()) -> str:
    """A message of Java's with option names as Python has them."""
    names = {java: name for java, name in _JAVA_NAMES.items() if java not in set(columns)}
    return _WORD_OR_QUOTED.sub(lambda word: names.get(word.group(), word.group()), message)


@contextmanager
def told_in_one_line(df: Any) -> Iterator[None]:
    """Turns exceptions of the JVM, while it looks at a DataFrame, into this package's."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark.errors import AnalysisException, IllegalArgumentException, PySparkException

    try:
        yield
    except AnalysisException:
        # The input's own fault, in Spark's words.
        raise
    except IllegalArgumentException as error:
        raise OptionError(python_names(reason(error), _columns(df))) from None
    except (PySparkException, Py4JError) as error:
        raise LlmError(python_names(reason(error), _columns(df))) from None


def _columns(df: Any) -> Iterable[str]:
    try:
        return list(df.columns)
    except Exception:  # Of a session that is gone, say; the first reason is the one to tell.
        return ()
