"""Votes and cascades replayed on recorded answers of real models reach what the arithmetic on whole tables says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pipelines.document import Pipeline
from pipelines.normalise import normalise
from pipelines.outcome.folder import read_folder
from pipelines.outcome.replay.replay import Way, replay
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routers.vote import Vote
from pipelines.routing.cascade import RecordedCascade
from pipelines.routing.vote import ballots, elected_scores
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from tests.pipelines.drawing import draw, node

RECORDED = Path(__file__).parents[5] / "shared" / "data" / "outcomes"
POOL = ("deepseek-v2.5-0908", "gpt-4o-mini-2024-07-18", "Meta-Llama-3.1-70B-Instruct", "claude-3-5-sonnet-20241022")
SCORE_PER_USD = 30.0
WAYS: tuple[Way, ...] = ("fast", "exact")

pytestmark = pytest.mark.skipif(not (RECORDED / "zeroeval").is_dir(), reason="the recorded outcomes are not here")


@cache
def _parts() -> tuple[OutcomeTable, OutcomeTable]:
    """Returns training and test rows of real answers, in the form in which they are compared."""
    whole = read_folder(RECORDED / "zeroeval").columns(POOL).complete()
    said = whole.answers
    assert said is not None
    forms = np.array([[normalise(str(text or ""), "auto") for text in row] for row in said], dtype=object)
    train, test = split_table(replace(whole, answers=forms), (0.3, 0.1), seed=4)
    return train, test


def _voting(router: str) -> Pipeline:
    experts = [node(f"e{place}", "expert", {"model": model}) for place, model in enumerate(POOL)]
    return draw(
        [
            node("q", "query_input"),
            *experts,
            node("vote", "weighted_vote", {"router": router}),
            node("a", "answer_output"),
        ],
        "q.query > vote.query",
        *(f"q.query > e{place}.query" for place in range(len(POOL))),
        *(f"e{place}.answer > vote.answers" for place in range(len(POOL))),
        "vote.answer > a.answers",
    )


def _cascading(router: str) -> Pipeline:
    """Returns: two models, a check, perhaps a third, and what the three of them elect."""
    config = {"router": router, "score_per_usd": SCORE_PER_USD}
    return draw(
        [
            node("q", "query_input"),
            node("e0", "expert", {"model": POOL[0]}),
            node("e1", "expert", {"model": POOL[1]}),
            node("check", "learned_cascade", config),
            node("next", "expert"),
            node("elect", "learned_cascade", config),
            node("a", "answer_output"),
        ],
        *(f"q.query > {name}.query" for name in ("e0", "e1", "check")),
        *(f"{name}.answer > check.answers" for name in ("e0", "e1")),
        "check.escalate > next.query",
        "check.choice > next.choice",
        "check.escalate > elect.query",
        *(f"{name}.answer > elect.answers" for name in ("e0", "e1", "next")),
        "check.accepted > a.answers",
        "elect.accepted > a.answers",
    )


@cache
def _voter() -> TrainedRouter:
    return TrainedRouter.fit("voter", Vote(), _parts()[0])


@cache
def _steps() -> TrainedRouter:
    return TrainedRouter.fit("steps", LearnedCascade(most_calls=3), _parts()[0])


@pytest.mark.parametrize("way", WAYS)
async def test_a_weighted_vote_elects_what_the_arithmetic_elects(way: Way) -> None:
    _, test = _parts()
    voter = _voter()
    found = await replay(
        {"vote": _voting("voter")}, test, embedder=HashingEmbedder(), library=MemoryLibrary(routers={"voter": voter}),
        way=way,
    )  # fmt: skip
    assert isinstance(voter.strategy, Vote)
    expected = elected_scores(test, ballots(test), voter.strategy.weights(test.queries, test.output_tokens))
    assert found.score.tolist() == expected.tolist()
    assert found.cost_usd == pytest.approx(test.cost_usd.sum(axis=1))
    assert set(found.calls.tolist()) == {len(POOL)}
    assert 0.5 < expected.mean() < 1.0


@pytest.mark.parametrize("way", WAYS)
async def test_a_learned_cascade_asks_whom_the_arithmetic_asks(way: Way) -> None:
    _, test = _parts()
    steps = _steps()
    found = await replay(
        {"cascade": _cascading("steps")}, test, embedder=HashingEmbedder(),
        library=MemoryLibrary(routers={"steps": steps}), way=way,
    )  # fmt: skip
    assert isinstance(steps.strategy, LearnedCascade)
    walked = RecordedCascade(steps.strategy, steps.background.costs, test, POOL[:2]).at(SCORE_PER_USD)
    assert found.score.tolist() == walked.score.tolist()
    assert found.cost_usd == pytest.approx(walked.cost_usd)
    assert found.calls.tolist() == walked.calls.tolist()
    assert set(found.calls.tolist()) == {2, 3}
