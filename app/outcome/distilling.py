"""Distils thought templates of an outcome table with a model, and keeps them as a document set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.outcome.filling import asking
from app.workspace import Workspace
from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable
from pipelines.outcome.thought import lessons_of
from pipelines.retrieval.embedder import pick_embedder
from pipelines.run import Run, RunSettings
from pipelines.value import Document, Query


@dataclass(frozen=True, slots=True)
class Distilled:
    """Is what came of it: the templates, why others failed, and what it cost."""

    documents: tuple[Document, ...]
    failed: tuple[str, ...]
    paid_usd: float


def distil_thoughts(
    space: Workspace,
    table: OutcomeTable,
    document_set: str,
    *,
    model: str | None = None,
    count: int = 20,
    near: int = 4,
    least_score: float = 1.0,
    models: Sequence[str] = (),
    seed: int = 0,
    on_done: Callable[[Run], None] | None = None,
) -> Distilled:
    """Asks a model (by default the default one) for templates and stores them, instead of earlier ones of that name.

    See `lessons_of` for the rest.

    Raises:
        ConfigurationError: if no answers were recorded, none is good enough, or no template came.
    """
    embedder = pick_embedder(space.config.weights_folder)
    vectors = space.loop.call(embedder.embed(table.queries))
    lessons = lessons_of(table, vectors, count=count, near=near, least_score=least_score, models=models)
    settings = RunSettings(model=model, seed=seed)
    pipeline = asking(model)
    runs = [Run(pipeline=pipeline, query=Query(text=lesson.prompt()), settings=settings) for lesson in lessons]
    done = space.run_many(runs, on_done=on_done)
    documents = tuple(
        lesson.document(run.answer.text)
        for lesson, run in zip(lessons, done, strict=True)
        if run.answer is not None and run.answer.text.strip()
    )
    failed = tuple(run.error or "The answer was empty." for run in done if run.answer is None)
    if not documents:
        raise ConfigurationError(f"No template came of it: {failed[0] if failed else 'every answer was empty'}")
    store = space.storage.documents
    known = {info.name for info in store.list()}
    (store.replace if document_set in known else store.create)(document_set, documents)
    return Distilled(documents, failed, sum(run.totals.cost_usd for run in done))
