"""The local endpoint in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from types import TracebackType
from typing import Any, Dict, Mapping, Optional, Type, Union

from sparkllm._errors import LlmError, SessionError
from sparkllm._jar import jar


class LocalEndpoint:
    """A running local endpoint: no LLM, it answers by rules. Made by :func:`serve_local`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url
        """What to give as ``endpoint``, with ``auth_header="none"`` where the script asks no key."""

    def stats(self) -> Dict[str, Any]:
        """What was served so far, doubles included."""
        return self._call("GET", "/stats")

    def script(self, script: Mapping[str, Any]) -> None:
        """Changes the behaviour while it runs."""
        self._call("PUT", "/script", json.dumps(dict(script)))

    def close(self) -> None:
        """Stops it. Closing twice does nothing."""
        self._process.communicate()

    def _call(self, method: str, path: str, body: Optional[str] = None) -> Dict[str, Any]:
        request = urllib.request.Request(
            self.url[: -len("/v1")] + path,
            method=method,
            data=None if body is None else body.encode(),
            headers={"Content-Type": "application/json"},
        )
        # No proxy: it runs on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as reply:
                return json.load(reply)  # type: ignore[no-any-return]
        except urllib.error.HTTPError as error:
            message = json.load(error)["error"]["message"]
            raise LlmError(f"The local endpoint refused {method} {path}: {message}") from None

    def __enter__(self) -> LocalEndpoint:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LocalEndpoint({self.url})"


def serve_local(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    script: Optional[Union[str, Mapping[str, Any]]] = None,
) -> LocalEndpoint:
    """Starts the local endpoint beside this process, to try limits and failures without a key.

    >>> with sparkllm.serve_local(script={"latencyMs": 50}) as endpoint:
    ...     llm = Llm.chat(endpoint=endpoint.url, auth_header="none", model="local", prompt="{text}")

    It ends with this process, or when it is closed. Executors must reach the host: on a cluster,
    ``endpoint="local"`` is simpler, which starts one within the driver.

    Args:
        host: address to listen on.
        port: 0 for any free one.
        script: latency, limits and faults, as in docs/local-endpoint.md.
    """
    java = _java()
    script = script if script is None or isinstance(script, str) else json.dumps(dict(script))
    process = subprocess.Popen(
        [java, "-Xmx1g", "-cp", jar(), "io.sparkllm.local.LocalServer", host, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write((script or "{}").replace("\n", " ") + "\n")
    process.stdin.flush()
    url = process.stdout.readline().strip()
    if not url:
        _, message = process.communicate()
        raise LlmError(message.strip().split("\n", 1)[0] or "The local endpoint did not start")
    return LocalEndpoint(process, url)


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin")) if home else shutil.which("java")
    if java is None:
        raise SessionError("There is no Java here; install a JDK 17, or set JAVA_HOME to one")
    return java
