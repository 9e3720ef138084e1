"""Lets PySpark find the Python class of the pipeline stage by its Java class's name.

PySpark turns the class that a saved stage names, ``io.sparkllm.ml.LlmTransformer``, into a Python
module and a class. There is no such module, as ``io`` is Python's own, so one is put in its place.
It imports ``pyspark.ml``, which needs numpy, when a stage is asked for and not before.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

JAVA_PACKAGE = "io.sparkllm.ml"


class _Stages(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        from sparkllm import ml

        return getattr(ml, name)


def register() -> None:
    """Makes ``__import__("io.sparkllm.ml")`` work."""
    sys.modules.setdefault(JAVA_PACKAGE, _Stages(JAVA_PACKAGE, __doc__))
