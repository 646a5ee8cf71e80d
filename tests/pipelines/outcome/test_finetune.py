"""The best recorded answers become a set to fine-tune a model on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.finetune import best_answers, chat_lines
from tests.pipelines.outcome.tables import table

NAN = float("nan")
ASKED = replace(
    table(
        [[1.0, 1.0, 0.5], [0.0, 0.5, NAN], [1.0, NAN, 1.0]],
        queries=["One?", "Two?", "Three?"],
        cost_usd=[[3.0, 1.0, 0.1], [1.0, 1.0, NAN], [1.0, NAN, 0.5]],
    ),
    answers=np.array([["a", "b", "c"], ["d", "e", None], ["f", None, ""]], dtype=object),
)


def test_of_equally_good_answers_the_cheapest_is_taken_and_bad_and_blank_ones_are_left_out() -> None:
    assert list(best_answers(ASKED)) == [(0, 1, "b"), (2, 0, "f")]
    assert list(best_answers(ASKED, least_score=0.5)) == [(0, 1, "b"), (1, 1, "e"), (2, 0, "f")]
    assert list(best_answers(ASKED, models=["m2", "m0"])) == [(0, 0, "a"), (2, 0, "f")]


def test_answers_become_chat_lines() -> None:
    first = orjson.loads(next(chat_lines(ASKED, system="Be brief.")))
    assert first == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "b"},
        ]
    }


def test_scores_alone_give_no_set() -> None:
    with pytest.raises(ConfigurationError, match="holds scores without answers"):
        list(chat_lines(table([[1.0]])))
