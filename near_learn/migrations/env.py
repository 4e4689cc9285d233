"""How Alembic runs our migrations: on the connection it is handed, in that connection's transaction."""

from alembic import context

from near_learn.db import ALL_METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL_METADATA,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
