"""Build tickets.parquet from tickets.jsonl.

Needs Python 3.11 or later and pyarrow:

    pip install pyarrow

Run it from anywhere:

    python make_tickets.py

It reads tickets.jsonl next to this file, expands the one very long ticket, checks every
row, writes tickets.parquet next to it and prints counts. It exits with status 1 and a list
of problems, and writes nothing, if any row is wrong. With --check it stops short of writing.
"""

import argparse
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    sys.exit("make_tickets.py needs pyarrow: pip install pyarrow")

HERE = Path(__file__).resolve().parent

LABELS = ("bug", "question", "other")
PRODUCTS = ("Larkbook", "Shiftwell", "Nestsync", "Pannier S2", "Doorlet")
CHANNELS = ("email", "chat", "web form", "phone note")
KEYS = {"ticket_id", "created_at", "product", "channel", "priority", "text", "gold"}
EXAMPLE_DOMAINS = ("example.com", "example.org")
FIRST_DAY = datetime(2026, 1, 1, tzinfo=timezone.utc)
AFTER_LAST_DAY = datetime(2026, 11, 1, tzinfo=timezone.utc)

SCHEMA = pa.schema(
    [
        pa.field("ticket_id", pa.int64(), nullable=False),
        pa.field("created_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("product", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("priority", pa.int32()),
        pa.field("text", pa.string()),
        pa.field("gold", pa.string(), nullable=False),
    ]
)

# [[repeat 3]] on a line of its own, a body, [[/repeat]]: the body is written three times.
REPEAT = re.compile(r"\[\[repeat ([0-9]+)\]\]\n(.*?\n)\[\[/repeat\]\]\n", re.DOTALL)
LONG_TEXT = 50_000

TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
MAIL_DOMAIN = re.compile(r"[\w.+-]@([\w-]+(?:\.[\w-]+)+)")
URL_HOST = re.compile(r"https?://([^/\s:\"'<>]+)|\bwww\.([^/\s:\"'<>]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Ticket:
    """One support ticket, as stored in the Parquet file."""

    ticket_id: int
    created_at: datetime
    product: str
    channel: str
    priority: int | None
    text: str | None
    gold: str


def expand_repeats(text: str) -> str:
    """Replace every [[repeat n]] block by n copies of its body."""
    return REPEAT.sub(lambda match: match[2] * int(match[1]), text)


def is_blank(text: str | None) -> bool:
    """Tell whether a text is null, empty, or made of white space and invisible characters."""
    if text is None:
        return True
    return all(c.isspace() or unicodedata.category(c) in {"Cc", "Cf"} for c in text)


def is_example_domain(domain: str) -> bool:
    """Tell whether a domain is one reserved for examples, or below one."""
    domain = domain.lower().rstrip(".")
    return any(domain == d or domain.endswith("." + d) for d in EXAMPLE_DOMAINS)


def text_problems(text: str, gold: str) -> list[str]:
    """List what is wrong with a ticket's (expanded) text."""
    problems = []
    if "[[repeat" in text or "[[/repeat]]" in text:
        problems.append("a [[repeat n]] block is malformed")
    domains = MAIL_DOMAIN.findall(text)
    domains += [a or b for a, b in URL_HOST.findall(text)]
    for domain in domains:
        if not is_example_domain(domain):
            problems.append(f"{domain} is not an example domain")
    if any(unicodedata.category(c) == "Cs" or c == "\0" for c in text):
        problems.append("text holds a lone surrogate or a NUL")
    if is_blank(text) and gold != "other":
        problems.append("a blank ticket must be labelled other")
    return problems


def check_row(row: object) -> list[str]:
    """List what is wrong with one decoded line, apart from its text's contents."""
    if not isinstance(row, dict):
        return ["not a JSON object"]
    if set(row) != KEYS:
        return [f"keys are {sorted(row)}, expected {sorted(KEYS)}"]
    problems = []
    if type(row["ticket_id"]) is not int or row["ticket_id"] <= 0:
        problems.append("ticket_id must be a positive integer")
    if row["product"] not in PRODUCTS:
        problems.append(f"unknown product {row['product']!r}")
    if row["channel"] not in CHANNELS:
        problems.append(f"unknown channel {row['channel']!r}")
    if row["gold"] not in LABELS:
        problems.append(f"unknown label {row['gold']!r}")
    priority = row["priority"]
    if priority is not None and (type(priority) is not int or not 1 <= priority <= 4):
        problems.append("priority must be 1 to 4 or null")
    if row["text"] is not None and not isinstance(row["text"], str):
        problems.append("text must be a string or null")
    if row["text"] is None and row["gold"] != "other":
        problems.append("a blank ticket must be labelled other")
    created_at = row["created_at"]
    if not isinstance(created_at, str) or not TIMESTAMP.fullmatch(created_at):
        problems.append("created_at must look like 2026-01-31T09:30:00Z")
    else:
        try:
            when = datetime.fromisoformat(created_at)
        except ValueError as error:
            problems.append(f"created_at: {error}")
        else:
            if not FIRST_DAY <= when < AFTER_LAST_DAY:
                problems.append("created_at is outside January to October 2026")
    return problems


def read_tickets(path: Path) -> list[Ticket]:
    """Read and check the tickets; raise ValueError naming every line that is wrong."""
    tickets: list[Ticket] = []
    problems: list[str] = []
    first_line_of: dict[int, int] = {}
    lines_of_text: dict[str, int] = {}
    # Split at line feeds only: str.splitlines() would also split at U+2028 inside a text.
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                problems.append(f"line {number}: not JSON: {error}")
                continue
            wrong = check_row(row)
            if wrong:
                problems += [f"line {number}: {what}" for what in wrong]
                continue
            text = row["text"]
            if text is not None:
                text = expand_repeats(text)
                wrong += text_problems(text, row["gold"])
                if not is_blank(text) and lines_of_text.setdefault(text, number) != number:
                    wrong.append(f"same text as line {lines_of_text[text]}")
            ticket_id = row["ticket_id"]
            if first_line_of.setdefault(ticket_id, number) != number:
                wrong.append(f"ticket_id {ticket_id} is also on line {first_line_of[ticket_id]}")
            problems += [f"line {number}: {what}" for what in wrong]
            created_at = datetime.fromisoformat(row["created_at"])
            tickets.append(Ticket(**{**row, "created_at": created_at, "text": text}))
    if not any(len(ticket.text or "") > LONG_TEXT for ticket in tickets):
        problems.append(f"no ticket is longer than {LONG_TEXT} characters: is [[repeat n]] gone?")
    if problems:
        raise ValueError("\n".join(problems))
    return sorted(tickets, key=lambda ticket: ticket.ticket_id)


def write_parquet(tickets: list[Ticket], path: Path) -> None:
    """Write the tickets as one Parquet file, the same bytes for the same pyarrow version."""
    columns = {name: [getattr(ticket, name) for ticket in tickets] for name in SCHEMA.names}
    table = pa.table(columns, schema=SCHEMA)
    partial = path.with_name(path.name + ".partial")
    try:
        pq.write_table(
            table,
            partial,
            version="2.6",
            data_page_version="1.0",
            compression="snappy",
            coerce_timestamps="us",
            row_group_size=len(tickets),
            store_schema=False,
        )
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def print_counts(tickets: list[Ticket]) -> None:
    """Print how many tickets there are, by label, product, channel and priority."""
    print(f"{len(tickets)} tickets")
    for name in ("gold", "product", "channel", "priority"):
        counts = Counter(getattr(ticket, name) for ticket in tickets)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        shown = ", ".join(f"{'null' if k is None else k} {n}" for k, n in ranked)
        print(f"  {name}: {shown}")
    blank = sum(is_blank(ticket.text) for ticket in tickets)
    longest = max(len(ticket.text or "") for ticket in tickets)
    print(f"  text: {blank} blank, longest {longest} characters")


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Build tickets.parquet from tickets.jsonl.")
    parser.add_argument("--input", type=Path, default=HERE / "tickets.jsonl")
    parser.add_argument("--output", type=Path, default=HERE / "tickets.parquet")
    parser.add_argument("--check", action="store_true", help="check and count, write nothing")
    arguments = parser.parse_args()
    try:
        tickets = read_tickets(arguments.input)
        print_counts(tickets)
        if not arguments.check:
            write_parquet(tickets, arguments.output)
            print(f"wrote {arguments.output.name}, {arguments.output.stat().st_size} bytes")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        print(f"make_tickets.py: {arguments.input.name}:\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
