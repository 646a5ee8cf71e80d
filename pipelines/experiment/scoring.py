"""Scores the answers of an experiment: every scorer under its own name, a failed one as a sentence in the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from pipelines.data.example import Example
from pipelines.error import BudgetExceeded, DocumentError, ModelRefusedKey, RouteloomError, RunCancelled
from pipelines.experiment.experiment import Row
from pipelines.scorer import Bench, Score, Scorer
from pipelines.scorers import AnyScorer
from pipelines.value import Answer

ENDS_THE_ROW: Final = (BudgetExceeded, RunCancelled, ModelRefusedKey)
"""What a scorer may meet that says nothing about this answer: the row is scored when the experiment goes on."""
BenchOf = Callable[[str], Awaitable[Bench]]


@dataclass(frozen=True, slots=True)
class Scored:
    """Holds what the scorers said of one answer, by their names; one that waits for a person is in neither."""

    scores: Mapping[str, Score]
    errors: Mapping[str, str]


def scorer_names(scorers: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Returns a name for each scorer: its kind, with a number from the second of a kind on."""
    seen: Counter[str] = Counter()
    names = []
    for scorer in scorers:
        kind = str(scorer.get("kind", ""))
        seen[kind] += 1
        names.append(kind if seen[kind] == 1 else f"{kind} {seen[kind]}")
    return tuple(names)


def read_scorers(scorers: Sequence[Mapping[str, Any]]) -> dict[str, Scorer]:
    """Returns the scorers by name.

    Raises:
        DocumentError: if one is none.
    """
    adapter: TypeAdapter[Scorer] = TypeAdapter(AnyScorer)
    found = {}
    for name, content in zip(scorer_names(scorers), scorers, strict=True):
        try:
            found[name] = adapter.validate_python(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise DocumentError(
                f"The scorer '{name or 'without kind'}' cannot be read: at '{place}', {first['msg']}."
            ) from None
    return found


def waits_for_person(row: Row, scorers: Sequence[str]) -> bool:
    """Says whether the row has an answer that a scorer has left to a person."""
    return row.status == "done" and not {*row.scores, *row.score_errors}.issuperset(scorers)


async def score_answer(
    scorers: Mapping[str, Scorer], example: Example, answer: Answer, bench_of: BenchOf, *, known: Mapping[str, Score]
) -> Scored:
    """Returns what every scorer says of an answer; `known` holds scores that stand, such as those of persons.

    Raises:
        BudgetExceeded: if a judge may not be paid.
        RunCancelled: if the experiment was stopped meanwhile.
        ModelRefusedKey: if the key of a judge is refused.
    """
    scores, errors = dict(known), {}
    for name, scorer in scorers.items():
        if name in scores:
            continue
        if (lack := scorer.lack(example)) is not None:
            errors[name] = f"The example lacks {lack}."
            continue
        try:
            score = await scorer.score(example, answer, await bench_of(name))
        except ENDS_THE_ROW:
            raise
        except RouteloomError as error:
            errors[name] = str(error)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            errors[name] = f"{type(error).__name__}: {error}"
        else:
            if score is not None:
                scores[name] = score
    return Scored(scores, errors)
