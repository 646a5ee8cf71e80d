"""The vote over several answers: what they agree on and how far."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import Field

from pipelines.normalise import Comparison, normalise
from pipelines.prompt import shortened
from pipelines.record import Record
from pipelines.value import Probability


class Vote(Record):
    """Is the result of a vote.

    Attributes:
        winner: place of the first answer of the winning group, from 0.
        share: part of the weight that the winning group has.
        shares: part of the weight by answer in its normal form, shortened to 60 characters, largest first.
    """

    winner: int = Field(ge=0)
    share: Probability
    shares: dict[str, float]


def vote(texts: Sequence[str], compare: Comparison = "auto", weights: Sequence[float] | None = None) -> Vote:
    """Returns the largest group of agreeing texts; of equal groups the one whose first member comes first.

    Args:
        texts: the answers, at least one; blank ones abstain unless all are.
        compare: how answers are brought to one form.
        weights: one for each text; a negative one speaks against its text. Without them, or where all are 0, every text
            counts the same.
    """
    forms = [normalise(text, compare) for text in texts]
    voters = [n for n, form in enumerate(forms) if form] or list(range(len(forms)))
    weighed = weights if weights is not None and any(weights[n] for n in voters) else [1.0] * len(texts)
    groups: dict[str, list[int]] = {}
    for place in voters:
        groups.setdefault(forms[place], []).append(place)
    # Rounded, so that sums of the same weights in another order tie.
    behind = {form: round(math.fsum(weighed[p] for p in places), 9) for form, places in groups.items()}
    best = max(behind, key=lambda form: behind[form])
    ranked = sorted(behind, key=lambda form: -behind[form])
    shares = _shares(behind)
    return Vote(winner=groups[best][0], share=shares[best], shares=_labelled(ranked, shares))


def _shares(behind: dict[str, float]) -> dict[str, float]:
    """Returns the parts of the weight that speaks for something; equal ones where none does."""
    total = math.fsum(max(weight, 0.0) for weight in behind.values())
    if not total:
        return dict.fromkeys(behind, 1 / len(behind))
    return {form: round(max(weight, 0.0) / total, 9) for form, weight in behind.items()}


def _labelled(forms: Sequence[str], shares: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for form in forms:
        label = shortened(form, 60) or "(nothing)"
        found[f"{label} ({len(found) + 1})" if label in found else label] = shares[form]
    return found
