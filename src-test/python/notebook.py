"""Runs a notebook in Databricks source format as Databricks would, without Databricks.

A notebook is cells between ``COMMAND ----------`` lines. Cells of another language, Markdown and
magic commands stand in ``MAGIC`` comments. What a notebook shows (tables, pictures, Markdown) is
kept, so that a test can look at it.
"""

import contextlib
import io
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

HEADER = "Databricks notebook source"
SEPARATOR = "COMMAND ----------"
LANGUAGES = {".py": ("python", "#"), ".sql": ("sql", "--")}


class NotebookExit(Exception):
    """What ``dbutils.notebook.exit`` raises: the end of the notebook, and no error."""


@dataclass(frozen=True)
class Cell:
    """One cell: ``language`` is python, sql, md or pip."""

    number: int
    language: str
    text: str


def cells_of(path):
    """The cells of a notebook; a file that Databricks would not take as a notebook is refused."""
    language, comment = LANGUAGES[path.suffix]
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    if first != f"{comment} {HEADER}":
        raise ValueError(f"{path.name} does not begin with '{comment} {HEADER}'")
    cells = []
    for number, text in enumerate(re.split(rf"^{comment} {SEPARATOR}$", rest, flags=re.M), 1):
        cells.append(_cell(number, text.strip("\n"), language, f"{comment} MAGIC"))
    return cells


def _cell(number, text, language, magic):
    lines = text.split("\n")
    if not lines[0].startswith(magic):
        if any(line.startswith(magic) for line in lines):
            raise ValueError(f"Cell {number} mixes code and {magic}")
        return Cell(number, language, text)
    if not all(line.startswith(magic) or not line for line in lines):
        raise ValueError(f"Cell {number} mixes {magic} and code")
    text = "\n".join(line[len(magic) :].removeprefix(" ") for line in lines if line)
    command, _, rest = text.partition("\n")
    name, _, argument = command.partition(" ")
    if name not in ("%md", "%sql", "%python", "%pip"):
        raise ValueError(f"Cell {number} has {name}, which this runner does not know")
    return Cell(number, name[1:], "\n".join(part for part in (argument, rest) if part))


class Widgets:
    """``dbutils.widgets``: defaults come from the notebook, other values from the test."""

    def __init__(self, given):
        self._given = given
        self._defaults = {}

    def text(self, name, defaultValue, label=None):
        self._defaults[name] = defaultValue

    def dropdown(self, name, defaultValue, choices, label=None):
        if defaultValue not in choices:
            raise ValueError(f"{defaultValue} is no choice of widget {name}")
        self._defaults[name] = defaultValue

    def get(self, name):
        if name not in self._defaults:
            raise KeyError(f"No widget is named {name}; there are {sorted(self._defaults)}")
        return self._given.get(name, self._defaults[name])

    def names(self):
        return set(self._defaults)


class Secrets:
    """``dbutils.secrets``."""

    def __init__(self, secrets):
        self._secrets = secrets

    def get(self, scope, key):
        return self._secrets[scope, key]


class NotebookUtils:
    """``dbutils.notebook``."""

    def exit(self, value):
        raise NotebookExit(value)


class DBUtils:
    """As much of ``dbutils`` as the notebooks use; anything else is an AttributeError."""

    def __init__(self, widgets, secrets):
        self.widgets = Widgets(widgets)
        self.secrets = Secrets(secrets)
        self.notebook = NotebookUtils()


@dataclass
class Table:
    """A DataFrame that was displayed, or the result of a statement that has rows."""

    cell: int
    columns: list
    rows: list

    def column(self, name):
        return [row[name] for row in self.rows]


@dataclass
class Run:
    """What a notebook did. ``names`` are its variables, ``printed`` all that it printed."""

    path: Path
    names: dict = field(default_factory=dict)
    tables: list = field(default_factory=list)
    pictures: list = field(default_factory=list)
    markdown: list = field(default_factory=list)
    exit_value: str = None
    printed: str = ""

    def table(self, *columns):
        """The one table with these columns."""
        found = [table for table in self.tables if table.columns == list(columns)]
        shown = [table.columns for table in self.tables]
        assert len(found) == 1, f"{len(found)} tables have {list(columns)}; shown were {shown}"
        return found[0]

    def picture(self, title):
        """The one picture whose title contains this, as its axes."""
        found = [axes for axes in self.pictures if title in axes.get_title(loc="left")]
        shown = [axes.get_title(loc="left") for axes in self.pictures]
        assert len(found) == 1, f"{len(found)} pictures are '{title}'; shown were {shown}"
        return found[0]

    def shown(self):
        """Everything that a reader of the notebook sees, as text."""
        return "\n".join([self.printed, *map(str, self.tables), *self.markdown])


def bars(axes):
    """The bars of a chart by their labels; the parts of a stacked bar add up."""
    axes.figure.canvas.draw()  # writes the labels
    heights = {}
    for container in axes.containers:
        upright = container.orientation == "vertical"
        axis = axes.xaxis if upright else axes.yaxis
        labels = [label.get_text() for label in axis.get_ticklabels()]
        for bar in container:
            centre = bar.get_x() + bar.get_width() / 2 if upright else bar.get_y() + bar.get_height() / 2
            label = labels[round(centre)]
            heights[label] = heights.get(label, 0) + (bar.get_height() if upright else bar.get_width())
    return heights


def statements_of(sql):
    """The statements of a cell: cut at semicolons that stand in no quotes and no comment."""
    parts = re.findall(r"--[^\n]*|'(?:\\.|[^'\\])*'|\"[^\"]*\"|`[^`]*`|;|[^-'\"`;]+|-", sql)
    statements, current = [], ""
    for part in parts:
        if part == ";":
            statements.append(current)
            current = ""
        elif not part.startswith("--"):
            current += part
    return [statement.strip() for statement in [*statements, current] if statement.strip()]


WIDGET = re.compile(r"CREATE\s+WIDGET\s+TEXT\s+(\w+)\s+DEFAULT\s+'([^']*)'", re.I)


class Runner:
    """Executes the cells of one notebook from top to bottom."""

    def __init__(self, path, spark, widgets=None, secrets=None, pictures=None):
        self.run = Run(path)
        self._spark = spark
        self._dbutils = DBUtils(widgets or {}, secrets or {})
        self._pictures = pictures
        self._cell = 0
        self.run.names.update(spark=spark, dbutils=self._dbutils, display=self._display)

    def execute(self):
        """What the notebook did; an error in a cell is raised with the cell's number."""
        printed, before = io.StringIO(), os.getcwd()
        os.chdir(self.run.path.parent)  # where Databricks begins as well
        try:
            with contextlib.redirect_stdout(printed):
                for cell in cells_of(self.run.path):
                    self._execute(cell)
        except NotebookExit as end:
            self.run.exit_value = str(end)
        finally:
            os.chdir(before)
            self.run.printed = printed.getvalue()
        return self.run

    def _execute(self, cell):
        self._cell = cell.number
        try:
            if cell.language == "python":
                code = compile(cell.text, f"{self.run.path.name}, cell {cell.number}", "exec")
                exec(code, self.run.names)
            elif cell.language == "sql":
                self._sql(cell.text)
            elif cell.language == "md":
                self.run.markdown.append(cell.text)
        except NotebookExit:
            raise
        except Exception as error:
            error.add_note(f"in cell {cell.number} of {self.run.path.name}")
            raise
        finally:
            self._keep_pictures()

    def _sql(self, text):
        result = None
        for statement in statements_of(text):
            widget = WIDGET.fullmatch(statement)
            if widget:
                self._dbutils.widgets.text(*widget.groups())
                continue
            statement = re.sub(
                r"\$\{(\w+)\}", lambda name: self._dbutils.widgets.get(name[1]), statement
            )
            result = self._spark.sql(statement)
        # Databricks shows the last result of a cell.
        if result is not None and result.columns:
            self._display(result)

    def _display(self, shown):
        columns = getattr(shown, "columns", None)
        if columns is None:
            self.run.tables.append(Table(self._cell, [], [shown]))
        elif hasattr(shown, "collect"):
            rows = shown.limit(1000).collect()
            self.run.tables.append(Table(self._cell, list(columns), rows))
        else:
            self.run.tables.append(Table(self._cell, list(columns), shown.to_dict("records")))

    def _keep_pictures(self):
        from matplotlib import pyplot

        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            self.run.pictures.extend(figure.axes)
            if self._pictures:
                name = f"{self.run.path.stem}-{len(self.run.pictures)}.png"
                figure.savefig(self._pictures / name, dpi=100, bbox_inches="tight")
        pyplot.close("all")
