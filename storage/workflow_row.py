"""Finds and changes the rows of workflows and versions inside an open transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlmodel import col

from pipelines.document import MAX_BYTES, Pipeline
from pipelines.error import DocumentError, NotFound
from storage.error import StorageError
from storage.table import WorkflowTable, WorkflowVersionTable

NAMED_AT_MOST = 8


def document_of(pipeline: Pipeline) -> tuple[str, str]:
    """Returns the JSON of a pipeline and its content hash.

    Raises:
        DocumentError: if it could not be read again: too large, or with a value that JSON cannot carry.
    """
    try:
        document, content_hash = pipeline.model_dump_json(), pipeline.content_hash()
    except (TypeError, ValueError) as error:
        raise DocumentError(f"The pipeline '{pipeline.name}' cannot be saved as JSON: {error}.") from error
    size = len(document.encode())
    if size > MAX_BYTES:
        raise DocumentError(f"The pipeline has {size:,} bytes; at most {MAX_BYTES:,} can be saved.")
    return document, content_hash


def find_workflow(connection: Connection, slug: str, *, deleted: bool = False) -> Row[Any]:
    """Returns id, slug, name, head and draft counter of a workflow; a deleted one only if asked for.

    Raises:
        NotFound: if there is none.
    """
    return _checked(connection, slug, connection.execute(_by_slug(slug)).one_or_none(), deleted=deleted)


def lock_workflow(connection: Connection, slug: str) -> Row[Any]:
    """Returns the same, and holds the row until the transaction ends.

    Raises:
        NotFound: if there is none.
    """
    found = connection.execute(_by_slug(slug).with_for_update()).one_or_none()
    return _checked(connection, slug, found, deleted=False)


def change_workflow(connection: Connection, workflow_id: int, changes: dict[str, Any]) -> None:
    """Changes columns of a workflow."""
    connection.execute(update(WorkflowTable).where(col(WorkflowTable.id) == workflow_id).values(changes))


def version_document(connection: Connection, workflow: Row[Any], number: int) -> str:
    """Returns the JSON of a version.

    Raises:
        NotFound: if there is none of that number.
    """
    table = WorkflowVersionTable
    found = connection.execute(
        select(col(table.document)).where(col(table.workflow_id) == workflow.id, col(table.number) == number)
    ).scalar_one_or_none()
    if found is None:
        last = last_number(connection, workflow.id)
        raise NotFound(f"The workflow '{workflow.slug}' has no version {number}; it has 1 to {last}.")
    return str(found)


def last_number(connection: Connection, workflow_id: int) -> int:
    """Returns the highest version number of a workflow, side branches included."""
    table = WorkflowVersionTable
    found = connection.execute(select(func.max(col(table.number))).where(col(table.workflow_id) == workflow_id))
    highest = found.scalar_one()
    if highest is None:
        raise StorageError(f"The workflow with the id {workflow_id} has no version; the database is damaged.")
    return int(highest)


def ancestors_of(parents: dict[int, int | None], head: int) -> set[int]:
    """Returns the numbers on the way from the current version back to the first, given the parent of each."""
    found: set[int] = set()
    step: int | None = head
    while step is not None and step not in found:
        found.add(step)
        step = parents.get(step)
    return found


def _by_slug(slug: str) -> Select[Any]:
    columns = ("id", "slug", "name", "head", "draft_counter", "deleted_at")
    return select(*(getattr(WorkflowTable, name) for name in columns)).where(col(WorkflowTable.slug) == slug)


def _checked(connection: Connection, slug: str, found: Row[Any] | None, *, deleted: bool) -> Row[Any]:
    if found is None:
        table = WorkflowTable
        live = select(col(table.slug)).where(col(table.deleted_at).is_(None)).order_by(col(table.updated_at).desc())
        slugs = connection.execute(live.limit(NAMED_AT_MOST)).scalars().all()
        raise NotFound(f"There is no workflow '{slug}'; there is {', '.join(slugs) or 'none yet'}.")
    if found.deleted_at is not None and not deleted:
        raise NotFound(f"The workflow '{slug}' was deleted; restore it to use it again.")
    return found
