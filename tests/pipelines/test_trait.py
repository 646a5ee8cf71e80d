"""What the name of a model tells of its size and age."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.trait import day_in, size_in


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("qwen2.5-0.5b-instruct", 0.5),
        ("Llama-3.1-405B", 405.0),
        ("mixtral-8x7B", 56.0),
        ("gemma2:9b", 9.0),
        ("smollm2-135m", 0.135),
        ("qwen2.5-7b-instruct-1m", 7.0),
        ("gpt-4o-mini", None),
        ("phi-3-mini-128k", None),
        ("model-0b", None),
    ],
)
def test_the_size_is_read_off_a_name_that_tells_it(name: str, size: float | None) -> None:
    assert size_in(name) == size


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("gpt-4o-2024-08-06", date(2024, 8, 6)),
        ("claude-3-5-sonnet-20240620", date(2024, 6, 20)),
        ("gpt-4-1106-preview", None),
        ("model-20240231", None),
        ("model-120240620", None),
    ],
)
def test_the_day_is_read_off_a_name_that_tells_it(name: str, day: date | None) -> None:
    assert day_in(name) == day
