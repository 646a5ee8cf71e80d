"""Says in words whether routing is worth it on a table at all."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Final

from pipelines.record import Record
from pipelines.routing.figures import Figure, RouterComparison

NEGLIGIBLE: Final = 0.005
"""Half a point: an oracle that is no further above the best single model leaves nothing to win."""

LEAST_SAVING: Final = 0.05
"""A twentieth of the cost: less is not worth the trouble."""

LEAST_JUDGED: Final = 30
"""Fewer rows tell nothing of whether routing is worth it."""

_LEVEL: Final = 0.95


class Verdict(Record):
    """Says whether routing is worth it, and why.

    Attributes:
        for_accuracy: the router that beats the best single model beyond doubt, or None.
        for_cost: the router that saves a twentieth or more of the best single model's cost at its accuracy, or whose
            cost-quality hull is half a point or more above that of mixing the models at random, beyond doubt; or None.
        too_few: the rows are too few to tell anything.
    """

    for_accuracy: str | None
    for_cost: str | None
    sentence: str
    too_few: bool = False

    @property
    def worth_routing(self) -> bool:
        """Returns whether any router wins anything."""
        return self.for_accuracy is not None or self.for_cost is not None


def verdict(comparison: RouterComparison) -> Verdict:
    """Returns what the comparison says about the table.

    Source: paired percentile bootstrap of each router against the best single model (accuracy) and against the Zero
    router of RouterBench (cost); the intervals are widened for the number of comparisons (Bonferroni, as if normal),
    because the best of many looks better than it is.
    """
    if comparison.n_test < LEAST_JUDGED or comparison.headroom.low is None:
        return Verdict(for_accuracy=None, for_cost=None, sentence=_too_few(comparison), too_few=True)
    tests = len(comparison.differences) + len(comparison.saving_gains) + len(comparison.aiq_gains)
    better = _surest(comparison.differences, tests, 0.0)
    saving = _surest(comparison.saving_gains, tests, LEAST_SAVING)
    cheaper = saving or _surest(comparison.aiq_gains, tests, NEGLIGIBLE)
    sentences = [_accuracy(comparison, better), _cost(comparison, cheaper, saves=saving is not None)]
    return Verdict(for_accuracy=better, for_cost=cheaper, sentence=" ".join(filter(None, sentences)))


def _surest(gains: Mapping[str, Figure], tests: int, least: float) -> str | None:
    """Returns the router with the largest gain of those that are large enough and whose widened interval is above 0."""
    normal = NormalDist()
    widened = normal.inv_cdf(1 - (1 - _LEVEL) / 2 / max(1, tests)) / normal.inv_cdf(0.5 + _LEVEL / 2)
    sure = {
        name: gain.value
        for name, gain in gains.items()
        if gain.value is not None
        and gain.low is not None
        and gain.value >= least
        and gain.value - (gain.value - gain.low) * widened > 1e-12
    }
    return max(sure, key=lambda name: sure[name]) if sure else None


def _too_few(comparison: RouterComparison) -> str:
    """Returns how many test rows there are, and how many are wanted."""
    count = comparison.n_test
    if count >= LEAST_JUDGED:
        return f"{count:,} test rows of so few groups are too few to tell whether routing is worth it."
    are = "test row is" if count == 1 else "test rows are"
    return f"{count} {are} too few to tell whether routing is worth it; it takes {LEAST_JUDGED} at least."


def _accuracy(comparison: RouterComparison, better: str | None) -> str:
    room, single = comparison.headroom.value or 0.0, comparison.best_single
    if room < NEGLIGIBLE:
        above = f"even the oracle is only {_points(room)} above" if room > 0 else "the oracle is no better than"
        return (
            f"This table has no headroom: {above} the best single model ({single}), so no router can be more accurate."
        )
    told = f"The oracle is {_points(room)} above the best single model ({single})"
    if better is None:
        return (
            f"{told}, but no strategy tried recovers any of it beyond doubt: routing for accuracy is not worth it here."
        )
    gain = comparison.differences[better]
    return (
        f"{told}; '{better}' recovers {_points(gain.value or 0.0)} of it"
        f" ({_points(gain.low or 0.0)} to {_points(gain.high or 0.0)})."
    )


def _cost(comparison: RouterComparison, cheaper: str | None, *, saves: bool) -> str:
    if all(gain.value is None for gain in comparison.aiq_gains.values()):
        return ""
    if cheaper is None:
        return (
            "At equal cost no strategy tried beats mixing the models at random: routing for cost is not worth it here."
        )
    savings = {router.name: router.saving_at_best_single_accuracy.value for router in comparison.routers}
    saving = savings[cheaper]
    if not saves or saving is None:
        gain = comparison.aiq_gains[cheaper].value or 0.0
        return (
            f"At equal cost '{cheaper}' is on average {_points(gain)} more accurate than mixing the models at random."
        )
    return f"'{cheaper}' reaches the accuracy of {comparison.best_single} for {saving:.0%} less money."


def _points(share: float) -> str:
    return f"{share * 100:.1f} points"
