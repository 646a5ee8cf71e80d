"""The outcome tables that the page of routers offers: those of the installation, and those that ship with it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import orjson
import streamlit as st

from app.workspace import Workspace
from pipelines.error import NotFound
from pipelines.outcome.archive import TableCard, card_of
from pipelines.outcome.folder import read_folder
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record
from pipelines.routing.prospect import Prospect, prospect

FOLDER: Final = Path(__file__).parents[2] / "assets" / "outcomes"
KEPT: Final = 4


class TableEntry(Record):
    """Is a table on the shelf.

    Attributes:
        version: 0 for a table that ships with the product.
    """

    version: int
    card: TableCard

    @property
    def reference(self) -> str:
        """Returns what names just this version."""
        return f"{self.card.name}@{self.version}" if self.version else self.card.name

    @property
    def title(self) -> str:
        """Returns what a person calls it."""
        return self.card.title or self.card.name


def table_entries(space: Workspace) -> dict[str, TableEntry]:
    """Returns the tables by name, one's own first."""
    own = {card.name: TableEntry(version=number, card=card) for number, card in space.storage.outcome_tables.list()}
    return {**own, **{name: entry for name, (entry, _) in _shipped().items() if name not in own}}


@st.cache_resource(max_entries=KEPT, show_spinner="Reading the table …")
def table_of(_space: Workspace, reference: str) -> OutcomeTable:
    """Returns a table, called by its reference.

    Raises:
        NotFound: if there is none.
    """
    if reference in _shipped():
        return _shipped()[reference][1]
    return replace(_space.storage.outcome_tables.get(reference), name=reference)


@st.cache_resource(max_entries=4 * KEPT, show_spinner="Looking whether routing is worth it …")
def prospect_of(_space: Workspace, reference: str) -> Prospect:
    """Returns what a table promises.

    Raises:
        NotFound: if there is no such table.
        ConfigurationError: if nothing in it can be compared.
    """
    return prospect(table_of(_space, reference))


def table_of_router(space: Workspace, name: str) -> OutcomeTable:
    """Returns the table that a router was trained on, by the name on its card.

    Raises:
        NotFound: if it is not here any more.
    """
    if name in _shipped() or name.partition("@")[0] in table_entries(space):
        return table_of(space, name)
    raise NotFound(f"The table '{name}' that the router learned from is not in this installation.")


@cache
def _shipped() -> dict[str, tuple[TableEntry, OutcomeTable]]:
    found = {}
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        table = read_folder(folder)
        card = card_of(table, folder.name, **orjson.loads((folder / "about.json").read_bytes()))
        found[folder.name] = (TableEntry(version=0, card=card), table)
    # The largest one is shown first.
    return dict(sorted(found.items(), key=lambda item: -item[1][1].n_queries))
