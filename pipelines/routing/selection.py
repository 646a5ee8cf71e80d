"""Which model demands leave, and which of these is best for its score and for what is wished of it (Pareto choice)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.catalogue import ModelEntry
from pipelines.routing.demand import WISHES, Demands, Profile, Wish, fault

Floats = NDArray[np.float64]

_FLOOR_USD: Final = 0.01
"""Prices are compared by their ratio; below a cent per million tokens they count as alike."""
_TIE: Final = 1 + 1e-9
_KNOWN_BY: Final[dict[Wish, str]] = {
    "small": "size",
    "recent": "age",
    "cheap": "price",
    "open": "licence",
    "roomy": "window",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Is the outcome of a choice among models.

    Attributes:
        chosen: number of the model, None where none keeps to the demands.
        plain: who would have been chosen without wishes, None as above.
        moved_by: the wishes that moved the choice away from there, the strongest first.
        front: the numbers of the models that no other beats in score and in all wishes; empty without wishes.
        left: the numbers of the models that may be chosen.
        faults: what the others do not keep to, by number.
        blind: the wishes that could not count, because nobody's size (price, ...) is known.
        guessed: numbers of models of which something that is wished is not known; it counts as the worst.
    """

    chosen: int | None
    plain: int | None
    moved_by: tuple[Wish, ...]
    front: tuple[int, ...]
    left: tuple[int, ...]
    faults: dict[int, str]
    blind: tuple[Wish, ...]
    guessed: tuple[int, ...]

    def told(self, names: Sequence[str]) -> str:
        """Returns what demands did, for the end of a line that says what was chosen; empty where they did nothing."""
        parts = []
        if self.moved_by and self.plain is not None:
            wishes = " and ".join(self.moved_by)
            parts.append(
                f"the {'wish' if len(self.moved_by) == 1 else 'wishes'} {wishes} moved it from {names[self.plain]}"
            )
        if self.front:
            parts.append(f"not beaten in score and wishes: {', '.join(names[number] for number in self.front)}")
        if self.faults:
            parts.append("left out: " + ", ".join(f"{names[number]} ({why})" for number, why in self.faults.items()))
        parts += [f"nobody's {_KNOWN_BY[wish]} is known, so '{wish}' does not count" for wish in self.blind]
        if self.guessed:
            parts.append(f"not all is known of {', '.join(names[number] for number in self.guessed)}")
        return "".join(f"; {part}" for part in parts)


def select(worth: Floats, models: Sequence[ModelEntry], demands: Sequence[Demands]) -> Selection:
    """Returns the model with the highest worth minus what it lacks of the wishes, among those that keep to all demands.

    Each wish takes up to its weight: nothing from the best model that is left, all of it from the worst and from one of
    which it is not known. Sizes, prices and windows are compared by their ratio, ages by days.

    Args:
        worth: score of each model, or score less cost, an array (n_models,); -inf may not be chosen at all.
        models: the same.
        demands: all of them count; of a wish the largest weight.

    Source: Tryage (arXiv 2308.11601): argmin of predicted loss + sum of lambda_j * C_j(model), which picks a point of
    the Pareto front; here with scores, constraints that hold whatever the score is, and burdens scaled to [0, 1].
    """
    demands = [each for each in demands if each.asks]
    if not demands:
        # A batch asks this for every question.
        return _undemanding(worth)
    profiles = [Profile.of(entry) for entry in models]
    found = {number: fault(profile, demands) for number, profile in enumerate(profiles)}
    faults = {number: why for number, why in found.items() if why}
    left = np.array([number not in faults for number in found], dtype=np.bool_) & np.isfinite(worth)
    if not left.any():
        return Selection(None, None, (), (), (), faults, (), ())
    weights = {wish: max((each.weight(wish) for each in demands), default=0.0) for wish in WISHES}
    raw = {wish: _raw(wish, profiles) for wish in WISHES if weights[wish]}
    blind = tuple(wish for wish, values in raw.items() if np.isnan(values[left]).all())
    burdens = {wish: _scaled(values, left) for wish, values in raw.items() if wish not in blind}
    loss = sum((weights[wish] * burden for wish, burden in burdens.items()), np.zeros(len(worth)))
    plain = int(np.where(left, worth, -np.inf).argmax())
    # Of models that are worth the same, the one that is more what is wished.
    chosen = int(np.where(left, worth - _TIE * loss, -np.inf).argmax())
    gains = {wish: weights[wish] * float(burden[plain] - burden[chosen]) for wish, burden in burdens.items()}
    moved = sorted((wish for wish in gains if gains[wish] > 0), key=lambda wish: -gains[wish])
    return Selection(
        chosen=chosen,
        plain=plain,
        moved_by=tuple(moved) if chosen != plain else (),
        front=_front(worth, burdens, left),
        left=tuple(np.flatnonzero(left).tolist()),
        faults=faults,
        blind=blind,
        guessed=tuple(
            number for number in np.flatnonzero(left).tolist() if any(np.isnan(raw[wish][number]) for wish in burdens)
        ),
    )


def _undemanding(worth: Floats) -> Selection:
    left = tuple(np.flatnonzero(np.isfinite(worth)).tolist())
    best = int(worth.argmax()) if left else None
    return Selection(best, best, (), (), left, {}, (), ())


def _raw(wish: Wish, profiles: Sequence[Profile]) -> Floats:
    """Returns a number for each model that is larger the less it is what is wished; NaN where it is not known."""
    return np.array([_burden(wish, profile) for profile in profiles], dtype=np.float64)


def _burden(wish: Wish, profile: Profile) -> float:
    unknown = float("nan")
    if wish == "small":
        return unknown if profile.size_b is None else log(profile.size_b)
    if wish == "cheap":
        price = profile.price_usd_per_mtok
        return unknown if price is None else log(max(price, _FLOOR_USD))
    if wish == "recent":
        return unknown if profile.released_on is None else -float(profile.released_on.toordinal())
    if wish == "open":
        return unknown if profile.is_open is None else float(not profile.is_open)
    return unknown if profile.context_tokens is None else -log(profile.context_tokens)


def _scaled(values: Floats, left: NDArray[np.bool_]) -> Floats:
    """Returns the burdens between 0, the best that is left, and 1; what is not known is 1."""
    known = values[left & ~np.isnan(values)]
    low, spread = known.min(), known.max() - known.min()
    scaled = (values - low) / spread if spread > 0 else np.where(np.isnan(values), np.nan, 0.0)
    return np.asarray(np.where(np.isnan(scaled), 1.0, scaled), dtype=np.float64)


def _front(worth: Floats, burdens: dict[Wish, Floats], left: NDArray[np.bool_]) -> tuple[int, ...]:
    """Returns who of those left is not beaten: nobody else is as good in everything and better in something."""
    if not burdens:
        return ()
    marks = np.stack([worth, *(-burden for burden in burdens.values())], axis=1)
    places = np.flatnonzero(left)
    own = marks[places]
    as_good = np.all(own[None, :, :] >= own[:, None, :], axis=2)
    better = np.any(own[None, :, :] > own[:, None, :], axis=2)
    beaten = np.any(as_good & better, axis=1)
    return tuple(places[~beaten].tolist())
