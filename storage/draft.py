"""Unsaved work on a workflow; a tab that comes too late gets a side draft of its own, so that both sides stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select
from sqlmodel import col

from pipelines.document import Pipeline, load_pipeline
from pipelines.record import Record, now
from storage.codec import build
from storage.database import Database
from storage.error import DraftConflict
from storage.table import DraftTable
from storage.workflow_row import change_workflow, document_of, find_workflow, lock_workflow

MAIN = "main"


class Draft(Record):
    """Is unsaved work.

    Attributes:
        branch: `main`, or the name of a side draft.
        base: the version it was made from.
        revision: changes with every write and never occurs twice in a workflow.
    """

    branch: str
    base: int
    revision: int
    updated_at: datetime
    pipeline: Pipeline


class Drafts:
    """Keeps the drafts of the workflows."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def save(self, slug: str, pipeline: Pipeline, *, base: int, revision: int, branch: str) -> int:
        """Writes a draft over revision `revision` of itself (0: there is none yet) and returns the new revision.

        Raises:
            DraftConflict: if the draft has another revision; the refused side is kept as a side draft.
            NotFound: if there is no such workflow.
            DocumentError: if the pipeline cannot be stored.
        """
        document, _ = document_of(pipeline)
        with self._database.write() as connection:
            workflow = lock_workflow(connection, slug)
            drafts = {row.branch: row for row in connection.execute(_of(workflow.id)).all()}
            present = drafts.get(branch)
            stale = (present.revision if present else 0) != revision
            if stale:
                same = next((row for row in drafts.values() if row.document == document), None)
                branch = same.branch if same else f"side-{workflow.draft_counter + 1}"
                written = same.revision if same else self._write(connection, workflow, branch, base, document)
            else:
                written = self._write(connection, workflow, branch, base, document)
        if stale and not (present and present.document == document):
            raise DraftConflict(
                f"The draft of '{slug}' was changed elsewhere; nothing was overwritten, and your side is kept as the "
                f"draft '{branch}'.",
                branch=branch,
                revision=written,
            )
        return written

    def all(self, slug: str) -> tuple[Draft, ...]:
        """Returns the drafts of a workflow, latest first.

        Raises:
            NotFound: if there is no such workflow.
        """
        with self._database.read() as connection:
            rows = connection.execute(_of(find_workflow(connection, slug).id)).mappings().all()
        contents = [{**row, "pipeline": load_pipeline(row["document"])} for row in rows]
        return tuple(build(Draft, {name: content[name] for name in Draft.model_fields}) for content in contents)

    def drop(self, slug: str, branch: str) -> None:
        """Throws a draft away.

        Raises:
            NotFound: if there is no such workflow.
        """
        table = DraftTable
        with self._database.write() as connection:
            workflow = lock_workflow(connection, slug)
            connection.execute(delete(table).where(col(table.workflow_id) == workflow.id, col(table.branch) == branch))

    def settle(self, connection: Connection, workflow_id: int, document: str, revision: int | None) -> None:
        """Throws away, in the caller's transaction, what a saved version holds: the same document or that revision."""
        table = DraftTable
        held = or_(col(table.document) == document, col(table.revision) == (revision or 0))
        connection.execute(delete(table).where(col(table.workflow_id) == workflow_id, held))

    def _write(self, connection: Connection, workflow: Row[Any], branch: str, base: int, document: str) -> int:
        revision = int(workflow.draft_counter) + 1
        row = {"base": base, "revision": revision, "updated_at": now(), "document": document}
        statement = self._database.insert(DraftTable).values(workflow_id=workflow.id, branch=branch, **row)
        connection.execute(statement.on_conflict_do_update(index_elements=["workflow_id", "branch"], set_=row))
        change_workflow(connection, workflow.id, {"draft_counter": revision})
        return revision


def _of(workflow_id: int) -> Any:
    columns = ("branch", "base", "revision", "updated_at", "document")
    statement = select(*(getattr(DraftTable, name) for name in columns))
    return statement.where(col(DraftTable.workflow_id) == workflow_id).order_by(col(DraftTable.revision).desc())
