"""Predicts what an experiment, or one run of a pipeline, costs and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipelines.catalogue import Catalogue, estimate_tokens
from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.estimate.draw import DRAWS, Dice, Floats
from pipelines.estimate.history import History
from pipelines.estimate.judge import judge_costs
from pipelines.estimate.record import Estimate
from pipelines.estimate.route import Decisions
from pipelines.estimate.summary import contender_estimate, range_of, totals_of
from pipelines.estimate.walk import Known, Questions, sound_part, walk
from pipelines.estimate.wall import wall_times
from pipelines.experiment.experiment import Contender, ExperimentSettings
from pipelines.scorer import Scorer
from pipelines.store import PipelineLibrary

NOTHING_KNOWN: Final = History()
NOT_TRIED: Final = Decisions()
TYPICAL: Final = Example(id="typical", query="A question of about a dozen words, as a person would type it.")


def estimate(
    contenders: Sequence[Contender],
    examples: Sequence[Example],
    history: History = NOTHING_KNOWN,
    *,
    catalogue: Catalogue,
    settings: ExperimentSettings | None = None,
    decisions: Decisions = NOT_TRIED,
    library: PipelineLibrary | None = None,
    scorers: Sequence[Scorer] = (),
    draws: int = DRAWS,
) -> Estimate:
    """Returns what these pipelines will cost and take on these examples, by simulating them many times.

    Args:
        contenders: at least one; nodes that cannot be built are left out.
        examples: without any, one typical question.
        history: what past runs tell (`history_of`).
        catalogue: prices and limits of the models.
        settings: default model, repeats, concurrency, seed.
        decisions: how the routers decided in a dry run (`dry_run`).
        library: where sub-pipelines are found that have not run yet.
        scorers: what judges the answers; its cost is told apart.
        draws: how often a row is simulated; fewer are quicker and less exact at the ends.

    Source: Monte-Carlo over the pipeline, so that the mean of a maximum is not taken for the maximum of the means;
    token flow and cost per node after "On the Design and Analysis of LLM-Based Algorithms" (Chen et al., 2024),
    without its error analysis.
    """
    chosen = settings or ExperimentSettings()
    asked = list(examples) or [TYPICAL]
    rows = len(asked) * chosen.repeats
    dice = Dice.for_rows(rows, chosen.seed, draws)
    known = Known(history, _with_default(catalogue, chosen.model), library)
    questions = _questions(asked, rows, dice)
    walks = [walk(sound_part(c.pipeline), dice, questions, known, decisions.of(c.label)) for c in contenders]
    parts = tuple(contender_estimate(c.label, rows, walked) for c, walked in zip(contenders, walks, strict=True))
    totals: Floats = np.sum([totals_of(walked.cost_usd, rows) for walked in walks], axis=0)
    judged = [judge_costs(scorers, walked, asked, dice, questions, known) for walked in walks]
    judges: Floats = np.sum([totals_of(cost_usd, rows) for cost_usd, _ in judged], axis=0)
    return Estimate(
        contenders=parts,
        rows=rows * len(parts),
        total_cost_usd=None if any(part.unpriced for part in parts) else range_of(totals),
        at_least_usd=float(totals.mean()),
        judge_cost_usd=None if any(unpriced for _, unpriced in judged) else range_of(judges),
        wall_s=range_of(wall_times(walks, rows, chosen.concurrency, known.catalogue)),
        concurrency=chosen.concurrency,
        dry_run_examples=decisions.count,
        seed=chosen.seed,
    )


def _with_default(catalogue: Catalogue, model: str | None) -> Catalogue:
    if model is None:
        return catalogue
    try:
        return catalogue.with_default(model)
    except ConfigurationError:
        return catalogue


def _questions(examples: Sequence[Example], rows: int, dice: Dice) -> Questions:
    if rows <= dice.rows:
        places = np.broadcast_to(np.arange(rows) % len(examples), dice.shape)
    else:
        places = dice.rng("examples").integers(0, len(examples), dice.shape)
    queries = [example.as_query() for example in examples]
    tokens = np.array([estimate_tokens(query.text) for query in queries], dtype=np.float64)
    documents = [sum(estimate_tokens(document.text) for document in query.documents) for query in queries]
    return Questions(places, tokens[places], np.array(documents, dtype=np.float64)[places])
