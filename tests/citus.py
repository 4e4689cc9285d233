"""A Citus cluster of one coordinator and two workers on this machine's loopback, and databases on it."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from near_learn import Settings, create_app, distribution
from near_learn.db import ALL_METADATA
from tests import postgresql
from tests.postgresql import Servers

WORKERS = 2
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_preload_libraries": "citus",
    "max_connections": "300",
    "max_prepared_transactions": "300",
    # As `near-learn db distribute` sets it for a database; a copy of one does not have its settings.
    "citus.multi_shard_modify_mode": "sequential",
    "citus.node_conninfo": "sslmode=disable",
    "citus.enable_statistics_collection": "off",
    "citus.max_cached_conns_per_worker": "2",
}


SHARDS = 4
_running: dict[int, Cluster] = {}  # by the coordinator's port


def programs() -> Path | None:
    """Where the programs of a PostgreSQL with Citus are; None when there is none."""
    with_citus = (found for found in postgresql.programs() if (found.parent / "lib" / "citus.so").exists())
    return next(with_citus, None)


@dataclass(frozen=True)
class Node:
    """One PostgreSQL server of the cluster."""

    port: int

    def url(self, database: str = "postgres") -> sa.URL:
        return sa.URL.create(
            "postgresql+psycopg", username="postgres", host="127.0.0.1", port=self.port, database=database
        )

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Executes statements, each in a transaction of its own."""
        engine = sa.create_engine(self.url(database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@dataclass
class Cluster:
    """A coordinator and its workers."""

    coordinator: Node
    workers: tuple[Node, ...]
    _with_tables: str = ""
    _seeds: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # rows by table, by template
    _free: dict[str, list[str]] = field(default_factory=dict)  # databases that were used, by template

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (self.coordinator, *self.workers)

    def create(self, template: str = "") -> str:
        """The name of a new database on every node, empty or a copy of TEMPLATE."""
        name = f"near_learn_{uuid.uuid4().hex[:12]}"
        for node in self.nodes:
            node.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        if not template:
            self._join(name)
        return name

    @contextmanager
    def database(self, template: str = "") -> Iterator[str]:
        """The address, on the coordinator, of a database that is empty or like TEMPLATE.

        Making one takes seconds, so those that were used are brought back to what they were.
        """
        free = self._free.setdefault(template, [])
        name = free.pop() if template and free else self.create(template)
        yield self.coordinator.url(name).render_as_string(hide_password=False)
        if template:
            self._bring_back(name, self._seeds[template])
            free.append(name)

    def _bring_back(self, name: str, seeds: dict[str, list[Any]]) -> None:
        self.coordinator.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
            "AND application_name NOT LIKE 'citus%%'"
        )
        engine = sa.create_engine(self.coordinator.url(name), poolclass=sa.NullPool)
        with engine.begin() as connection:
            # The audit log has a guard that lets nobody empty it.
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.exec_driver_sql("SET citus.multi_shard_modify_mode TO 'sequential'")
            for table in reversed(all_tables()):
                seed = seeds.get(table.name)
                if seed is None:
                    if connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)):
                        connection.execute(sa.delete(table))
                elif sorted(map(repr, connection.execute(sa.select(table)))) != sorted(map(repr, seed)):
                    connection.execute(sa.delete(table))
                    connection.execute(sa.insert(table), [row._asdict() for row in seed])

    def _join(self, name: str) -> None:
        for node in self.nodes:
            node.run("CREATE EXTENSION citus", database=name)
        self.coordinator.run(
            f"SELECT citus_set_coordinator_host('127.0.0.1', {self.coordinator.port})",
            *(f"SELECT citus_add_node('127.0.0.1', {worker.port})" for worker in self.workers),
            database=name,
        )

    def with_tables(self) -> str:
        """The name of a database with all tables, empty and distributed."""
        if not self._with_tables:
            name = self.create()
            # So that all tables are known, whichever test is the first.
            create_app(Settings(database_url=self.coordinator.url(name).render_as_string()), serving=False)
            engine = sa.create_engine(self.coordinator.url(name), poolclass=sa.NullPool)
            with engine.begin() as connection:
                for metadata in ALL_METADATA:
                    metadata.create_all(connection)
            self.distribute(name)
            self._with_tables = name
        return self._with_tables

    def distribute(self, name: str) -> None:
        """Distributes the tables of a database, which then is one to copy only."""
        engine = sa.create_engine(self.coordinator.url(name), poolclass=sa.NullPool)
        with engine.begin() as connection:
            for _ in distribution.distribute(connection, SHARDS):
                pass
            found = {table.name: connection.execute(sa.select(table)).all() for table in all_tables()}
        self._seeds[name] = {table: list(rows) for table, rows in found.items() if rows}
        self.freeze(name)

    def freeze(self, name: str) -> None:
        """Makes a database one that can be copied: nobody, not even Citus itself, may be connected to it."""
        for node in self.nodes:
            node.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        for node in self.nodes:
            node.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")


@contextmanager
def cluster(servers: Servers, *, durable: bool = False) -> Iterator[Cluster]:
    """A running cluster of these servers, which are made. With DURABLE commits wait for the disk."""
    names = [f"node{number}" for number in range(WORKERS + 1)]
    ports = free_ports(len(names))
    servers.create(names[0])
    for name in names[1:]:
        servers.run("cp", "-r", str(servers.folder / names[0]), str(servers.folder / name))
    asked = SETTINGS | {"fsync": "on" if durable else "off"}
    chosen = " ".join(f"-c {name}={value}" for name, value in asked.items())
    with ExitStack() as running:
        for name, port in zip(names, ports, strict=True):
            servers.start(f"-p {port} -k {servers.folder} {chosen}", name, f"log-{name}")
            running.callback(servers.stop, name)
        nodes = [Node(port) for port in ports]
        made = _running[ports[0]] = Cluster(nodes[0], tuple(nodes[1:]))
        yield made
    del _running[ports[0]]


def all_tables() -> list[sa.Table]:
    """Every table, those that others point to first."""
    return [table for metadata in ALL_METADATA for table in metadata.sorted_tables]


def at(server: sa.URL) -> Cluster | None:
    """The cluster whose coordinator this server is, if it is one."""
    return _running.get(server.port or 0)


def free_ports(number: int) -> list[int]:
    """Ports on which nobody listens now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
