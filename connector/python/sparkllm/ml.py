"""The connector as a stage of ``pyspark.ml`` pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from pyspark.ml.param import Param, Params
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql.utils import is_remote

from sparkllm import _values
from sparkllm._errors import SessionError
from sparkllm._jar import MISSING_ON_SPARK
from sparkllm._java_names import JAVA_PACKAGE
from sparkllm._messages import told_in_one_line
from sparkllm._option import NOT_SAVED
from sparkllm._options import OPTIONS, OptionValues
from sparkllm._session import has_jar, running
from sparkllm._spark import JAVA_CLASS, is_of_connect, over_connect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from typing_extensions import Unpack


class LlmTransformer(JavaTransformer, JavaMLReadable["LlmTransformer"], JavaMLWritable):
    """Appends the answers of an LLM, as ``sparkllm.Llm`` does, in a pipeline.

    >>> pipeline = Pipeline(stages=[Llm.chat(prompt="Classify: {text}").stage()])

    Each option is a Param, under its name in Java (``requestsPerMinute``), as is usual in Spark ML.
    A saved stage holds neither ``api_key`` nor ``headers``; set them again after loading. Needs
    numpy, as all of ``pyspark.ml``, and a running session.
    """

    def __init__(self, **options: Unpack[OptionValues]) -> None:
        super().__init__()
        _require_jar()
        self._java_obj = self._new_java_obj(JAVA_CLASS, self.uid)
        self.set_options(**options)

    def set_options(self, **options: Unpack[OptionValues]) -> LlmTransformer:
        """Sets options under their names in Python."""
        texts = _values.texts(options)
        return self._set(**{_values.named(name).java_name: texts[name] for name in texts})

    def _transform(self, dataset: DataFrame) -> DataFrame:
        if is_of_connect(dataset):
            return over_connect(dataset, self._texts(), self.uid)
        with told_in_one_line(dataset):
            return super()._transform(dataset)

    def write(self) -> Any:
        """A writer; keys are not saved."""
        return JavaMLWritable.write(self._without_keys() if is_remote() else self)

    def _without_keys(self) -> LlmTransformer:
        """What Java would save; Connect would send the keys before that."""
        stage = self.copy()
        for option in OPTIONS:
            if option.sensitive and stage.isSet(option.java_name):
                stage._set(**{option.java_name: NOT_SAVED})
        return stage

    def hasParam(self, paramName: str) -> bool:
        """Whether there is an option of that name in Java."""
        return paramName in _ATTRIBUTES

    def getParam(self, paramName: str) -> Param[Any]:
        """The Param of that name, ``params`` included."""
        param: Param[Any] = getattr(self, _ATTRIBUTES[paramName])
        return param

    def _set(self, **kwargs: Any) -> LlmTransformer:
        for name, value in kwargs.items():
            param = self.getParam(name)
            self._paramMap[param] = param.typeConverter(value)
        return self

    def _texts(self) -> Dict[str, str]:
        names = {option.java_name: option.name for option in OPTIONS}
        return {names[param.name]: text for param, text in self._paramMap.items()}


def _require_jar() -> None:
    if not is_remote() and not has_jar(running()):
        raise SessionError(MISSING_ON_SPARK)


def _add_params() -> Dict[str, str]:
    """Gives the class a Param for each option; the attributes by the Params' names."""
    attributes = {}
    for option in OPTIONS:
        name = option.java_name
        # PySpark has attributes of its own, such as ``params``.
        attributes[name] = name + "Param" if hasattr(JavaTransformer, name) else name
        doc = f"{option.doc} ({option.allowed})"
        param = Param(Params._dummy(), name, doc, typeConverter=option.text)
        setattr(LlmTransformer, attributes[name], param)
    return attributes


_ATTRIBUTES = _add_params()

# PySpark derives the Java class from the Python class's names, and finds the latter by the former.
LlmTransformer.__module__ = JAVA_PACKAGE
