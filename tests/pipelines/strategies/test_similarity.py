"""The mean cosine of the nearest examples, by hand."""

from __future__ import annotations

import math

import pytest

from pipelines.strategies.similarity import Similarity
from pipelines.strategy import Candidate, scored
from tests.pipelines.topic import TopicEmbedder


async def test_the_score_is_the_mean_cosine_of_the_nearest_examples() -> None:
    candidates = (
        Candidate(name="mixed", examples=("python", "bread", "python bread")),
        Candidate(name="code", examples=("loop",)),
        Candidate(name="empty"),
    )
    scores = await scored(Similarity(top_k=2), ["code"], candidates, TopicEmbedder())
    assert scores[0].tolist() == pytest.approx([(1 + 1 / math.sqrt(2)) / 2, 1.0, -1.0])


async def test_examples_are_embedded_once() -> None:
    embedder = TopicEmbedder("once")
    candidates = (Candidate(name="code", examples=("a loop to remember",)),)
    await scored(Similarity(), ["one"], candidates, embedder)
    await scored(Similarity(), ["two", "three"], candidates, embedder)
    assert embedder.calls == 3


async def test_a_question_that_is_an_example_scores_one() -> None:
    candidates = (Candidate(name="code", examples=("a python loop",)),)
    scores = await scored(Similarity(), ["a python loop"], candidates, TopicEmbedder("same"))
    assert scores[0, 0] == pytest.approx(1.0)
