"""Votes over recorded answers: who wins, with what weight, and what is learned of who errs together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.vote import Vote
from pipelines.routing.vote import (
    ballots,
    elected_scores,
    learned_weights,
    panel,
    right_columns,
    skills_of,
    support,
    vote_weights,
    winners,
)
from tests.pipelines.outcome.tables import table, two_tasks

EQUAL = np.ones(3)


def _answered(answers: list[list[str | None]], score: list[list[float]]) -> OutcomeTable:
    return replace(table(score), answers=np.array(answers, dtype=object))


def _echoes(n: int = 400) -> OutcomeTable:
    """Returns a table in which one model is right 7 times in 10 and two that say the same 6 times in 10."""
    rng = np.random.default_rng(1)
    good, echo = rng.random(n) < 0.7, rng.random(n) < 0.6
    said = [
        ["right" if a else "x", "right" if b else "y", "right" if b else "y"] for a, b in zip(good, echo, strict=True)
    ]
    plain = two_tasks(n)
    scores = np.stack([good, echo, echo], axis=1).astype(float).tolist()
    made = table(scores, queries=plain.queries, tasks=plain.tasks)
    return replace(made, answers=np.array(said, dtype=object))


def test_models_with_the_same_answer_follow_the_first_of_them() -> None:
    recorded = _answered([["A", "B", "A"], [None, "B", " B "], [None, None, None]], [[0.0] * 3] * 3)
    assert ballots(recorded).tolist() == [[0, 1, 0], [-1, 1, 1], [-1, -1, -1]]


def test_answers_are_compared_as_recorded_unless_a_form_is_named() -> None:
    recorded = _answered([["'Ab'", "'aB'", "ab"]], [[1.0, 0.0, 0.0]])
    assert ballots(recorded).tolist() == [[0, 1, 2]]
    assert ballots(recorded, "text").tolist() == [[0, 0, 0]]


def test_a_table_without_answers_cannot_vote() -> None:
    with pytest.raises(ConfigurationError, match="records no answers"):
        ballots(two_tasks(4))


def test_the_weight_behind_an_answer_stands_at_its_first_supporter() -> None:
    behind = support(np.array([[0, 1, 0]]), np.array([1.0, 2.5, 2.0]))
    assert behind.tolist() == [[3.0, 2.5, -np.inf]]


def test_of_equal_groups_the_first_wins_and_weights_overrule_numbers() -> None:
    votes = np.array([[0, 1, -1], [0, 1, 1]])
    assert winners(votes, EQUAL).tolist() == [0, 1]
    assert winners(votes, np.array([5.0, 2.0, 2.0])).tolist() == [0, 0]


def test_where_nobody_answered_the_weightiest_model_stands_for_all() -> None:
    assert winners(np.array([[-1, -1, -1]]), np.array([1.0, 3.0, 2.0])).tolist() == [1]


def test_the_vote_scores_what_its_winner_scored() -> None:
    recorded = _answered([["A", "B", "B"], ["A", "B", "C"]], [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert elected_scores(recorded, ballots(recorded), EQUAL).tolist() == [0.0, 1.0]


def test_only_the_panel_votes() -> None:
    votes = np.array([[0, 1, 1], [0, 0, 0]])
    assert panel(votes, np.array([0.9, 0.1, 0.8]), 2).tolist() == [[0, -1, 2], [0, -1, 0]]


def test_a_guesser_among_ten_answers_has_no_weight_and_skills_come_back() -> None:
    skills = np.array([0.1, 0.5, 0.9])
    assert vote_weights(skills) == pytest.approx([0.0, np.log(9), np.log(81)])
    assert skills_of(vote_weights(skills)) == pytest.approx(skills)


def test_the_right_answer_is_named_by_its_first_supporter() -> None:
    recorded = _answered([["A", "B", "B"], ["A", "B", "C"]], [[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    assert right_columns(recorded, ballots(recorded)).tolist() == [1, -1]


def test_two_models_that_repeat_each_other_count_as_one() -> None:
    recorded = _echoes()
    votes, contexts = ballots(recorded), np.ones((recorded.n_queries, 1))
    nothing = np.zeros((*votes.shape, 0))
    _, weights, _ = learned_weights(votes, right_columns(recorded, votes), contexts, nothing)
    assert weights[1] == pytest.approx(weights[2], abs=1e-3)
    assert weights[1] + weights[2] < weights[0]
    independent = vote_weights(recorded.score.mean(axis=0))
    assert independent[1] + independent[2] > independent[0]
    learned = elected_scores(recorded, votes, weights).mean()
    assert learned > elected_scores(recorded, votes, independent).mean() + 0.05


def test_the_strategy_gives_its_learned_weights_back_as_skills() -> None:
    recorded = _echoes()
    fitted = Vote().fit(recorded)
    weights = vote_weights(fitted.predict(["What is 3 plus 4?"]))[0]
    assert weights[1] + weights[2] < weights[0]


def test_without_recorded_answers_the_strategy_takes_the_skills_themselves() -> None:
    fitted = Vote(shrinkage=0.0).fit(two_tasks(200))
    found = fitted.predict(["What is 3 plus 4?", "Translate the river number 7 into French"])
    assert found[0, 0] > 0.9 > 0.1 > found[0, 1]
    assert found[1, 1] > 0.9 > 0.1 > found[1, 0]


def test_a_vote_of_unusual_length_counts_as_such_answers_did_in_training() -> None:
    recorded = _echoes()
    # The second and third say what is wrong at length; what the first says tells nothing by its length.
    tokens = np.where(recorded.score > 0.5, 10.0, 400.0)
    tokens[:, 0] = 50.0
    fitted = Vote().fit(replace(recorded, output_tokens=tokens))
    asked = ["What is 3 plus 4?"] * 3
    found = fitted.weights(asked, np.array([[50.0, 10.0, 10.0], [50.0, 400.0, 400.0], [np.nan] * 3]))
    assert found[0, 1] > found[2, 1] > found[1, 1]
    assert found[2] == pytest.approx(vote_weights(fitted.predict(asked[:1]))[0])
    assert found[0, 0] == pytest.approx(found[1, 0])
