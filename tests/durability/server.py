"""The served application as an operator runs it, in processes of its own that can be killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from near_learn import Settings
from near_learn.config import PREFIX, variable

COMMAND = Path(sys.executable).with_name("near-learn")
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`near-learn serve` with these settings, at its own port."""

    settings: Settings
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; comes back when it is ready."""
        chosen = replace(self.settings, port=self.port)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        for name in ("data", "database_url", "secret_key", "courses", "port", "workers"):
            environment[variable(name)] = str(getattr(chosen, name))
        self.process = subprocess.Popen(
            [str(COMMAND), "serve"], env=environment, cwd=chosen.data, start_new_session=True
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, "the server has ended before it was ready"
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        raise AssertionError(f"the server was not ready after {PATIENCE} s")

    def kill(self) -> None:
        """SIGKILL to every process of the server, of which none may be left."""
        assert self.process is not None
        group = self.process.pid
        assert len(members(group)) > self.settings.workers, "a parent and its workers"
        os.killpg(group, signal.SIGKILL)
        self.process.wait()
        self.process = None
        until = time.monotonic() + PATIENCE
        # A process that waits for the disk in another thread is named dead before it lets go of the port.
        while members(group) or self._somebody_listens():
            assert time.monotonic() < until, "a process has survived"
            time.sleep(0.01)

    def _somebody_listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Ends it, if it runs."""
        if self.process is not None:
            self.kill()


def members(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may contain anything: state, parent, process group.
            state, _, in_group = place.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(in_group) == group and state != "Z":
            found.append(int(place.parent.name))
    return found
