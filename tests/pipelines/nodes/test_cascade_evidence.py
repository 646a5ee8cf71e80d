"""The learned cascade sees of live answers what it saw of recorded ones: how long they are and how long they took."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.catalogue import Catalogue
from pipelines.document import Pipeline
from pipelines.engine import Engine
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.scripted import Line, ScriptedProvider
from pipelines.nodes.learned_cascade import LearnedCascade
from pipelines.outcome.replay.replay import Way, replay
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.learned_cascade import LearnedCascade as CascadeStrategy
from pipelines.run import Fired, Run
from pipelines.store import MemoryLibrary, MemoryStore
from pipelines.trained import TrainedRouter
from pipelines.value import Answer, Query
from tests.pipelines.drawing import draw, node
from tests.pipelines.nodes.scripted import ScriptedModels, entry
from tests.pipelines.outcome.tables import table, two_tasks
from tests.pipelines.topic import TopicEmbedder

SHORT, LONG = 10, 400


def _long_ones_are_wrong(n: int = 600) -> OutcomeTable:
    """Returns a table in which the cheap model is wrong where it writes much, and the dear one always right."""
    plain = two_tasks(n)
    fails = np.arange(n) % 3 == 0
    found = table(
        np.stack([~fails, np.ones(n)], axis=1).astype(float).tolist(),
        queries=plain.queries,
        tasks=plain.tasks,
        models=["cheap", "dear"],
        cost_usd=[[0.001, 0.01]] * n,
    )
    tokens = np.stack([np.where(fails, LONG, SHORT), np.full(n, SHORT)], axis=1).astype(float)
    answers = np.stack([np.where(fails, "wrong", "right"), np.full(n, "right")], axis=1)
    return replace(found, output_tokens=tokens, answers=answers)


TABLE = _long_ones_are_wrong()
LIBRARY = MemoryLibrary(routers={"steps": TrainedRouter.fit("steps", CascadeStrategy(), TABLE)})
MODELS = ScriptedModels(entries=[entry("cheap"), entry("dear")])
NODE = LearnedCascade(router="steps", score_per_usd=20.0)


async def _checked(output_tokens: int | None) -> Fired:
    said = Answer(text="75", model="cheap", output_tokens=output_tokens)
    return await NODE.run(Query(text="What is 31 plus 44?"), [said], MODELS, LIBRARY, TopicEmbedder())


async def test_the_length_of_a_live_answer_decides_as_that_of_a_recorded_one() -> None:
    assert set((await _checked(SHORT)).ports) == {"accepted"}
    assert set((await _checked(LONG)).ports) == {"escalate", "choice"}


async def test_a_length_that_is_not_known_is_told() -> None:
    known, unknown = await _checked(SHORT), await _checked(None)
    assert known.decision is not None
    assert unknown.decision is not None
    assert "is not known" not in known.decision.reason
    assert unknown.decision.reason.endswith("; how long an answer is or took is not known, so it counts as usual")


def _drawn() -> Pipeline:
    nodes = [
        node("q", "query_input"),
        node("cheap", "expert", {"model": "cheap"}),
        node("check", "learned_cascade", NODE.model_dump(mode="json")),
        node("dear", "expert", {"model": "dear"}),
        node("a", "answer_output"),
    ]
    return draw(
        nodes,
        "q.query > cheap.query",
        "q.query > check.query",
        "cheap.answer > check.answers",
        "check.escalate > dear.query",
        "check.choice > dear.choice",
        "check.accepted > a.answers",
        "dear.answer > a.answers",
    )


async def test_an_expert_tells_the_cascade_how_much_its_model_wrote() -> None:
    def said(words: int) -> ScriptedProvider:
        return ScriptedProvider({"cheap": Line(text="75", output_tokens=words), "dear": Line(text="76")})

    async def models_of(words: int) -> str | None:
        store = MemoryStore()
        gateway = Gateway(Catalogue([entry("cheap"), entry("dear")], default="cheap"), {"scripted": said(words)}, store)
        engine = Engine(gateway, store, library=LIBRARY, documents=LIBRARY, embedder=TopicEmbedder(), routers=LIBRARY)
        run = await engine.run(Run(pipeline=_drawn(), query=Query(text="What is 31 plus 44?")))
        assert run.answer is not None
        return run.answer.model

    assert (await models_of(SHORT), await models_of(LONG)) == ("cheap", "dear")


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_replay_escalates_exactly_the_long_ones(way: Way) -> None:
    found = await replay({"p": _drawn()}, TABLE, embedder=TopicEmbedder(), library=LIBRARY, way=way)
    assert found.calls.tolist() == [2 if row % 3 == 0 else 1 for row in range(TABLE.n_queries)]
    assert float(np.mean(found.score)) == 1.0


def test_the_same_answer_is_the_same_however_long_it_took() -> None:
    said = Answer(text="75", model="cheap")
    slow = said.model_copy(update={"output_tokens": 9, "latency_s": 3.0})
    assert said == slow
    assert hash(said) == hash(slow)
    assert said != said.model_copy(update={"confidence": 0.5})
    assert Answer.model_validate_json(slow.model_dump_json()).latency_s == 3.0
