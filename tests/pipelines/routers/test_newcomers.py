"""Routers that let a model join, book skills, guess difficulty, know their limits or learn from votes."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.aptitude import Aptitude
from pipelines.routers.bandit import Bandit
from pipelines.routers.difficulty import Difficulty
from pipelines.routers.graph import Graph
from pipelines.routers.sdm import Sdm
from pipelines.routers.skills import Skills
from tests.pipelines.outcome.tables import table, two_tasks

SUM, TRANSLATION = "What is 31 plus 44?", "Translate the river number 7 into French"
CRAFTS = [Aptitude(questions=40), Graph(neighbours=5), Skills(), Sdm(), Bandit(exploration=0.0)]


def _graded(n: int = 240) -> OutcomeTable:
    """Returns a table of easy, middling and hard questions, told by a word, for a weak and a strong model."""
    words = ("plain", "tricky", "fiendish")
    solved = {"plain": [1.0, 1.0], "tricky": [0.0, 1.0], "fiendish": [0.0, 0.0]}
    queries = [f"A {words[n % 3]} riddle about item {n}" for n in range(n)]
    rows = [solved[words[n % 3]] for n in range(n)]
    return table(rows, queries=queries, models=["weak", "strong"])


@pytest.mark.parametrize("strategy", CRAFTS, ids=lambda strategy: strategy.kind)
def test_two_crafts_are_told_apart(strategy: LearnedStrategy) -> None:
    train, test = split_table(two_tasks(), (0.5, 0.5))
    predicted = strategy.fit(train).predict(test.queries)
    assert predicted.argmax(axis=1).tolist() == test.score.argmax(axis=1).tolist()


def test_a_model_joins_by_the_test_alone() -> None:
    fitted = Aptitude(questions=60).fit(two_tasks())
    scores = np.array([1.0 if question.startswith("What is") else 0.0 for question in fitted.test])
    joined = fitted.with_model("abacus", scores)
    assert joined.models == ("counter", "linguist", "abacus")
    found = joined.predict([SUM, TRANSLATION])
    assert found[:, :2].tolist() == fitted.predict([SUM, TRANSLATION]).tolist()
    assert found[:, 2] == pytest.approx(found[:, 0], abs=0.05)


def test_scores_of_another_test_are_refused() -> None:
    fitted = Aptitude(questions=60).fit(two_tasks())
    with pytest.raises(ConfigurationError, match="The test has 60 questions"):
        fitted.with_model("abacus", np.ones(3))
    with pytest.raises(ConfigurationError, match="is known to the router already"):
        fitted.with_model("counter", np.ones(60))


def test_a_model_joins_the_graph_by_a_few_rows() -> None:
    fitted = Graph(neighbours=5).fit(two_tasks())
    some = two_tasks(30, seed=9)
    joined = fitted.with_model("abacus", some.queries, some.score[:, 0])
    assert joined.models == ("counter", "linguist", "abacus")
    found = joined.predict([SUM, TRANSLATION])
    assert found[0, 2] > 0.6 > 0.4 > found[1, 2]
    assert joined.predict([SUM])[0, :2].argmax() == 0


def test_skills_are_told_with_the_points_of_each_model() -> None:
    skills = Skills().fit(two_tasks()).explain(SUM)["skills"]
    assert skills["plus"]["counter"] > 0.2 > -0.2 > skills["plus"]["linguist"]


def test_difficulty_orders_questions_and_finds_the_cheapest_that_will_do() -> None:
    fitted = Difficulty().fit(_graded())
    asked = ["A plain riddle about item 7", "A tricky riddle about item 7", "A fiendish riddle about item 7"]
    easy, middling, hard = fitted.difficulty(asked)
    assert easy < 0.25 < middling < 0.75 < hard
    predicted = fitted.predict(asked)
    assert predicted[0, 0] > 0.5 > predicted[1, 0]
    assert predicted[1, 1] > 0.5 > predicted[2, 1]


def test_confidence_falls_where_nothing_alike_was_recorded() -> None:
    train, test = split_table(two_tasks(), (0.7, 0.3))
    fitted = Sdm().fit(train)
    known = fitted.confidence(test.queries)
    strange = fitted.confidence(["zebra quilt volcano", "\u6f22\u5b57"])
    assert np.median(known) > 0.8
    assert strange.max() < np.quantile(known, 0.05)


def test_confidence_needs_neighbours_that_were_solved() -> None:
    whole = two_tasks()
    unsolved = table(np.zeros_like(whole.score).tolist(), queries=whole.queries, models=whole.models)
    fitted = Sdm().fit(unsolved)
    assert fitted.confidence([SUM]) == pytest.approx([0.5])
    assert fitted.explain(SUM)["similarity"] == 0


def test_a_vote_moves_the_estimate_and_lessens_the_doubt() -> None:
    before = Bandit().fit(two_tasks(20))
    after = before
    for _ in range(10):
        after = after.updated(SUM, "linguist", 1.0)
    old, new = (each.explain(SUM)["estimates"]["linguist"] for each in (before, after))
    assert new["expected"] > old["expected"] + 0.3
    assert new["doubt"] < old["doubt"]
    assert (old["seen"], new["seen"]) == (20, 30)
    assert before.explain(SUM)["estimates"]["linguist"] == old


def test_one_answer_more_equals_a_fit_with_one_row_more() -> None:
    whole = two_tasks(60)
    some = Bandit(exploration=0.0).fit(whole)
    query, rewards = whole.queries[0], (0.25, 0.75)
    online = some.updated(query, "counter", rewards[0]).updated(query, "linguist", rewards[1])
    # The level stays as it was fitted, so the sums are compared and not the scores.
    rows = np.vstack([some.features(whole.queries), some.features([query])])
    rows = np.column_stack([rows, np.ones(len(rows))]).astype(np.float64)
    expected = np.linalg.inv(rows.T @ rows + np.eye(rows.shape[1]))
    assert online.state["inverse"][0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("rule", ["ucb", "thompson"])
def test_regret_grows_ever_slower(rule: str) -> None:
    crafts = two_tasks(600, seed=4)
    blank = table([[0.5, 0.5]] * 200, queries=two_tasks(200).queries, models=crafts.models)
    found = Bandit(rule=rule, exploration=0.3).fit(blank).replayed(crafts, seed=1)
    assert found.rewards[-200:].mean() > 0.9
    # The best single model solves half: whoever learns the crafts leaves it behind.
    assert found.regret[-1] < -150


def test_an_impossible_reward_is_refused() -> None:
    fitted = Bandit().fit(two_tasks(20))
    for model, reward in (("nobody", 1.0), ("counter", 1.5), ("counter", float("nan"))):
        with pytest.raises(ConfigurationError, match="0 to 1 for one of"):
            fitted.updated(SUM, model, reward)


def test_a_question_that_the_chosen_model_was_not_asked_is_no_failure() -> None:
    plain = two_tasks(200)
    asked_half = plain.score.copy()
    asked_half[::3] = np.nan
    whole, holed = (
        Sdm().fit(table(scores.tolist(), queries=plain.queries)).explain(SUM) for scores in (plain.score, asked_half)
    )
    # All neighbours that are known bear the choice out, with or without holes.
    assert whole["similarity"] > 20
    assert holed["similarity"] > 20
