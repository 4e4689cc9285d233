"""A PostgreSQL server of this test's own, which it may crash."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.conftest import missing


@dataclass(frozen=True)
class Cluster:
    """Durable as installed: fsync and synchronous_commit are on."""

    folder: Path
    binaries: Path

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Cluster]:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not programs:
            missing("PostgreSQL", "Install it (Debian: apt-get install postgresql).")
        cluster = cls(Path(tempfile.mkdtemp(prefix="near-learn-crash-")), programs[-1].parent)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(cluster.folder, "postgres")
        cluster.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.crash()
            shutil.rmtree(cluster.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """The address of its only, empty database."""
        where = {"host": str(self.folder)}
        url = sa.URL.create("postgresql+psycopg", username="postgres", database="postgres", query=where)
        return url.render_as_string(hide_password=False)

    def start(self) -> None:
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", f"-k {self.folder} -h ''", "start")

    def crash(self) -> None:
        """Every process of it ends at once, and nothing is written any more."""
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str) -> None:
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*owner, str(self.binaries / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
