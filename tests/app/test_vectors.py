"""Vectors by models of the catalogue outside any run: for a training on the page, kept on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.loop import LoopThread
from app.routing.training import Plan
from app.vectors import KeptVectors
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry
from pipelines.error import ConfigurationError
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from storage import open_storage
from tests.pipelines.gateway.embedding_server import EmbeddingServer, embedding
from tests.pipelines.outcome.tables import two_tasks

END_S = 120.0
NEAR = Knn.model_validate({"featurizer": {"kind": "embedding"}, "neighbours": 5})


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    loop = LoopThread()
    serving = embedding()
    yield loop.call(serving.__aenter__())
    loop.call(serving.__aexit__(None, None, None))
    loop.close()


@pytest.fixture
def space(tmp_path: Path, server: EmbeddingServer) -> Iterator[Workspace]:
    with open_storage(tmp_path / "routeloom.db") as storage:
        storage.models.put(
            ModelEntry(name="vectors", provider="openai_compatible", target="v", base_url=server.base_url)
        )
    with Workspace(Config(home=tmp_path)) as opened:
        yield opened


def test_a_training_asks_the_embedding_model_that_was_chosen(space: Workspace, server: EmbeddingServer) -> None:
    plan = Plan(two_tasks(60), {"near": NEAR, "linear": Ridge()}, embedding_model="vectors")
    training = space.trainings.start(plan)
    assert training.future is not None
    training.future.result(END_S)
    assert training.error == ""
    assert training.trained is not None
    near, linear = (training.trained.routers[name].card for name in ("near", "linear"))
    assert (near.embedding_model, near.embedder) == ("vectors", "vectors (openai_compatible: v)")
    assert (linear.embedding_model, linear.embedder) == (None, None)
    assert near.figures is not None
    assert near.figures.accuracy.value == 1.0
    assert sum(len(body["input"]) for body in server.bodies) == 60
    asked = len(server.bodies)
    # What was embedded for the training serves every look at it.
    space.trainings.vectors.space(two_tasks(60).queries, "vectors")
    assert len(server.bodies) == asked


def test_a_model_that_cannot_be_asked_ends_the_training_with_a_sentence(
    space: Workspace, server: EmbeddingServer
) -> None:
    server.says = {"data": []}
    training = space.trainings.start(Plan(two_tasks(60), {"near": NEAR}, embedding_model="other"))
    assert training.future is not None
    training.future.result(END_S)
    assert (training.status, "'other' is not in the catalogue" in training.error) == ("failed", True)


def test_vectors_without_a_catalogue_are_those_of_the_embedder(tmp_path: Path) -> None:
    kept = KeptVectors(HashingEmbedder(), tmp_path)
    assert kept.embedder().name == HashingEmbedder().name
    assert kept.space(["a", "b"]).vectors(["b"]).shape[0] == 1
    with pytest.raises(ConfigurationError, match="The model 'vectors' cannot be asked for vectors here"):
        kept.embedder("vectors")
