"""Saved workflows and their immutable versions; a stale save is refused and both sides are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, exists, insert, select
from sqlmodel import col

from pipelines.document import Pipeline, load_pipeline
from pipelines.error import DocumentError
from pipelines.record import Record, now
from storage.codec import build
from storage.database import Database
from storage.draft import MAIN, Draft, Drafts
from storage.error import NameTaken, VersionConflict
from storage.reference import SLUG, parse_reference, slug_of
from storage.table import DraftTable, WorkflowTable, WorkflowVersionTable
from storage.workflow_row import (
    ancestors_of,
    change_workflow,
    document_of,
    find_workflow,
    last_number,
    lock_workflow,
    version_document,
)

LONGEST_NAME = 200


class WorkflowInfo(Record):
    """Is a saved workflow without its document.

    Attributes:
        version: number of the current version.
        content_hash: `Pipeline.content_hash()` of the current version.
        drafted: there is unsaved work in the main draft.
    """

    slug: str
    name: str
    version: int
    content_hash: str
    owner: str
    drafted: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class VersionInfo(Record):
    """Is a version without its document.

    Attributes:
        parent: the version it was made from, None for the first.
        side: it holds the refused side of a stale save, so it is not among the ancestors of the current version.
    """

    number: int
    parent: int | None
    content_hash: str
    message: str
    author: str
    created_at: datetime
    side: bool


class Workflows:
    """Keeps workflows; implements `PipelineLibrary`."""

    def __init__(self, database: Database, owner: str = "local") -> None:
        """Takes the database and the person in whose name is written."""
        self._database = database
        self._owner = owner
        self._drafts = Drafts(database)

    def create(self, pipeline: Pipeline, *, slug: str | None = None, message: str = "") -> WorkflowInfo:
        """Saves a pipeline as a new workflow; without a slug one is made from the name, and made unique.

        Raises:
            NameTaken: if the slug is in use, also by a deleted workflow.
            DocumentError: if the slug is not lower-case letters, digits and hyphens, or the pipeline cannot be stored.
        """
        if slug is not None and not SLUG.fullmatch(slug):
            raise DocumentError(f"The slug '{slug}' is not usable; it is made of a-z, 0-9 and hyphens, 80 at most.")
        content = document_of(pipeline)
        taken, attempt = slug or slug_of(pipeline.name), 1
        with self._database.write() as connection:
            while (workflow_id := self._claim(connection, taken, pipeline.name)) is None:
                if slug is not None:
                    raise NameTaken(f"There is already a workflow '{slug}'; choose another slug.")
                attempt += 1
                taken = f"{slug_of(pipeline.name)}-{attempt}"
            self._add_version(connection, workflow_id, 1, None, content, message)
        return self.info(taken)

    def save(
        self, slug: str, pipeline: Pipeline, *, parent: int, message: str = "", draft_revision: int | None = None
    ) -> WorkflowInfo:
        """Saves the next version of a workflow, made from version `parent`; an unchanged document makes none.

        Drafts that hold the same document, or have the revision `draft_revision`, are dropped.

        Raises:
            VersionConflict: if `parent` is not the current version; the refused side is kept as a version beside it.
            NotFound: if there is no such workflow or no such parent.
            DocumentError: if the pipeline cannot be stored.
        """
        content = document_of(pipeline)
        document = content[0]
        with self._database.write() as connection:
            row = lock_workflow(connection, slug)
            base = version_document(connection, row, parent)
            unchanged = document == version_document(connection, row, row.head)
            stale = parent != row.head and not unchanged
            number = row.head
            if stale or not unchanged or message:
                number = last_number(connection, row.id) + 1
                note = f"Made from version {parent} while {row.head} was current" if stale and not message else message
                self._add_version(connection, row.id, number, parent, content, note)
            if not stale:
                renamed = {} if pipeline.name == load_pipeline(base).name else {"name": pipeline.name}
                change_workflow(connection, row.id, {"head": number, "updated_at": now(), **renamed})
                self._drafts.settle(connection, row.id, document, draft_revision)
        if stale:
            raise VersionConflict(
                f"The workflow '{slug}' is at version {row.head} and this change was made on version {parent}; "
                f"nothing was overwritten, and your side is kept as '{slug}@{number}'.",
                head=row.head,
                kept=number,
            )
        return self.info(slug)

    def pipeline(self, reference: str) -> Pipeline:
        """Returns the pipeline of `slug@version` as it was saved, or of `slug` under the present name.

        Raises:
            NotFound: if there is none, or it was deleted.
        """
        slug, number = parse_reference(reference)
        if number is not None:
            return self.version(slug, number)
        with self._database.read() as connection:
            row = find_workflow(connection, slug)
            found = load_pipeline(version_document(connection, row, row.head))
        return found.model_copy(update={"name": row.name})

    def version(self, slug: str, number: int) -> Pipeline:
        """Returns a version of a workflow.

        Raises:
            NotFound: if there is none.
        """
        with self._database.read() as connection:
            return load_pipeline(version_document(connection, find_workflow(connection, slug), number))

    def versions(self, slug: str) -> tuple[VersionInfo, ...]:
        """Returns the versions, newest first.

        Raises:
            NotFound: if there is no such workflow.
        """
        names = [name for name in VersionInfo.model_fields if name != "side"]
        statement = select(*(getattr(WorkflowVersionTable, name) for name in names))
        with self._database.read() as connection:
            row = find_workflow(connection, slug)
            of_workflow = statement.where(col(WorkflowVersionTable.workflow_id) == row.id)
            rows = connection.execute(of_workflow.order_by(col(WorkflowVersionTable.number).desc())).mappings().all()
        ancestors = ancestors_of({found["number"]: found["parent"] for found in rows}, row.head)
        return tuple(build(VersionInfo, {**found, "side": found["number"] not in ancestors}) for found in rows)

    def info(self, slug: str) -> WorkflowInfo:
        """Returns what is known of a workflow.

        Raises:
            NotFound: if there is none, or it was deleted.
        """
        with self._database.read() as connection:
            find_workflow(connection, slug)
            rows = connection.execute(_infos().where(col(WorkflowTable.slug) == slug)).mappings().all()
        return build(WorkflowInfo, dict(rows[0]))

    def list(self, *, deleted: bool = False) -> tuple[WorkflowInfo, ...]:
        """Returns the workflows, latest change first; with `deleted` those that may be restored instead."""
        removed = col(WorkflowTable.deleted_at)
        statement = _infos().where(removed.is_not(None) if deleted else removed.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(
                statement.order_by(col(WorkflowTable.updated_at).desc(), col(WorkflowTable.id).desc())
            )
            return tuple(build(WorkflowInfo, dict(row)) for row in rows.mappings())

    def rename(self, slug: str, name: str) -> WorkflowInfo:
        """Gives a workflow another name; slug and versions stay.

        Raises:
            NotFound: if there is no such workflow.
            DocumentError: if the name is empty or too long.
        """
        if not 1 <= len(name) <= LONGEST_NAME:
            raise DocumentError(f"The name has {len(name)} characters; a workflow's name has 1 to {LONGEST_NAME}.")
        with self._database.write() as connection:
            change_workflow(connection, lock_workflow(connection, slug).id, {"name": name, "updated_at": now()})
        return self.info(slug)

    def fork(self, reference: str, name: str | None = None) -> WorkflowInfo:
        """Saves a copy of a pipeline as a workflow of its own.

        Raises:
            NotFound: if there is no such pipeline.
        """
        slug, number = parse_reference(reference)
        original = self.pipeline(reference)
        copy = original.model_copy(update={"name": name or f"{original.name} (copy)"[:LONGEST_NAME]})
        return self.create(copy, message=f"Copy of {slug}@{number or self.info(slug).version}")

    def delete(self, slug: str) -> str:
        """Takes a workflow out of sight, destroying nothing, and returns what `restore` needs; its slug stays taken.

        Raises:
            NotFound: if there is none, or it was deleted before.
        """
        with self._database.write() as connection:
            change_workflow(connection, lock_workflow(connection, slug).id, {"deleted_at": now()})
        return slug

    def restore(self, slug: str) -> WorkflowInfo:
        """Brings a deleted workflow back as it was; does nothing to one that is there.

        Raises:
            NotFound: if there was never one.
        """
        with self._database.write() as connection:
            change_workflow(connection, find_workflow(connection, slug, deleted=True).id, {"deleted_at": None})
        return self.info(slug)

    def save_draft(self, slug: str, pipeline: Pipeline, *, base: int, revision: int, branch: str = MAIN) -> int:
        """Writes a draft made from version `base` over its revision `revision` (0: none yet); returns the new one.

        Raises:
            DraftConflict: if the draft has another revision; the refused side is kept as a side draft, where the caller
                may go on writing.
            NotFound: if there is no such workflow.
            DocumentError: if the pipeline cannot be stored.
        """
        return self._drafts.save(slug, pipeline, base=base, revision=revision, branch=branch)

    def draft(self, slug: str, branch: str = MAIN) -> Draft | None:
        """Returns a draft, or None; raises `NotFound` if there is no such workflow."""
        return next((draft for draft in self.drafts(slug) if draft.branch == branch), None)

    def drafts(self, slug: str) -> tuple[Draft, ...]:
        """Returns the drafts, latest first; raises `NotFound` if there is no such workflow."""
        return self._drafts.all(slug)

    def drop_draft(self, slug: str, branch: str = MAIN) -> None:
        """Throws a draft away; raises `NotFound` if there is no such workflow."""
        self._drafts.drop(slug, branch)

    def _claim(self, connection: Connection, slug: str, name: str) -> int | None:
        """Returns the id of a new workflow, or None where the slug is taken."""
        moment = now()
        row = {"slug": slug, "name": name, "owner": self._owner, "head": 1, "draft_counter": 0}
        statement = self._database.insert(WorkflowTable).values(**row, created_at=moment, updated_at=moment)
        claimed = statement.on_conflict_do_nothing(index_elements=["slug"]).returning(col(WorkflowTable.id))
        return connection.execute(claimed).scalar_one_or_none()

    def _add_version(
        self,
        connection: Connection,
        workflow_id: int,
        number: int,
        parent: int | None,
        content: tuple[str, str],
        message: str,
    ) -> None:
        document, content_hash = content
        row = {"workflow_id": workflow_id, "number": number, "parent": parent, "message": message}
        rest = {"document": document, "content_hash": content_hash, "author": self._owner, "created_at": now()}
        connection.execute(insert(WorkflowVersionTable), [{**row, **rest}])


def _infos() -> Select[tuple[object, ...]]:
    same = set(WorkflowInfo.model_fields) - {"version", "content_hash", "drafted"}
    drafted = exists().where(col(DraftTable.workflow_id) == col(WorkflowTable.id), col(DraftTable.branch) == MAIN)
    return select(
        *(getattr(WorkflowTable, name) for name in sorted(same)),
        col(WorkflowTable.head).label("version"),
        col(WorkflowVersionTable.content_hash),
        drafted.label("drafted"),
    ).join(
        WorkflowVersionTable,
        (col(WorkflowVersionTable.workflow_id) == col(WorkflowTable.id))
        & (col(WorkflowVersionTable.number) == col(WorkflowTable.head)),
    )
