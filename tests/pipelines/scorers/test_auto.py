"""The scorer that suits the row."""

from __future__ import annotations

import pytest

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.scorers.auto import Auto
from tests.pipelines.scorers.bench import example, value_of


@pytest.mark.parametrize(
    ("row", "right", "wrong"),
    [
        (example("B", choices=("x", "y")), "The answer is B.", "A"),
        (example("1,000"), "It is 1000.0", "100"),
        (example("Mount Etna"), "mount etna.", "Vesuvius"),
        (example(pattern="^a+$"), "aaa", "b"),
        (example('{"a": 1}', schema={"type": "object"}), '{"a": 1}', '{"a": 2}'),
        (example("SELECT 1", database={"t": [{"a": 1}]}), "SELECT 2 - 1", "SELECT 2"),
        (example(possible_answers=[{"f": {"a": [1]}}]), "f(a=1)", "f(a=2)"),
        (example("Rome", scorer="contains"), "It is Rome, I think.", "Oslo"),
        (example("3", scorer={"kind": "numeric", "tolerance": 0.5}), "3.4", "3.6"),
    ],
)
async def test_each_row_is_judged_by_what_it_has(row: Example, right: str, wrong: str) -> None:
    assert await value_of(Auto(), row, right) == 1.0
    assert await value_of(Auto(), row, wrong) == 0.0


@pytest.mark.parametrize("named", ["llm_judge", "human", "auto", "embedding_similarity"])
async def test_a_row_cannot_spend_money_or_go_in_circles(named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"names the scorer '{named}', which a row may not choose"):
        await value_of(Auto(), example("x", scorer=named), "x")
