"""LLM calls over the rows of a Spark DataFrame.

>>> import sparkllm
>>> from sparkllm import Llm
>>> spark = sparkllm.session()
>>> llm = Llm.chat(endpoint="local", prompt="Summarize: {text}")
>>> labelled = tickets.transform(llm)

Classic sessions (Spark 3.5 to 4.3) and Spark Connect (4.0 to 4.3) take the same calls.
"""

from sparkllm import _java_names
from sparkllm._batch import Batch, BatchReport
from sparkllm._errors import LlmError, OptionError, SessionError
from sparkllm._estimate import Estimate
from sparkllm._jar import jar
from sparkllm._llm import Llm
from sparkllm._messages import reason
from sparkllm._options import OptionValues
from sparkllm._serve import LocalEndpoint, serve_local
from sparkllm._session import session

__all__ = [
    "Batch",
    "BatchReport",
    "Estimate",
    "Llm",
    "LlmError",
    "LocalEndpoint",
    "OptionError",
    "OptionValues",
    "SessionError",
    "jar",
    "reason",
    "serve_local",
    "session",
]

_java_names.register()
