"""Parts a data set into splits, draws samples, and looks for what two parts have in common."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from pipelines.data.example import Example
from pipelines.error import DocumentError
from pipelines.record import Record

ROUNDING: Final = 1e-6
# Signs of arithmetic stay: 2+2 and 2-2 are different questions.
_PUNCTUATION: Final = re.compile(r"[\s.,;:!?'\"`«»“”„‘’‚¿¡…。，？！]+")


class Overlap(Record):
    """Is what two parts of data share, and should not if one is learned from and the other judged on.

    Attributes:
        ids: ids in both.
        queries: ids in the second part of rows whose question, apart from case, spaces and signs, is in the first.
        groups: groups in both.
    """

    ids: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Says whether they share nothing."""
        return not (self.ids or self.queries or self.groups)


def split(
    examples: Sequence[Example], fractions: Mapping[str, float], *, seed: int = 0, stratify: bool = True
) -> dict[str, tuple[Example, ...]]:
    """Parts examples into named splits of about these fractions of the rows, each in the order of the rows.

    A group is never parted. With `stratify` each split gets its share of every first tag too, as far as groups allow.

    Raises:
        DocumentError: if the fractions are not positive or do not add up to 1.
    """
    _refuse_fractions(fractions)
    units = _units(examples)
    strata = [_stratum(examples, unit) if stratify else "" for unit in units]
    sizes = np.array([len(unit) for unit in units], dtype=np.int64)
    # Large groups go first, while there is room to balance them; equal ones in an order drawn by the seed.
    order = np.lexsort((np.random.default_rng(seed).permutation(len(units)), -sizes))
    chosen = _dealt(order.tolist(), sizes.tolist(), strata, list(fractions.values()))
    places: list[list[int]] = [[] for _ in fractions]
    for unit, part in zip(units, chosen, strict=True):
        places[part] += unit
    return {
        name: tuple(examples[place] for place in sorted(part)) for name, part in zip(fractions, places, strict=True)
    }


def sample(examples: Sequence[Example], count: int, *, seed: int = 0, stratify: bool = False) -> tuple[Example, ...]:
    """Draws `count` examples without repetition, in the order of the rows; all of them where there are no more.

    With `stratify` every first tag has its share.

    Raises:
        DocumentError: if the count is not positive.
    """
    if count < 1:
        raise DocumentError(f"A sample of {count} rows was asked for; it has at least 1.")
    generator = np.random.default_rng(seed)
    if count >= len(examples):
        return tuple(examples)
    if not stratify:
        places = generator.choice(len(examples), count, replace=False)
        return tuple(examples[place] for place in np.sort(places))
    strata: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        strata[_tag(example)].append(place)
    shares = _shares([len(places) for places in strata.values()], count)
    drawn = [
        generator.choice(places, share, replace=False) for places, share in zip(strata.values(), shares, strict=True)
    ]
    return tuple(examples[place] for place in np.sort(np.concatenate(drawn)))


def overlap(first: Sequence[Example], second: Sequence[Example]) -> Overlap:
    """Returns what two parts share."""
    ids = {example.id for example in first}
    queries = {normalised(example) for example in first}
    groups = {example.group for example in first if example.group is not None}
    return Overlap(
        ids=tuple(example.id for example in second if example.id in ids),
        queries=tuple(example.id for example in second if normalised(example) in queries),
        groups=tuple(dict.fromkeys(example.group for example in second if example.group in groups and example.group)),
    )


def normalised(example: Example) -> str:
    """Returns the question with its choices without case, spaces and signs of punctuation."""
    text = "\n".join((example.query, *example.choices)).casefold()
    return _PUNCTUATION.sub("", text) or text


def _refuse_fractions(fractions: Mapping[str, float]) -> None:
    told = ", ".join(f"{name}={fraction:g}" for name, fraction in fractions.items()) or "none"
    if not fractions or any(not 0 < fraction <= 1 for fraction in fractions.values()):
        raise DocumentError(f"The splits are {told}; each needs a fraction above 0 and at most 1.")
    if not math.isclose(sum(fractions.values()), 1.0, abs_tol=ROUNDING):
        raise DocumentError(f"The splits are {told}, together {sum(fractions.values()):g}; they add up to 1.")


def _units(examples: Sequence[Example]) -> list[list[int]]:
    """Returns the places that stay together: those of each group, and each row without one by itself."""
    groups: dict[str, list[int]] = {}
    units = []
    for place, example in enumerate(examples):
        if example.group is None:
            units.append([place])
        elif example.group in groups:
            groups[example.group].append(place)
        else:
            groups[example.group] = [place]
            units.append(groups[example.group])
    return units


def _tag(example: Example) -> str:
    return example.tags[0] if example.tags else ""


def _stratum(examples: Sequence[Example], unit: Sequence[int]) -> str:
    return _tag(examples[unit[0]]) if len(unit) == 1 else Counter(_tag(examples[n]) for n in unit).most_common(1)[0][0]


def _dealt(order: Sequence[int], sizes: Sequence[int], strata: Sequence[str], shares: Sequence[float]) -> list[int]:
    """Returns the split of each unit: the one that lacks most of what it is due, in its stratum and in all."""
    have_all, seen_all = [0.0] * len(shares), 0
    have: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(shares))
    seen: dict[str, int] = defaultdict(int)
    chosen = [0] * len(sizes)
    for unit in order:
        size, stratum = sizes[unit], strata[unit]
        seen_all += size
        seen[stratum] += size
        here, known = have[stratum], seen[stratum]
        lacks = [share * (known + seen_all) - here[n] - have_all[n] for n, share in enumerate(shares)]
        part = lacks.index(max(lacks))
        chosen[unit] = part
        here[part] += size
        have_all[part] += size
    return chosen


def _shares(sizes: Sequence[int], count: int) -> list[int]:
    """Returns how many of each stratum to draw: proportional, the largest remainders first."""
    exact = [size * count / sum(sizes) for size in sizes]
    shares = [int(share) for share in exact]
    remainders = sorted(range(len(sizes)), key=lambda n: shares[n] - exact[n])
    for n in remainders[: count - sum(shares)]:
        shares[n] += 1
    return shares
