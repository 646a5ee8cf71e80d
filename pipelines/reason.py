"""What in a question spoke for the model that was chosen and against the next one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.featurizer import Speaking

if TYPE_CHECKING:
    from pipelines.featured import FeaturedStrategy
    from pipelines.strategy import Scores

TOLD: Final = 6
"""So many reasons for and against are told."""

MOST_WORDS: Final = 60
_WORD: Final = re.compile(r"\w+")


def spoken(strategy: FeaturedStrategy, query: str, weights: NDArray[Any], values: Scores) -> dict[str, Any]:
    """Returns what each word or look adds to the lead of the chosen model over the next one; empty without a name.

    Args:
        strategy: fitted, linear on its features.
        query: the question.
        weights: array (n_features, n_models).
        values: what decides between the models, such as scores or log-odds, an array (n_models,).

    Source: the additive terms of a linear model, as coefficient times feature (Lundberg and Lee 2017, section 2.4,
    without the reference point: a word that is not there adds nothing).
    """
    lens = strategy.own_lens
    if len(values) < 2 or not isinstance(lens, Speaking):
        return {}
    chosen, following = _leaders(values)
    direction = np.asarray(weights[:, chosen] - weights[:, following], dtype=np.float64)
    parts = lens.parts(query, direction)
    lead = float(values[chosen] - values[following])
    return _told(strategy, chosen, following, parts) | {"lead": lead, "head_start": lead - sum(parts.values())}


def missed(strategy: FeaturedStrategy, query: str, values: Scores) -> dict[str, Any]:
    """Returns how much of the lead of the chosen model over the next one hangs on each word: it is taken out.

    Only the first words are tried. Vectors of the question without a word are not at hand, so where the strategy looks
    at these it returns nothing.

    Args:
        strategy: fitted, of any kind.
        query: the question.
        values: expected scores, an array (n_models,).

    Source: leave-one-word-out (Li, Monroe and Jurafsky 2016, "erasure").
    """
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(query)))[:MOST_WORDS]
    if len(values) < 2 or strategy.needs_space or not words:
        return {}
    chosen, following = _leaders(values)
    without = [re.sub(rf"\b{re.escape(word)}\b", "", query, flags=re.IGNORECASE) for word in words]
    scores = strategy.predict(without)
    lead = float(values[chosen] - values[following])
    parts = dict(zip(words, (lead - (scores[:, chosen] - scores[:, following])).tolist(), strict=True))
    return _told(strategy, chosen, following, parts) | {"lead": lead}


def _leaders(values: Scores) -> tuple[int, int]:
    order = np.argsort(-values, kind="stable")
    return int(order[0]), int(order[1])


def _told(strategy: FeaturedStrategy, chosen: int, following: int, parts: Mapping[str, float]) -> dict[str, Any]:
    for_it = sorted((name for name in parts if parts[name] > 0), key=lambda name: -parts[name])[:TOLD]
    against = sorted((name for name in parts if parts[name] < 0), key=lambda name: parts[name])[:TOLD]
    return {
        "chosen": strategy.models[chosen],
        "runner_up": strategy.models[following],
        "spoke_for": {name: float(parts[name]) for name in for_it},
        "spoke_against": {name: float(parts[name]) for name in against},
    }
