"""A PostgreSQL server of this test's own, which it may crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from tests import postgresql
from tests.conftest import missing
from tests.postgresql import Servers


@dataclass(frozen=True)
class Cluster:
    """Durable as installed: fsync and synchronous_commit are on."""

    servers: Servers

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Cluster]:
        found = postgresql.programs()
        if not found:
            missing("PostgreSQL", "Install it (Debian: apt-get install postgresql).")
        with Servers.within(found[0], "near-learn-crash-") as servers:
            servers.create()
            cluster = cls(servers)
            cluster.start()
            try:
                yield cluster
            finally:
                cluster.crash()

    @property
    def url(self) -> str:
        """The address of its only, empty database."""
        where = {"host": str(self.servers.folder)}
        url = sa.URL.create("postgresql+psycopg", username="postgres", database="postgres", query=where)
        return url.render_as_string(hide_password=False)

    def start(self) -> None:
        self.servers.start(f"-k {self.servers.folder} -h ''")

    def crash(self) -> None:
        """Every process of it ends at once, and nothing is written any more."""
        self.servers.stop()
