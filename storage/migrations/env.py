"""Runs the migrations on the connection that the caller opened."""

from alembic import context
from sqlmodel import SQLModel

from storage import experiment_table, table  # noqa: F401  (their import fills the metadata)

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
