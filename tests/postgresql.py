"""PostgreSQL servers of the tests' own: where the programs are, how a server is made and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MADE = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")


def programs() -> list[Path]:
    """The folders with the programs of each PostgreSQL that is installed, the newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return [initdb.parent for initdb in found]


@dataclass(frozen=True)
class Servers:
    """Servers with their data in one folder. PostgreSQL refuses to be root, so root runs it as `postgres`."""

    binaries: Path
    folder: Path

    @classmethod
    @contextmanager
    def within(cls, binaries: Path, prefix: str) -> Iterator[Servers]:
        """With a new folder, which is deleted at the end."""
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        try:
            yield cls(binaries, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs, or another one; raises CalledProcessError."""
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        own = self.binaries / program
        command = [*owner, str(own) if own.exists() else program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def create(self, name: str = "data") -> None:
        """Makes the data of a server."""
        self.run("initdb", "-D", str(self.folder / name), *_MADE)

    def start(self, options: str, name: str = "data", log: str = "log") -> None:
        """Starts the server, and comes back when it can be asked."""
        where = ("-D", str(self.folder / name), "-l", str(self.folder / log))
        self.run("pg_ctl", *where, "-w", "-o", options, "start")

    def stop(self, name: str = "data") -> None:
        """Every process of the server ends at once, and nothing is written any more."""
        self.run("pg_ctl", "-D", str(self.folder / name), "-m", "immediate", "-w", "stop")
