"""Whether a router sends a question elsewhere when only its wording changes: typos, case, politeness, paraphrase."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from pipelines.choice import Choices
from pipelines.outcome.table import Floats
from pipelines.record import Record
from pipelines.routing.curve import routed
from pipelines.routing.figures import Figure
from pipelines.routing.resample import Resamples
from pipelines.strategy import Scores

TYPO_SHARE: Final = 0.1
_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_PARAPHRASES: Final = (
    (re.compile(r"\bwhat is\b", re.IGNORECASE), "what's"),
    (re.compile(r"\bwhich\b", re.IGNORECASE), "what"),
    (re.compile(r"\bhow many\b", re.IGNORECASE), "what number of"),
    (re.compile(r"\bwrite\b", re.IGNORECASE), "compose"),
    (re.compile(r"\bfind\b", re.IGNORECASE), "determine"),
    (re.compile(r"\bgive\b", re.IGNORECASE), "provide"),
    (re.compile(r"\bfollowing\b", re.IGNORECASE), "given"),
    (re.compile(r"\bmake\b", re.IGNORECASE), "create"),
    (re.compile(r"\bdoes not\b", re.IGNORECASE), "doesn't"),
    (re.compile(r"\bis not\b", re.IGNORECASE), "isn't"),
    (re.compile(r"\bcalculate\b", re.IGNORECASE), "compute"),
    (re.compile(r"\bexplain\b", re.IGNORECASE), "describe"),
    (re.compile(r"\bsolve\b", re.IGNORECASE), "work out"),
    (re.compile(r"\btranslate\b", re.IGNORECASE), "render"),
)


class Robustness(Record):
    """Is what one change of the wording does to the decisions.

    Attributes:
        changed: how many questions the change touched; the other numbers are of these.
        unchanged_routes: share of them that still go to the same model.
        score_lost: mean score of the model chosen before minus that of the model chosen after.
    """

    change: str
    changed: int
    unchanged_routes: Figure
    score_lost: Figure


def robustness(
    queries: Sequence[str],
    decide: Callable[[Sequence[str]], Choices],
    score: Scores,
    *,
    seed: int = 0,
    changes: Sequence[str] = (),
) -> tuple[Robustness, ...]:
    """Returns what each change of the wording does to the decisions.

    Args:
        queries: questions that the router did not learn from.
        decide: the models that the router chooses for texts.
        score: what the models scored on the questions, which mean the same after the change.
        seed: of the typos.
        changes: names of `CHANGES`; all of them by default.

    Source: RouterArena's robustness (share of unchanged routes under paraphrase and typos). Paraphrases are made by
    rules (word for word), not by a model, so they are milder than a person's.
    """
    before = decide(queries)
    return tuple(
        _robustness(name, queries, CHANGES[name](queries, seed), before, decide, score) for name in changes or CHANGES
    )


def _robustness(
    name: str,
    queries: Sequence[str],
    altered: Sequence[str],
    before: Choices,
    decide: Callable[[Sequence[str]], Choices],
    score: Scores,
) -> Robustness:
    rows = np.array([n for n, (a, b) in enumerate(zip(queries, altered, strict=True)) if a != b], dtype=np.intp)
    if not len(rows):
        return Robustness(change=name, changed=0, unchanged_routes=Figure(value=None), score_lost=Figure(value=None))
    after = decide([altered[row] for row in rows])
    same: Floats = (after == before[rows]).astype(np.float64)
    lost = routed(score[rows], before[rows]) - routed(score[rows], after)
    draws = Resamples(np.arange(len(rows)), 0)
    return Robustness(
        change=name, changed=len(rows), unchanged_routes=draws.figure(same), score_lost=draws.figure(lost)
    )


def with_typos(queries: Sequence[str], seed: int) -> list[str]:
    """Returns the questions with two neighbouring letters swapped in a tenth of the longer words, at least in one."""
    rng = np.random.default_rng(seed)
    return [_swapped(query, rng) for query in queries]


def _swapped(query: str, rng: np.random.Generator) -> str:
    words = list(_WORD.finditer(query))
    if not words:
        return query
    count = max(1, round(TYPO_SHARE * len(words)))
    letters = list(query)
    for number in rng.choice(len(words), count, replace=False):
        start, end = words[int(number)].span()
        at = int(rng.integers(start + 1, end - 1))
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def _lower(queries: Sequence[str], seed: int) -> list[str]:
    del seed
    return [query.lower().rstrip("?!. ") for query in queries]


def _polite(queries: Sequence[str], seed: int) -> list[str]:
    del seed
    return [f"Hello, could you please help me with this? {query} Thank you!" for query in queries]


def _paraphrased(queries: Sequence[str], seed: int) -> list[str]:
    del seed
    found = []
    for query in queries:
        text = query
        for pattern, instead in _PARAPHRASES:
            text = pattern.sub(instead, text)
        found.append(text)
    return found


CHANGES: Final[Mapping[str, Callable[[Sequence[str], int], list[str]]]] = {
    "typos": with_typos,
    "paraphrase": _paraphrased,
    "no capitals": _lower,
    "politeness": _polite,
}
"""Changes that leave the meaning as it is."""
