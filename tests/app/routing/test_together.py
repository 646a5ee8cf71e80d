"""Votes and cascades on the rows that routers were judged on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.routing.look_together import sentences_of
from app.routing.together import Together, answered_together
from app.routing.training import Plan, Trained, Trainings
from app.vectors import KeptVectors
from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.ridge import Ridge
from tests.pipelines.outcome.tables import table

END_S = 60.0
N = 300


def voters(*, priced: bool = True) -> OutcomeTable:
    """Returns three models that err one question in three each, never two together; the last is dear and right."""
    queries = [f"question {n} about {('maps', 'songs')[n % 2]}" for n in range(N)]
    score = [[float(n % 3 != place) for place in range(3)] + [float(n % 10 != 0)] for n in range(N)]
    answers = [["right" if value else f"wrong {place}" for place, value in enumerate(row)] for row in score]
    made = table(
        score, queries=queries, tasks=[("maps", "songs")[n % 2] for n in range(N)], models=["a", "b", "c", "dear"],
        cost_usd=[[0.001, 0.001, 0.001, 0.01]] * N if priced else None,
    )  # fmt: skip
    return replace(made, answers=np.array(answers, dtype=object))


@pytest.fixture
def trainings(tmp_path: Path) -> Iterator[Trainings]:
    opened = Trainings(KeptVectors(HashingEmbedder(), tmp_path))
    yield opened
    opened.close()


def trained(trainings: Trainings, outcomes: OutcomeTable) -> Trained:
    training = trainings.start(Plan(outcomes, {"linear": Ridge()}))
    assert training.future is not None
    training.future.result(END_S)
    assert training.trained is not None
    return training.trained


def test_votes_win_where_models_err_apart_and_agreement_saves(trainings: Trainings) -> None:
    found = answered_together(trained(trainings, voters()))
    joints = {joint.name: joint for joint in found.joints}
    assert list(joints) == ["Majority vote", "Weighted vote", "Cascade by agreement", "Learned cascade"]
    assert found.single.name == "dear alone"
    assert joints["Majority vote"].accuracy.value == 1.0
    assert joints["Majority vote"].cost_usd == pytest.approx(0.013)
    assert joints["Majority vote"].calls == 4.0
    agreed = joints["Cascade by agreement"]
    assert agreed.about.endswith(" answer; where they disagree, dear is asked.")
    assert agreed.cost_usd is not None
    assert agreed.cost_usd < 0.01
    assert (joints["Learned cascade"].cost_usd or 0.0) < 0.01
    assert len(found.curve_cost_usd) == len(found.curve_accuracy) > 10
    accurate, cheap = sentences_of(found)
    assert accurate.startswith("Majority vote is ")
    assert accurate.endswith("for 1.3 times its cost.")
    assert "less than dear" in cheap


def test_without_costs_there_are_votes_alone(trainings: Trainings) -> None:
    found = answered_together(trained(trainings, voters(priced=False)))
    assert [joint.name for joint in found.joints] == ["Majority vote", "Weighted vote"]
    assert (found.single.cost_usd, found.curve_cost_usd) == (None, ())
    assert sentences_of(found)[0].endswith("with 4.0 calls a question.")


def test_without_answers_nobody_votes(trainings: Trainings) -> None:
    with pytest.raises(ConfigurationError, match="records no answers"):
        answered_together(trained(trainings, replace(voters(), answers=None)))


def test_where_nothing_is_won_the_sentences_say_so(trainings: Trainings) -> None:
    whole = answered_together(trained(trainings, voters()))
    nothing = Together(single=whole.single, joints=(whole.single.model_copy(update={"name": "Majority vote"}),))
    assert sentences_of(nothing) == (
        "None of them is more accurate than dear beyond doubt.",
        "None of them is cheaper than dear and surely less than 1 point worse.",
    )
