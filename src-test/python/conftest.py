"""What the tests run on: a classic session, or a Spark Connect server in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sparkllm

ROOT = Path(__file__).parent.parent.parent
# Set where Spark runs, and nowhere else.
KEY_VARIABLE = "PYTHON_TESTS_KEY"
KEY = "sk-environment-Vt58Qn"


def pytest_addoption(parser):
    parser.addoption("--surface", choices=["classic", "connect"], default="classic")


def pytest_collection_modifyitems(config, items):
    """Leaves out what the other surface is for, rather than skipping it."""
    other = {"classic": "connect", "connect": "classic"}[config.getoption("--surface")]
    wrong = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=wrong)
    items[:] = [item for item in items if item not in wrong]


class Application:
    """The Spark application behind a session: its log of events and its UI."""

    def __init__(self, spark, ui, events, url=None, log=None):
        self.spark = spark
        self.url = url
        self.ui = ui
        self._events = events
        self._log = log

    def events(self):
        return "".join(p.read_text("latin-1") for p in self._events.rglob("*") if p.is_file())

    def log(self):
        return self._log.read_text() if self._log else ""


class ConnectServer:
    """A Spark Connect server, as one finds on a cluster."""

    def __init__(self, folder, jar, **conf):
        self.log = folder / "server.log"
        conf = [f"{name}={value}" for name, value in conf.items()]
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "connect_server.py"), jar, *conf],
            # Without what the client's session has set for this process.
            env={
                **{n: v for n, v in os.environ.items() if n != "SPARK_CONNECT_MODE_ENABLED"},
                KEY_VARIABLE: KEY,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            text=True,
        )
        started = self._process.stdout.readline().split()
        assert len(started) == 2, self.log.read_text()
        self.url, self.ui = started

    def close(self):
        self._process.communicate(timeout=60)


def _event_log(folder):
    events = folder / "events"
    events.mkdir()
    return events, {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": events.as_uri(),
        "spark.ui.enabled": "true",
        "spark.ui.port": "0",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
    }


@pytest.fixture(scope="session")
def surface(request):
    return request.config.getoption("--surface")


@pytest.fixture(scope="session")
def application(surface, tmp_path_factory):
    folder = tmp_path_factory.mktemp("application")
    events, conf = _event_log(folder)
    if surface == "classic":
        os.environ[KEY_VARIABLE] = KEY  # Before the JVM starts, which inherits it.
        spark = sparkllm.session("local[2]", config=conf)
        yield Application(spark, spark.sparkContext.uiWebUrl, events)
        spark.stop()
    else:
        server = ConnectServer(folder, sparkllm.jar(), **conf)
        spark = sparkllm.session(remote=server.url)
        yield Application(spark, server.ui, events, server.url, server.log)
        spark.stop()
        server.close()


@pytest.fixture(scope="session")
def spark(application):
    return application.spark


@pytest.fixture
def rows(spark):
    return spark.range(0, 6, 1, 2).selectExpr("id", "'row ' || id AS text")


@pytest.fixture
def endpoint():
    with sparkllm.serve_local() as served:
        yield served
