"""What a run would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Optional, Tuple


@dataclass(frozen=True)
class Estimate:
    """What a run would take, made without a call; prints as a list."""

    rows: int
    """Rows of the input."""
    unfit: int
    """Rows that cannot be asked, and get their error without a call."""
    kept: int
    """Rows whose answer the checkpoint holds."""
    shared: int
    """Rows that share the answer of an equal one."""
    requests: int
    """Requests, with as many rows in each as ``batch_size`` allows."""
    prompt_tokens: int
    """Tokens of the prompts."""
    completion_tokens: int
    """Tokens of the answers."""
    cost: Optional[Decimal]
    """Dollars of calls that are answered at once; ``None`` where the price is unknown."""
    flex_cost: Optional[Decimal]
    """Dollars with flex processing; ``None`` where the price is unknown."""
    batch_cost: Optional[Decimal]
    """Dollars through the Batch API; ``None`` where the price is unknown."""
    time: Optional[timedelta]
    """How long the calls take, at least; ``None`` in ``mode="batch"``."""
    limited_by: str
    """What makes it take so long."""
    assumptions: Tuple[str, ...]
    """What the numbers go by, a sentence each, with the errors to expect."""

    def __str__(self) -> str:
        lines = [
            f"rows        {self.rows:,} ({self.kept:,} in the checkpoint, {self.shared:,} equal to"
            f" others, {self.unfit:,} that cannot be asked)",
            f"requests    {self.requests:,}",
            f"tokens      {self.prompt_tokens:,} of prompts, {self.completion_tokens:,} of answers",
            f"cost        {_dollars(self.cost)}; flex {_dollars(self.flex_cost)},"
            f" batch {_dollars(self.batch_cost)}",
            f"time        {'' if self.time is None else f'{self.time}, '}by {self.limited_by}",
        ]
        return "\n".join(lines + [f"            {text}" for text in self.assumptions])


def _dollars(amount: Optional[Decimal]) -> str:
    return "price unknown" if amount is None else f"${amount:f}"


def estimate(row: Any) -> Estimate:
    """The estimate that Java told as a row."""
    values = row.asDict(recursive=True)
    seconds = values.pop("seconds")
    costs = {
        name: values[name] and Decimal(values[name]) for name in ("cost", "flex_cost", "batch_cost")
    }
    return Estimate(
        **{
            **values,
            **costs,
            "time": None if seconds is None else timedelta(seconds=seconds),
            "assumptions": tuple(values["assumptions"]),
        }
    )
