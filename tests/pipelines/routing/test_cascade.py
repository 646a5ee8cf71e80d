"""Learned cascades: what is seen of answers, who may be asked next, and that money goes where it helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routing.cascade import RecordedCascade, beginnings, begun, best_beginning, tried
from pipelines.routing.cost import CostModel
from pipelines.routing.escalation import Evidence, Usual, steps, walk
from tests.pipelines.outcome.tables import table, two_tasks


def cheap_and_dear(n: int = 600) -> OutcomeTable:
    """Returns a table whose two cheap models disagree where they are wrong, and a dear one that is always right."""
    rng = np.random.default_rng(3)
    hard = rng.random(n) < 0.3
    plain = two_tasks(n)
    made = table(
        [[0.0 if h else 1.0, 0.0 if h else 1.0, 1.0] for h in hard],
        queries=plain.queries,
        tasks=plain.tasks,
        models=["cheap one", "cheap two", "dear"],
        cost_usd=[[0.001, 0.001, 0.01]] * n,
    )
    answers = [["wrong", "mistaken", "right"] if h else ["right"] * 3 for h in hard]
    return replace(made, answers=np.array(answers, dtype=object))


FIRST = ("cheap one", "cheap two")


def test_each_of_the_others_may_be_asked_next() -> None:
    assert steps([2, 0], 3) == {(2,): (0,), (0,): (2,)}
    assert steps([2, 0, 1], 2) == {(2,): (0, 1), (0,): (2, 1), (1,): (2, 0)}


def test_rows_end_where_going_on_is_worth_nothing() -> None:
    ended = walk(3, (0,), {(0,): (1, 2)}, lambda _, rows: np.array([[-1.0, 0.0], [0.2, 0.1], [0.1, 0.3]])[rows])
    assert {asked: rows.tolist() for asked, rows in ended.items()} == {(0,): [0], (0, 1): [1], (0, 2): [2]}


def test_evidence_tells_agreement_and_never_the_score() -> None:
    recorded = cheap_and_dear(50)
    blind = replace(recorded, score=1.0 - recorded.score)
    skills = np.full(recorded.score.shape, 0.5)
    usual = Usual.of(Evidence.of(recorded))
    seen = Evidence.of(recorded).features((0, 1), skills, usual)
    assert np.array_equal(seen, Evidence.of(blind).features((0, 1), skills, usual))
    agree = recorded.score[:, 0] == 1.0
    assert set(seen[agree, 2].tolist()) == {1.0}
    assert set(seen[~agree, 2].tolist()) == {2.0}


def test_a_table_without_answers_gives_evidence_without_agreement() -> None:
    assert Evidence.of(two_tasks(2)).votes.tolist() == [[0, 1], [0, 1]]


def test_only_questions_on_which_cheap_models_disagree_are_passed_on() -> None:
    train, test = split_table(cheap_and_dear(), (0.7, 0.3))
    walked = RecordedCascade(LearnedCascade().fit(train), CostModel.fit(train), test, FIRST)
    outcome = walked.at(20.0)
    assert outcome.score.tolist() == [1.0] * test.n_queries
    passed = test.score[:, 0] == 0.0
    assert outcome.calls.tolist() == np.where(passed, 3.0, 2.0).tolist()
    assert outcome.cost_usd.tolist() == pytest.approx(np.where(passed, 0.012, 0.002).tolist())
    assert outcome.cost_per_success_usd == pytest.approx(outcome.cost_usd.mean())


def test_nothing_is_passed_on_when_a_dollar_is_worth_too_much() -> None:
    train, test = split_table(cheap_and_dear(), (0.7, 0.3))
    walked = RecordedCascade(LearnedCascade().fit(train), CostModel.fit(train), test, FIRST)
    assert set(walked.at(1000.0).calls.tolist()) == {2.0}


def test_the_trade_off_keeps_the_budget() -> None:
    train, test = split_table(cheap_and_dear(), (0.7, 0.3))
    walked = RecordedCascade(LearnedCascade().fit(train), CostModel.fit(train), test, FIRST)
    trials = tried(LearnedCascade(), train, FIRST)
    poor, rich = trials.best_within(0.0025), trials.best_within(0.02)
    assert set(walked.at(poor).calls.tolist()) == {2.0}
    assert walked.at(rich).score.mean() == 1.0


def test_a_model_that_takes_no_part_cannot_begin() -> None:
    train, test = split_table(cheap_and_dear(200), (0.7, 0.3))
    fitted = LearnedCascade(most_models=2).fit(train)
    with pytest.raises(ConfigurationError, match="'cheap two' takes no part"):
        RecordedCascade(fitted, CostModel.fit(train), test, FIRST)


def test_before_any_answer_it_expects_the_mean_of_the_guessed_task() -> None:
    fitted = LearnedCascade(shrinkage=0.0).fit(two_tasks(200))
    found = fitted.predict(["What is 3 plus 4?"])
    assert found[0, 0] > 0.9 > 0.1 > found[0, 1]


def test_a_cascade_begins_with_cheap_models_that_no_cheaper_one_beats() -> None:
    fitted = LearnedCascade().fit(cheap_and_dear())
    assert beginnings(fitted) == (("cheap one",), ("dear",), ("cheap one", "dear"))


def test_of_several_beginnings_held_out_rows_tell_what_each_reaches_within_a_budget() -> None:
    train, _ = split_table(cheap_and_dear(), (0.7, 0.3))
    blind, agreeing = begun(LearnedCascade(), train, [("cheap one",), FIRST])
    assert blind.first == ("cheap one",)
    assert agreeing.reached(0.006) == pytest.approx(1.0, abs=0.02)
    assert blind.reached(0.006) < agreeing.reached(0.006)
    assert agreeing.reached(0.001) == float("-inf")
    assert best_beginning([blind, agreeing], [0.004, 0.006]) == agreeing
    assert best_beginning([blind, agreeing], [0.001]) == blind


def test_an_answer_of_unknown_length_counts_as_usual() -> None:
    usual = Usual.of(Evidence.of(replace(two_tasks(2), output_tokens=np.array([[10.0, np.nan], [1000.0, np.nan]]))))
    assert usual.lengths(np.array([[1000.0, 5.0], [np.nan, np.nan]])).tolist() == [
        [pytest.approx(1.0), 0.0],
        [0.0, 0.0],
    ]


def test_a_task_that_costs_more_is_expected_to() -> None:
    plain = two_tasks(200)
    dear = [[0.03, 0.03] if task == "sum" else [0.01, 0.01] for task in plain.tasks]
    fitted = LearnedCascade(shrinkage=0.0).fit(replace(plain, cost_usd=np.array(dear)))
    found = fitted.dearness(["What is 3 plus 4?", "Translate the river number 7 into French"])
    assert found[0, 0] > 1.2 > 0.8 > found[1, 0]


def test_where_nobody_was_asked_twice_nothing_is_expected_of_asking_on() -> None:
    plain = two_tasks(40)
    once = np.where(np.arange(40)[:, None] % 2 == np.arange(2), plain.score, np.nan)
    fitted = LearnedCascade().fit(replace(plain, score=once))
    found, _ = fitted.gains(plain.queries[:3], Evidence.of(plain).rows(np.arange(3)), (0,))
    assert found.tolist() == [[0.0]] * 3
