"""Outcome tables, in versions."""

from __future__ import annotations

from typing import Any

from pipelines.outcome.archive import TableCard, card_of, table_from_bytes, table_to_bytes
from pipelines.outcome.table import OutcomeTable
from storage.artefact import Artefacts
from storage.codec import dump, load
from storage.database import Database


class OutcomeTables:
    """Keeps outcome tables; one that got new cells is a new version."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._artefacts = Artefacts(database, "outcome_table", "outcome table")

    def put(self, table: OutcomeTable, name: str, **about: Any) -> int:
        """Stores a table under a slug, with `title`, `source` and `licence`, and returns the number of the version."""
        known = {found.name: found for found in self._artefacts.list()}
        content = table_to_bytes(table)
        card = card_of(table, name, **about)
        if name in known and load(TableCard, known[name].card).content_hash == card.content_hash:
            card = card.model_copy(update={"created_at": load(TableCard, known[name].card).created_at})
        return self._artefacts.put(name, dump(card), content)

    def get(self, reference: str) -> OutcomeTable:
        """Returns the table `name` or `name@version`.

        Raises:
            NotFound: if there is none.
            DocumentError: if what is stored was damaged.
        """
        return table_from_bytes(self._artefacts.get(reference).content)

    def card(self, reference: str) -> TableCard:
        """Returns the card of a table.

        Raises:
            NotFound: if there is none.
        """
        return load(TableCard, self._artefacts.get(reference).card)

    def list(self) -> list[tuple[int, TableCard]]:
        """Returns the newest version number and the card of each, by name."""
        return [(found.number, load(TableCard, found.card)) for found in self._artefacts.list()]

    def delete(self, name: str) -> None:
        """Forgets a table with all its versions."""
        self._artefacts.delete(name)
