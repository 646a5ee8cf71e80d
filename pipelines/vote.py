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
        weights: one for each text, not negative; without them, or where their sum is 0, every text counts the same.
    """
    forms = [normalise(text, compare) for text in texts]
    voters = [n for n, form in enumerate(forms) if form] or list(range(len(forms)))
    weighed = weights if weights is not None and math.fsum(weights[n] for n in voters) > 0 else [1.0] * len(texts)
    groups: dict[str, list[int]] = {}
    for place in voters:
        groups.setdefault(forms[place], []).append(place)
    total = math.fsum(weighed[place] for place in voters)
    # Rounded, so that sums of the same weights in another order tie.
    shares = {form: round(math.fsum(weighed[p] for p in places) / total, 9) for form, places in groups.items()}
    best = max(shares, key=lambda form: shares[form])
    ranked = sorted(shares, key=lambda form: -shares[form])
    return Vote(winner=groups[best][0], share=shares[best], shares=_labelled(ranked, shares))


def _labelled(forms: Sequence[str], shares: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for form in forms:
        label = shortened(form, 60) or "(nothing)"
        found[f"{label} ({len(found) + 1})" if label in found else label] = shares[form]
    return found
