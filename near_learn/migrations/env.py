"""How Alembic runs our migrations: on the connection it is handed, in that connection's transaction."""

from typing import Any, Literal

from alembic import context

from near_learn.db import Base, UTCDateTime
from xapi.sql import tables


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration must outlive our classes, so it names the database's own type."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=[Base.metadata, tables.of(connection.dialect.name)],
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
context.run_migrations()
