"""The tables: what is queried has a column and an index, the whole record lies beside it as JSON text."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.column import PlainText, RowNumber, UtcTime

RUNNING = text("status = 'running'")
ALONE = text("experiment IS NULL")
IN_EXPERIMENT = text("experiment IS NOT NULL")
ANSWERED = text("answered")


def _number() -> Any:
    return Field(default=None, primary_key=True, sa_type=RowNumber)


def _moment() -> Any:
    return Field(sa_type=UtcTime)


def _name(**options: Any) -> Any:
    return Field(sa_type=PlainText, **options)


def _json() -> Any:
    return Field(sa_type=Text)


def _count() -> Any:
    return Field(default=0, sa_type=BigInteger)


class WorkflowTable(SQLModel, table=True):
    """Holds the saved workflows; `draft_counter` numbers every draft ever written, so that no revision occurs twice."""

    __tablename__: ClassVar[str] = "workflow"

    id: int | None = _number()
    slug: str = _name(unique=True)
    name: str = _name()
    owner: str = _name()
    head: int
    draft_counter: int = 0
    created_at: datetime = _moment()
    updated_at: datetime = _moment()
    deleted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class WorkflowVersionTable(SQLModel, table=True):
    """Holds the immutable versions; one whose parent is not the version before it lies on a side branch."""

    __tablename__: ClassVar[str] = "workflow_version"

    workflow_id: int = Field(foreign_key="workflow.id", primary_key=True, ondelete="CASCADE", sa_type=RowNumber)
    number: int = Field(primary_key=True)
    parent: int | None = None
    content_hash: str = _name()
    message: str = _name()
    author: str = _name()
    created_at: datetime = _moment()
    document: str = _json()


class DraftTable(SQLModel, table=True):
    """Holds unsaved work: the main draft of a workflow, and side drafts of tabs that came too late."""

    __tablename__: ClassVar[str] = "draft"

    workflow_id: int = Field(foreign_key="workflow.id", primary_key=True, ondelete="CASCADE", sa_type=RowNumber)
    branch: str = _name(primary_key=True)
    base: int
    revision: int
    updated_at: datetime = _moment()
    document: str = _json()


class SnapshotTable(SQLModel, table=True):
    """Holds each pipeline that ever ran, once, by the SHA-256 of its JSON."""

    __tablename__: ClassVar[str] = "snapshot"

    sha256: str = _name(primary_key=True)
    document: str = _json()


class RunTable(SQLModel, table=True):
    """Holds the runs without their pipeline and spans; those of an experiment name it."""

    __tablename__: ClassVar[str] = "run"
    __table_args__ = (
        Index("ix_run_workflow_sequence", "workflow", "sequence", sqlite_where=ALONE, postgresql_where=ALONE),
        Index("ix_run_alone", "sequence", sqlite_where=ALONE, postgresql_where=ALONE),
        Index("ix_run_experiment", "experiment", sqlite_where=IN_EXPERIMENT, postgresql_where=IN_EXPERIMENT),
        Index("ix_run_started_at", "started_at"),
        Index("ix_run_running", "sequence", sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    sequence: int | None = _number()
    id: str = _name(unique=True)
    workflow: str | None = _name(default=None)
    version: int | None = None
    experiment: str | None = _name(default=None)
    pipeline_name: str = _name()
    pipeline_sha256: str = _name()
    question: str = _name()
    answer: str | None = _name(default=None)
    error: str | None = _name(default=None)
    status: str = _name()
    calls: int = _count()
    cost_usd: float = 0.0
    list_cost_usd: float = 0.0
    notional: bool = False
    input_tokens: int = _count()
    output_tokens: int = _count()
    latency_s: float = 0.0
    started_at: datetime = _moment()
    record: str = _json()


class SpanTable(SQLModel, table=True):
    """Holds the spans of the runs."""

    __tablename__: ClassVar[str] = "span"

    sequence: int | None = _number()
    run_id: str = _name(index=True)
    node_id: str = _name()
    kind: str = _name()
    status: str = _name()
    cost_usd: float = 0.0
    latency_s: float = 0.0
    record: str = _json()


class CallTable(SQLModel, table=True):
    """Holds the calls to models; the partial index is the call cache."""

    __tablename__: ClassVar[str] = "call"
    __table_args__ = (Index("ix_call_answer", "key", "sequence", sqlite_where=ANSWERED, postgresql_where=ANSWERED),)

    sequence: int | None = _number()
    id: str = _name(unique=True)
    run_id: str = _name(index=True)
    node_id: str = _name()
    key: str = _name()
    answered: bool
    model: str = _name()
    source: str = _name()
    cost_usd: float = 0.0
    list_cost_usd: float = 0.0
    input_tokens: int = _count()
    output_tokens: int = _count()
    latency_s: float = 0.0
    error_kind: str | None = _name(default=None)
    started_at: datetime = _moment()
    record: str = _json()


class LeaseTable(SQLModel, table=True):
    """Says which worker has a run in hand, and until when."""

    __tablename__: ClassVar[str] = "lease"

    run_id: str = _name(primary_key=True)
    owner: str = _name()
    expires_at: datetime = _moment()


class ModelTable(SQLModel, table=True):
    """Holds the models that the user added or changed; the price and its date are in the record."""

    __tablename__: ClassVar[str] = "model"

    name: str = _name(primary_key=True)
    updated_at: datetime = _moment()
    record: str = _json()


class SettingTable(SQLModel, table=True):
    """Holds small JSON values by key; never a secret."""

    __tablename__: ClassVar[str] = "setting"

    key: str = _name(primary_key=True)
    updated_at: datetime = _moment()
    value: str = _json()


class DocumentSetTable(SQLModel, table=True):
    """Holds the names of the document sets."""

    __tablename__: ClassVar[str] = "document_set"

    id: int | None = _number()
    name: str = _name(unique=True)
    created_at: datetime = _moment()
    updated_at: datetime = _moment()


class DocumentTable(SQLModel, table=True):
    """Holds the documents of the sets."""

    __tablename__: ClassVar[str] = "document"
    __table_args__ = (
        UniqueConstraint("set_id", "ordinal", name="uq_document_set_id_ordinal"),
        CheckConstraint("ordinal >= 0", name="ck_document_ordinal"),
    )

    id: int | None = _number()
    set_id: int = Field(foreign_key="document_set.id", ondelete="CASCADE", sa_type=RowNumber)
    ordinal: int
    title: str = _name()
    sha256: str = _name()
    characters: int = _count()
    record: str = _json()


class DataSetTable(SQLModel, table=True):
    """Holds the data sets; `head` is their current version."""

    __tablename__: ClassVar[str] = "data_set"

    id: int | None = _number()
    name: str = _name(unique=True)
    title: str = _name()
    description: str = _name()
    source: str = _name()
    licence: str = _name()
    head: int
    created_at: datetime = _moment()
    updated_at: datetime = _moment()


class DataVersionTable(SQLModel, table=True):
    """Holds the versions of the data sets, numbered from 1."""

    __tablename__: ClassVar[str] = "data_version"

    set_id: int = Field(foreign_key="data_set.id", primary_key=True, ondelete="CASCADE", sa_type=RowNumber)
    number: int = Field(primary_key=True)
    content_hash: str = _name()
    examples: int = _count()
    message: str = _name()
    created_at: datetime = _moment()


class DataRowTable(SQLModel, table=True):
    """Holds the rows of the data sets: a row belongs to the versions from `since` to below `until`.

    So a version that changes one row of many costs one row. `words` is what a search looks at, in lower case.
    """

    __tablename__: ClassVar[str] = "data_row"
    __table_args__ = (
        UniqueConstraint("set_id", "ordinal", "since", name="uq_data_row_set_id_ordinal_since"),
        CheckConstraint("ordinal >= 0", name="ck_data_row_ordinal"),
    )

    id: int | None = _number()
    set_id: int = Field(foreign_key="data_set.id", ondelete="CASCADE", sa_type=RowNumber)
    ordinal: int
    since: int
    until: int
    words: str = _name()
    record: str = _json()


class ArtefactTable(SQLModel, table=True):
    """Holds what was computed and is kept in versions: trained routers and outcome tables, arrays as one file each."""

    __tablename__: ClassVar[str] = "artefact"

    kind: str = _name(primary_key=True)
    name: str = _name(primary_key=True)
    number: int = Field(primary_key=True)
    content_hash: str = _name()
    created_at: datetime = _moment()
    card: str = _json()
    content: bytes = Field(sa_type=LargeBinary)
