"""Every scorer speaks under its own name; one that fails leaves a sentence and keeps nobody else from speaking."""

from __future__ import annotations

from typing import ClassVar, Literal

import pytest

from pipelines.data.example import Example
from pipelines.error import BudgetExceeded, DocumentError, ModelOverloaded, ModelRefusedKey, RunCancelled
from pipelines.experiment.experiment import Row
from pipelines.experiment.scoring import read_scorers, score_answer, scorer_names, waits_for_person
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed
from pipelines.value import Answer

EXAMPLE = Example(id="e1", query="?", references=("yes",))


class Breaks(Scorer):
    """Raises whatever it is given. Source: none, a test."""

    title: ClassVar[str] = "Breaks"
    need: ClassVar[ScorerNeed] = "nothing"
    error: ClassVar[Exception] = ModelOverloaded("busy")

    kind: Literal["breaks"] = "breaks"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score | None:
        """Raises."""
        raise self.error


async def bench(_: str) -> Bench:
    return Bench()


def breaking(failure: Exception) -> Scorer:
    class Broken(Breaks):
        """Raises the error. Source: none, a test."""

        error: ClassVar[Exception] = failure

    return Broken()


def test_names_are_kinds_numbered_from_the_second_on() -> None:
    assert scorer_names([{"kind": "regex"}, {"kind": "human"}, {"kind": "regex"}]) == ("regex", "human", "regex 2")


def test_what_is_no_scorer_is_said() -> None:
    assert list(read_scorers([{"kind": "exact_match"}])) == ["exact_match"]
    with pytest.raises(DocumentError, match="The scorer 'ghost' cannot be read"):
        read_scorers([{"kind": "ghost"}])
    with pytest.raises(DocumentError, match=r"The scorer 'exact_match' cannot be read: at 'exact_match\.colour'"):
        read_scorers([{"kind": "exact_match", "colour": "red"}])


async def test_every_scorer_speaks_and_a_failed_one_leaves_a_sentence() -> None:
    scorers = {
        **read_scorers([{"kind": "exact_match"}, {"kind": "human"}]),
        "away": breaking(ModelOverloaded("The judge is busy.")),
        "wrong": breaking(ZeroDivisionError("by zero")),
    }
    found = await score_answer(scorers, EXAMPLE, Answer(text="yes"), bench, known={})
    assert {name: score.value for name, score in found.scores.items()} == {"exact_match": 1.0}
    assert found.errors == {"away": "The judge is busy.", "wrong": "ZeroDivisionError: by zero"}


async def test_an_example_that_lacks_what_a_scorer_needs_is_said() -> None:
    bare = Example(id="e2", query="?")
    found = await score_answer(read_scorers([{"kind": "exact_match"}]), bare, Answer(text="yes"), bench, known={})
    assert (dict(found.scores), dict(found.errors)) == ({}, {"exact_match": "The example lacks a reference."})


async def test_a_known_score_stands() -> None:
    known = {"human": Score(value=0.5)}
    found = await score_answer(read_scorers([{"kind": "human"}]), EXAMPLE, Answer(text="yes"), bench, known=known)
    assert found.scores == known


@pytest.mark.parametrize("error", [BudgetExceeded("no money"), RunCancelled("stop"), ModelRefusedKey("no key")])
async def test_what_says_nothing_of_the_answer_ends_the_scoring(error: Exception) -> None:
    with pytest.raises(type(error)):
        await score_answer({"judge": breaking(error)}, EXAMPLE, Answer(text="yes"), bench, known={})


def test_a_row_waits_for_a_person_while_a_scorer_said_nothing() -> None:
    answered = Row(contender=0, example=0, status="done", scores={"exact_match": Score(value=1.0)})
    assert waits_for_person(answered, ("exact_match", "human"))
    assert not waits_for_person(answered, ("exact_match",))
    assert not waits_for_person(answered.model_copy(update={"status": "failed"}), ("exact_match", "human"))
