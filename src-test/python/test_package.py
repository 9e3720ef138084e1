"""What pip installs."""

import hashlib
import importlib.metadata
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path
from urllib.parse import urlsplit

from conftest import ROOT

import sparkllm


def test_the_wheel_carries_the_jar_that_maven_made():
    built = ROOT / "connector/target/spark-llm-connector.jar"

    assert Path(sparkllm.jar()).parent.parent == Path(sparkllm.__file__).parent
    assert digest(sparkllm.jar()) == digest(built)


def digest(file):
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def test_the_version_is_maven_s():
    pom = xml.etree.ElementTree.parse(ROOT / "pom.xml")
    version = pom.find("{http://maven.apache.org/POM/4.0.0}version").text

    assert importlib.metadata.version("sparkllm") == version.replace("-SNAPSHOT", ".dev0")


def test_it_is_typed_and_needs_nothing():
    assert (Path(sparkllm.__file__).parent / "py.typed").is_file()
    required = importlib.metadata.requires("sparkllm") or []
    assert all("extra ==" in requirement for requirement in required)


def test_importing_it_imports_neither_pyspark_nor_numpy():
    code = "import sys, sparkllm; print([m for m in ('pyspark', 'numpy') if m in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert process.stdout.strip() == "[]", process.stderr


def test_the_local_endpoint_ends_with_its_process():
    code = "import os, sparkllm; print(sparkllm.serve_local().url, flush=True); os._exit(0)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    url = urlsplit(process.stdout.strip())
    deadline = time.monotonic() + 60
    while accepts(url.hostname, url.port):
        assert time.monotonic() < deadline, f"{process.stdout} is still served"
        time.sleep(0.1)


def accepts(host, port):
    try:
        socket.create_connection((host, port), timeout=10).close()
        return True
    except ConnectionRefusedError:
        return False


def test_the_local_endpoint_is_scripted_and_counted():
    with sparkllm.serve_local(script={"latencyMs": 5}) as endpoint:
        endpoint.script({"latencyMs": 0})
        assert endpoint.stats()["requests"] == 0
    endpoint.close()
