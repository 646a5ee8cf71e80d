"""The one entry point: a database opened, with everything that is kept in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from storage.data_set import DataSets
from storage.data_set_info import ShippedSets
from storage.database import Database
from storage.document_set import DocumentSets
from storage.experiment import Experiments
from storage.model import Models
from storage.outcome_table import OutcomeTables
from storage.router import Routers
from storage.run import RunLog
from storage.setting import Settings
from storage.workflow import Workflows


@dataclass(frozen=True, slots=True)
class Storage:
    """Bundles what is kept in one database; usable in a `with`."""

    database: Database
    workflows: Workflows
    runs: RunLog
    models: Models
    settings: Settings
    documents: DocumentSets
    data_sets: DataSets
    experiments: Experiments
    outcome_tables: OutcomeTables
    routers: Routers

    def close(self) -> None:
        """Writes what is waiting and closes the database."""
        self.experiments.close()
        self.runs.close()
        self.database.close()

    def __enter__(self) -> Storage:
        """Returns itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()


def open_storage(url: str | Path, *, owner: str = "local", shipped: ShippedSets = dict) -> Storage:
    """Opens a SQLite file (created if missing) or a PostgreSQL database by URL, at the newest schema.

    `shipped` knows the data sets of the product, which show up beside the stored ones.

    Raises:
        StorageError: if it cannot be reached, is damaged, is something else or was written by a newer Routeloom.
    """
    database = Database.open(url)
    return Storage(
        database=database,
        workflows=Workflows(database, owner),
        runs=RunLog(database),
        models=Models(database),
        settings=Settings(database),
        documents=DocumentSets(database),
        data_sets=DataSets(database, shipped),
        experiments=Experiments(database),
        outcome_tables=OutcomeTables(database),
        routers=Routers(database),
    )
