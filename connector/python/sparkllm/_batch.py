"""How batches of the Batch API stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, List, Optional, Tuple


@dataclass(frozen=True)
class Batch:
    """One file of requests and its batch."""

    file: str
    """The file's name."""
    id: Optional[str]
    """The batch's id; ``None`` while there is none."""
    state: str
    """``planned``, ``uploaded``, ``creating``, ``rejected``, or the service's word."""
    is_done: bool
    """Whether nothing is left to do with it."""
    round: int
    """How often its rows were in a batch, this one included, from 1."""
    requests: int
    """Its requests."""
    answered: int
    """Requests with an answer; while the batch is live as the service says."""
    failed: int
    """Requests with an error, likewise."""
    since: datetime
    """When it came into this state."""
    expires: Optional[datetime]
    """When the service gives up on it; ``None`` where that is not known."""


@dataclass(frozen=True)
class BatchReport:
    """How the batches of a checkpoint stand; prints as a table."""

    checkpoint: str
    """The directory."""
    is_done: bool
    """Whether all batches have ended and their results are in the checkpoint."""
    requests: int
    """Different requests that were submitted."""
    answered: int
    """Requests whose answers are in the checkpoint or, as the service says, will be."""
    waiting: int
    """Requests that wait for their batch's end or for a batch."""
    enqueued_tokens: int
    """Estimated prompt tokens of the batches that have not ended."""
    token_limit: Optional[int]
    """Prompt tokens that may be enqueued at once; ``None`` where no limit is known."""
    batches: Tuple[Batch, ...]
    """All files of requests, in the order in which they were made."""

    def __str__(self) -> str:
        head = ("batch", "state", "round", "requests", "answered", "failed", "expires (UTC)")
        table: List[Tuple[str, ...]] = [head]
        for batch in self.batches:
            counts = (batch.round, batch.requests, batch.answered, batch.failed)
            expires = f"{batch.expires:%Y-%m-%d %H:%M}" if batch.expires else ""
            table.append((batch.id or batch.file, batch.state, *map(str, counts), expires))
        widths = [max(map(len, column)) for column in zip(*table)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        lines.append(
            f"{self.requests} requests, {self.answered} answered, {self.waiting} waiting;"
            f" checkpoint {self.checkpoint}"
        )
        return "\n".join(lines)


def report(row: Any) -> BatchReport:
    """The report that Java told as a row."""
    values = row.asDict(recursive=True)
    batches = tuple(
        Batch(**{**batch, "since": _utc(batch["since"]), "expires": _utc(batch["expires"])})
        for batch in values["batches"]
    )
    return BatchReport(**{**values, "batches": batches})


def _utc(local: Optional[datetime]) -> Optional[datetime]:
    """PySpark gives timestamps in this process's time zone and does not say so."""
    return local and local.astimezone(timezone.utc)
