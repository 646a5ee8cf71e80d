"""Whether the scores of a judge agree with those of people on the same answers."""

from __future__ import annotations

import numpy as np

from pipelines.experiment.results import Ints, Results
from pipelines.statistics.agreement import Weighting, kappa, levels
from pipelines.statistics.measure import Measure, measure


def judge_agreement(
    judge: Results,
    people: Results,
    *,
    n_levels: int = 2,
    weighting: Weighting = "none",
    confidence: float = 0.95,
) -> Measure:
    """Returns Cohen's kappa of two results of one experiment, on the rows that both have scored.

    Args:
        judge: scores of the judge, and `people` of the people, such as by the scorers `llm_judge` and `human_label`.
        people: as `judge`.
        n_levels: into how many equal steps scores are put; 2 parts right from wrong at 0.5.
        weighting: how much a near miss counts, for more than two levels.
        confidence: of the interval.

    Source: as `pipelines.statistics.agreement.kappa`.
    """
    _, ours, theirs = np.intersect1d(_keys(judge), _keys(people), return_indices=True)
    first, second = judge.score[ours], people.score[theirs]
    both = ~(np.isnan(first) | np.isnan(second))
    found = kappa(
        levels(first[both], n_levels), levels(second[both], n_levels), n_levels,
        weighting=weighting, confidence=confidence,
    )  # fmt: skip
    same = int(np.count_nonzero(levels(first[both], n_levels) == levels(second[both], n_levels)))
    return measure("agreement", found, f"The judge and people agree on {same:,} of {found.n:,} answers")


def _keys(results: Results) -> Ints:
    """Returns a number for each row that names its pipeline, example and repeat."""
    n_examples, most_repeats = len(results.examples.ids), 1_000
    return (results.contender * n_examples + results.example) * most_repeats + results.repeat
