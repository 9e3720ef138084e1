"""A checked set of option values."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Mapping

from sparkllm._errors import OptionError
from sparkllm._option import NOT_SAVED, Option, nearest
from sparkllm._options import OPTIONS

BY_NAME: Dict[str, Option] = {option.name: option for option in OPTIONS}

# The headers that Java takes for keys, too.
_KEY_HEADER = re.compile(r"(proxy-)?authorization|(x-)?(goog-)?api-?key", re.IGNORECASE)

_RECORDED = (
    "Option {} holds a key, which Spark Connect would record with the plan; keep it on the server, in"
    " an environment variable (api_key_env) or a file (api_key_file), which a cluster can fill from"
    " its secret store"
)


def texts(values: Mapping[str, Any]) -> Dict[str, str]:
    """Names and texts of the options that are set; ``None`` stands for the default.

    Raises ``OptionError`` for a name that there is not, or a value of a wrong type.
    """
    return {name: named(name).text(value) for name, value in values.items() if value is not None}


def named(name: str) -> Option:
    """The option of that name; ``OptionError``, with the nearest name, where there is none."""
    option = BY_NAME.get(name)
    if option is None:
        raise OptionError(
            f"Unknown option {name}; the nearest known is {nearest(name, list(BY_NAME))}"
        )
    return option


def refuse_recorded_keys(values: Mapping[str, str]) -> None:
    """Keeps keys on this side of Spark Connect, whose server records what it is sent."""
    if values.get("api_key", NOT_SAVED) != NOT_SAVED:
        raise OptionError(_RECORDED.format("api_key"))
    if has_key_header(values.get("headers", "{}")):
        raise OptionError(_RECORDED.format("headers"))


def has_key_header(headers: str) -> bool:
    """Whether a JSON object of headers has one that carries a key."""
    try:
        names = json.loads(headers)
    except ValueError:
        return False  # No JSON: the server says so, and shows nothing of it.
    return any(_KEY_HEADER.fullmatch(name) for name in names)
