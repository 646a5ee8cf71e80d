"""Trained routers, in versions."""

from __future__ import annotations

from pipelines.trained import RouterCard, TrainedRouter
from storage.artefact import Artefacts
from storage.codec import dump, load
from storage.database import Database


class Routers:
    """Keeps trained routers; a router that is trained anew under its name is a new version."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._artefacts = Artefacts(database, "router", "trained router")

    def put(self, router: TrainedRouter) -> int:
        """Stores a router under the name on its card and returns the number of the version."""
        return self._artefacts.put(router.card.name, dump(router.card), router.arrays())

    def get(self, reference: str) -> TrainedRouter:
        """Returns the router `name` or `name@version`.

        Raises:
            NotFound: if there is none.
            DocumentError: if what is stored was damaged.
        """
        found = self._artefacts.get(reference)
        return TrainedRouter.load(load(RouterCard, found.card), found.content)

    def version(self, reference: str) -> tuple[str, int]:
        """Returns name and number of the version that a reference means now.

        Raises:
            NotFound: if there is none.
        """
        return self._artefacts.version(reference)

    def list(self) -> list[tuple[int, RouterCard]]:
        """Returns the newest version number and the card of each, by name."""
        return [(found.number, load(RouterCard, found.card)) for found in self._artefacts.list()]

    def delete(self, name: str) -> None:
        """Forgets a router with all its versions."""
        self._artefacts.delete(name)
