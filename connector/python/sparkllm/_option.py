"""One option as Python sees it: its name, and how a value becomes the text that Java reads."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from sparkllm._errors import OptionError

# What a value may be besides a text, by kind; Java checks ranges and spellings.
_KINDS: Dict[str, Tuple[type, ...]] = {
    "text": (),
    "choice": (),
    "whole": (int,),
    "decimal": (int, float),
    "boolean": (bool,),
    "duration": (int, float, timedelta),
    "json": (Mapping,),
    "labels": (Mapping, list, tuple),
}


# What a saved stage holds where a key was set.
NOT_SAVED = "<not saved>"


class HiddenText(str):
    """A key: it travels as any text, and prints as nothing."""

    def __repr__(self) -> str:
        return "<hidden>"

    __str__ = __repr__


@dataclass(frozen=True)
class Option:
    """The Python side of one of Java's declarations."""

    java_name: str
    name: str
    kind: str
    default: Optional[str]
    allowed: str
    sensitive: bool
    doc: str

    def text(self, value: Any) -> str:
        """The text that Java reads; ``OptionError`` for a value of a wrong type."""
        if not self._takes(value):
            shown = "<hidden>" if self.sensitive else repr(value)[:60]
            raise OptionError(
                f"Option {self.name} is {shown}, a value of type {type(value).__name__};"
                f" allowed: {self.allowed}"
            )
        text = _milliseconds(value) if self.kind == "duration" else _text(value)
        if not self.sensitive or text == NOT_SAVED:
            return plain(text)
        return text if isinstance(text, HiddenText) else HiddenText(text)

    def _takes(self, value: Any) -> bool:
        if isinstance(value, str):
            return True  # As notebooks' widgets give every value.
        kinds = _KINDS[self.kind]
        return isinstance(value, kinds) and isinstance(value, bool) == (bool in kinds)


def _milliseconds(value: Any) -> str:
    if isinstance(value, str):
        return value
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    return f"{round(seconds * 1000)}ms"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return json.dumps(list(value), ensure_ascii=False)
    return value if isinstance(value, str) else str(value)


def plain(text: str) -> str:
    """The text itself, hidden or not, for what sends a value as it prints."""
    return "".join(text)


def nearest(name: str, names: Sequence[str]) -> str:
    """The known name that is most like an unknown one."""
    plain = {known.replace("_", ""): known for known in names}
    wanted = name.replace("_", "").replace("-", "").lower()
    return plain[difflib.get_close_matches(wanted, plain, n=1, cutoff=0)[0]]
