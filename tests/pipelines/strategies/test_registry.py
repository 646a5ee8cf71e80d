"""What holds for every strategy."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from pydantic import TypeAdapter

from pipelines.strategies import AnyStrategy, strategy_kinds
from pipelines.strategy import Candidate, Strategy, scored
from tests.pipelines.topic import TopicEmbedder

QUERIES = ["fix the bug in my python function", "bake bread", "hello"]
CANDIDATES = (
    Candidate(name="small", examples=("bake a soup",), price_usd_per_mtok=0.1),
    Candidate(name="large", examples=("python code", "a loop"), price_usd_per_mtok=9.0),
)


@pytest.mark.parametrize("kind", strategy_kinds())
def test_kind_names_the_file(kind: str) -> None:
    strategy = strategy_kinds()[kind]()
    assert strategy.model_dump()["kind"] == kind == type(strategy).__module__.rpartition(".")[2]


@pytest.mark.parametrize("strategy_class", strategy_kinds().values())
def test_every_strategy_survives_json(strategy_class: type[Strategy]) -> None:
    adapter: TypeAdapter[Strategy] = TypeAdapter(AnyStrategy)
    strategy = strategy_class()
    assert adapter.validate_json(adapter.dump_json(strategy)) == strategy


@pytest.mark.parametrize("strategy_class", strategy_kinds().values())
def test_every_strategy_says_what_it_does_and_where_it_is_from(strategy_class: type[Strategy]) -> None:
    assert strategy_class.title
    assert "Source:" in (inspect.getdoc(strategy_class) or "")
    assert all(field.description for name, field in strategy_class.model_fields.items() if name != "kind")


@pytest.mark.parametrize("strategy_class", strategy_kinds().values())
async def test_scores_have_a_row_a_query_and_are_the_same_each_time(strategy_class: type[Strategy]) -> None:
    first = await scored(strategy_class(), QUERIES, CANDIDATES, TopicEmbedder())
    again = await scored(strategy_class(), QUERIES, CANDIDATES, TopicEmbedder())
    assert first.shape == (3, 2)
    assert np.isfinite(first).all()
    assert (first == again).all()
