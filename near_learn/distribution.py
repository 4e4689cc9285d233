"""One database on several machines: which table is divided by what, on a PostgreSQL with Citus.

Citus keeps a unique key on a divided table only if the key contains the column by which the table is divided.
The large tables have such keys. What must be unique beyond that, such as an e-mail address, stands in tables
that are not divided: whole on every machine if large ones are joined with them, else on the coordinator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from near_learn.db import ALL_METADATA

SHARDS = 32
_DIVIDE = "SELECT create_distributed_table(:name, :column, {})"


class CannotDistribute(Exception):
    """The database cannot be distributed; the text says what is missing."""


@dataclass(frozen=True)
class Group:
    """Tables that are divided alike: rows with the same value are on the same machine."""

    columns: Mapping[str, str]  # by table

    @property
    def leader(self) -> str:
        """The table whose shards the others follow."""
        return next(iter(self.columns))


STATEMENTS = Group(
    {"xapi_statement": "id", "xapi_mention": "statement_id", "xapi_attachment": "statement_id"}
)
DOCUMENTS = Group({"xapi_document": "digest"})
LEARNING = Group(
    dict.fromkeys(
        (
            *("module_progress", "attempt", "answer"),
            *("private_text", "quiz_draft", "kept_release"),
            *("tally_due", "tally_entry", "tally_step"),
        ),
        "registration",
    ),
)
GROUPS = (STATEMENTS, DOCUMENTS, LEARNING)

# Whole on every machine, because divided tables are joined with them. Those that others point to come first.
EVERYWHERE = (
    *("organisation", "cohort", "person", "region", "region_change", "release"),
    # Joined with itself by person, and with the divided tables by registration: only whole it can be both.
    "registration",
    *("membership", "cohort_course", "deadline", "gathering", "attendance", "participant"),
    *("tally_block", "tally_place", "tally_sums", "tally_state", "tally_days", "tally_cell", "tally_changed"),
    *("tally_outcome", "tally_outcome_state", "xapi_activity"),
)

# On the coordinator only: small, or written one after the other, or with keys of their own.
COORDINATOR = frozenset(
    (
        *("audit", "audit_subject", "erasure", "tombstone"),
        *("session", "identity", "password_link", "recovery_code", "second_factor", "shared_count"),
        *("credential", "report_token", "certificate", "invitation", "target"),
        *("enrolment_draft", "enrolment_welcome", "mail", "mail_refusal"),
        *("cmi5_course", "cmi5_registration", "cmi5_unit", "cmi5_session"),
    )
)


@dataclass(frozen=True)
class Step:
    """A table that was distributed now."""

    table: str
    how: str


def distribute(connection: Connection, shards: int = SHARDS) -> Iterator[Step]:
    """Distributes what is not distributed yet, in the caller's write transaction; tells of each table.

    Data that is there moves along. Raises CannotDistribute before anything is changed.
    """
    _require(connection)
    # One machine after the other: the tables refer to each other.
    connection.execute(text("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"))
    done = _done(connection)
    for table in EVERYWHERE:
        if table not in done:
            connection.execute(text("SELECT create_reference_table(:name)"), {"name": table})
            yield Step(table, "whole on every machine")
    for group in GROUPS:
        for table, column in group.columns.items():
            if table not in done:
                values = {"name": table, "column": column}
                if table == group.leader:
                    how = "colocate_with => 'none', shard_count => :shards"
                    connection.execute(text(_DIVIDE.format(how)), {**values, "shards": shards})
                else:
                    how = "colocate_with => :leader"
                    connection.execute(text(_DIVIDE.format(how)), {**values, "leader": group.leader})
                yield Step(table, f"divided by {column}")
    # What a transaction changes on all machines and in tables that are whole everywhere, it changes on one
    # connection to each machine. Holds for every new connection.
    name = connection.scalar(text("SELECT quote_ident(current_database())"))
    connection.execute(text(f"ALTER DATABASE {name} SET citus.multi_shard_modify_mode TO 'sequential'"))


def undeclared() -> set[str]:
    """Tables of which this module does not say where they are."""
    declared = {*EVERYWHERE, *COORDINATOR, *(table for group in GROUPS for table in group.columns)}
    return declared ^ {name for metadata in ALL_METADATA for name in metadata.tables}


def _require(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        raise CannotDistribute("only PostgreSQL can be distributed; NEAR_LEARN_DATABASE_URL names none")
    found = connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'citus'"))
    if not found:
        raise CannotDistribute(
            "this database has no Citus: on every machine put it into shared_preload_libraries, restart, and "
            "run in this database: CREATE EXTENSION citus"
        )
    nodes = connection.scalar(text("SELECT count(*) FROM pg_dist_node WHERE groupid = 0"))
    if not nodes:
        raise CannotDistribute(
            "the coordinator is not known to itself; run in this database: "
            "SELECT citus_set_coordinator_host('its host name', 5432)"
        )


def _done(connection: Connection) -> set[str]:
    """The tables that are distributed already."""
    query = (
        "SELECT logicalrelid::regclass::text FROM pg_dist_partition WHERE partmethod = 'h' OR repmodel = 't'"
    )
    return set(connection.execute(text(query)).scalars())
