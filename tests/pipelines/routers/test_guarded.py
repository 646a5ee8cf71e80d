"""Guards that know tasks: WideMLP, the bag of words, and the logistic table of tasks."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.bag_of_words import BagOfWords
from pipelines.routers.category import Category
from pipelines.routers.wide_mlp import WideMlp
from pipelines.tasked import TaskStrategy
from tests.pipelines.outcome.tables import table, two_tasks

GUARDS = [WideMlp(), BagOfWords(), Category(doubted_share=0.05)]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.kind)
def test_tasks_are_told_apart_and_strangers_go_to_the_best_on_the_whole(guard: TaskStrategy) -> None:
    train, test = split_table(two_tasks(1_000), (0.5, 0.5))
    fitted = guard.model_copy(update={"falls_back": True}).fit(train)
    guessed = fitted.state["tasks"][fitted.posterior(test.queries).argmax(axis=1)]
    assert guessed.tolist() == list(test.tasks)
    strange = fitted.predict(["der Hund schläft gern"])[0]
    assert strange == pytest.approx(train.score.mean(axis=0))
    assert fitted.explain("der Hund schläft gern")["stranger"] is True
    usual = guard.fit(train).predict(["der Hund schläft gern", *test.queries])
    assert usual[1:].argmax(axis=1).tolist() == test.score.argmax(axis=1).tolist()
    assert usual[0] != pytest.approx(strange, abs=1e-9)


def _mixed(n: int) -> OutcomeTable:
    """Returns a table of two tasks whose questions share words, so that no two are equally clear."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(60)])
    task = np.arange(n) % 2
    queries = [" ".join(words[rng.integers(30, size=12) + (15 + 10 * kind)]) for kind in task]
    scores = np.column_stack([task, 1.0 - task])
    return table(scores.tolist(), queries=queries, tasks=[("sum", "translation")[kind] for kind in task])


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.kind)
def test_about_the_allowed_share_of_known_questions_is_turned_away(guard: TaskStrategy) -> None:
    train, test = split_table(_mixed(3_000), (0.7, 0.3))
    fitted = guard.model_copy(update={"doubted_share": 0.2}).fit(train)
    assert (fitted.confidence(test.queries) < fitted.doubt).mean() == pytest.approx(0.2, abs=0.1)


def test_a_guard_that_doubts_nothing_uses_every_row_and_turns_nothing_away() -> None:
    fitted = Category(doubted_share=0.0).fit(two_tasks(40))
    assert fitted.doubt == 0.0
    assert fitted.explain("der Hund schläft gern")["stranger"] is False


def test_a_task_of_one_row_is_still_known() -> None:
    whole = two_tasks(60)
    tasks = ("single", *whole.tasks[1:])
    rare = whole.__class__(**{**{name: getattr(whole, name) for name in whole.__dataclass_fields__}, "tasks": tasks})
    fitted = WideMlp().fit(rare)
    assert fitted.state["tasks"].tolist() == ["single", "sum", "translation"]
    assert np.isfinite(fitted.posterior(whole.queries)).all()
