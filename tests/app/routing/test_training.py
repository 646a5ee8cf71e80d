"""Trainings behind the page: progress, stopping, strategies that cannot learn, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import ClassVar, Literal, Self

import numpy as np
import pytest
from pydantic import PrivateAttr

from app.routing.training import Plan, Trainings
from app.vectors import KeptVectors
from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.cluster import Cluster
from pipelines.routers.ridge import Ridge
from pipelines.space import Space
from pipelines.strategy import Scores
from tests.pipelines.outcome.tables import two_tasks

END_S = 60.0
TABLE = two_tasks(200)


class Gated(LearnedStrategy):
    """Learns nothing, and only once its gate is open."""

    title: ClassVar[str] = "Gated"

    kind: Literal["gated"] = "gated"
    _gate: Event = PrivateAttr(default_factory=Event)

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        assert self._gate.wait(END_S)
        return self.with_state({"models": model_names(outcomes)})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        return np.zeros((len(queries), len(self.models)))


@pytest.fixture
def trainings(tmp_path: Path) -> Iterator[Trainings]:
    opened = Trainings(KeptVectors(HashingEmbedder(), tmp_path))
    yield opened
    opened.close()


def test_a_training_judges_its_routers_on_rows_they_did_not_see(trainings: Trainings) -> None:
    training = trainings.start(Plan(TABLE, {"linear": Ridge()}, seed=3))
    assert training.future is not None
    training.future.result(END_S)
    assert (training.status, training.share) == ("done", 1.0)
    assert training.trained is not None
    train, test = training.trained.train, training.trained.board.test
    assert not set(train.queries) & set(test.queries)
    assert training.trained.comparison.n_test == test.n_queries
    router = training.trained.routers["linear"]
    assert router.card.split == "70% of small at random, whole groups, seed 3"
    assert router.card.figures is not None
    assert router.card.figures.accuracy.value == 1.0
    assert np.array_equal(router.predict(test.queries)[0], training.trained.board.predicted["linear"])
    assert trainings.of("small") is training


def test_a_stopped_training_leaves_nothing(trainings: Trainings) -> None:
    gated = Gated()
    training = trainings.start(Plan(TABLE, {"gated": gated, "linear": Ridge()}))
    with pytest.raises(ConfigurationError, match="under way"):
        trainings.start(Plan(TABLE, {"linear": Ridge()}))
    trainings.stop("small")
    gated._gate.set()
    assert training.future is not None
    training.future.result(END_S)
    assert (training.status, training.trained) == ("stopped", None)
    assert training.steps["linear"].status == "waiting"


def test_a_training_tells_when_it_judges(trainings: Trainings) -> None:
    told: list[str] = []

    class Watched(Gated):
        def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
            told.append(training.doing)
            return super().predict(queries, space=space)

    gated = Watched()
    training = trainings.start(Plan(TABLE, {"gated": gated}))
    gated._gate.set()
    assert training.future is not None
    training.future.result(END_S)
    assert list(dict.fromkeys(told)) == ["judging gated", "judging all against one another"]
    assert training.trained is not None
    assert training.trained.routers["gated"].card.n_test == training.trained.comparison.n_test


def test_what_cannot_learn_is_left_out_with_the_reason(trainings: Trainings) -> None:
    class Picky(Gated):
        def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
            raise ConfigurationError("It wants more rows.")

    training = trainings.start(Plan(TABLE, {"picky": Picky(), "linear": Ridge()}))
    assert training.future is not None
    training.future.result(END_S)
    assert (training.steps["picky"].status, training.steps["picky"].detail) == ("skipped", "It wants more rows.")
    assert training.trained is not None
    assert list(training.trained.routers) == ["linear"]


def test_a_table_that_cannot_be_compared_fails_with_a_sentence(trainings: Trainings) -> None:
    training = trainings.start(Plan(TABLE.columns(["counter"]), {"linear": Ridge()}))
    assert training.future is not None
    training.future.result(END_S)
    assert training.status == "failed"
    assert "two are needed" in training.error


def test_vectors_are_made_for_a_strategy_that_looks_at_them(trainings: Trainings) -> None:
    strategy = Cluster.model_validate({"featurizer": {"kind": "embedding"}, "n_clusters": 4})
    training = trainings.start(Plan(TABLE, {"vectors": strategy}))
    assert training.future is not None
    training.future.result(END_S)
    assert training.error == ""
    assert training.trained is not None
    assert training.trained.routers["vectors"].card.embedder == HashingEmbedder().name


def test_the_recorded_split_is_used_and_a_leak_refused(trainings: Trainings) -> None:
    parts = ("train", "test")
    recorded = replace(TABLE, splits=("train",) * 150 + ("test",) * 50)
    training = trainings.start(Plan(recorded, {"linear": Ridge()}, parts=parts))
    assert training.future is not None
    training.future.result(END_S)
    assert training.trained is not None
    assert training.trained.train.n_queries == 150
    assert training.trained.routers["linear"].card.split == "the part 'train' of small, judged on 'test'"
    twice = recorded.rows(np.concatenate([np.arange(50), np.arange(50)]))
    leaking = replace(twice, splits=("train",) * 50 + ("test",) * 50)
    refused = trainings.start(Plan(leaking, {"linear": Ridge()}, parts=parts))
    assert refused.future is not None
    refused.future.result(END_S)
    assert refused.status == "failed"
    assert "50 of 50 test rows are also training rows" in refused.error


def test_nothing_chosen_is_refused(trainings: Trainings) -> None:
    with pytest.raises(ConfigurationError, match="No strategy is chosen"):
        trainings.start(Plan(TABLE, {}))


def test_a_fault_of_a_strategy_ends_the_training_with_a_sentence_and_a_log(
    trainings: Trainings, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Gated):
        def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
            raise ZeroDivisionError("a fault")

    training = trainings.start(Plan(TABLE, {"faulty": Faulty()}))
    assert training.future is not None
    assert isinstance(training.future.exception(END_S), ZeroDivisionError)
    assert (training.status, training.error) == ("failed", "The training ended unexpectedly; the log tells more.")
    trainings.close()
    assert "A training ended unexpectedly." in caplog.text
