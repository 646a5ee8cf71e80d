"""Replays pipelines of this installation on an outcome table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.workspace import Workspace
from pipelines.document import Pipeline
from pipelines.experiment.results import Results
from pipelines.outcome.replay.replay import Way, replay
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.embedder import pick_embedder
from pipelines.retrieval.kept import BoughtOnly, KeptEmbedder


def replay_here(
    space: Workspace,
    pipelines: Mapping[str, Pipeline],
    table: OutcomeTable,
    *,
    aliases: Mapping[str, str] | None = None,
    default: str | None = None,
    seed: int = 0,
    way: Way = "auto",
    perfect_ratings: bool = False,
    on_done: Callable[[int], None] | None = None,
) -> Results:
    """Returns what pipelines would have answered, with the routers, parts and prices of this installation.

    See `pipelines.outcome.replay.replay.replay`; `aliases` are the table's names by those of the catalogue.
    """
    work = replay(
        pipelines,
        table,
        embedder=pick_embedder(space.config.weights_folder),
        library=space.library,
        known=space.catalogue,
        aliases=aliases,
        default=default,
        seed=seed,
        way=way,
        perfect_ratings=perfect_ratings,
        bought=lambda name: KeptEmbedder(BoughtOnly(name), space.config.vectors_folder),
        on_done=on_done,
    )
    return space.loop.call(work)
