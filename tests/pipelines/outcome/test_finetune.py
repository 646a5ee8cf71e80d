"""The best recorded answers become a set to fine-tune a model on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.archive import card_of
from pipelines.outcome.finetune import best_answers, chat_lines, for_training, provenance
from pipelines.outcome.split import split_table
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


PARTED = replace(
    table(
        [[1.0]] * 6,
        queries=["One?", "Two?", "Three?", "one", "Five?", "Six?"],
        groups=["", "", "g", "", "g", ""],
    ),
    splits=("test", "train", "validation", "train", "", "train"),
    answers=np.array([["a"], ["b"], ["c"], ["d"], ["e"], ["f"]], dtype=object),
)


def test_what_is_there_to_judge_on_is_not_learned_from_nor_what_is_like_it() -> None:
    assert for_training(PARTED).queries == ("Two?", "Six?")
    assert for_training(ASKED).queries == ASKED.queries
    later = table([[1.0]], queries=["two"])
    assert for_training(PARTED, against=[later]).queries == ("Six?",)


def test_a_holdout_leaves_out_the_rows_that_a_router_of_that_seed_is_judged_on() -> None:
    whole = table([[1.0]] * 50)
    assert for_training(whole, holdout=0.3, seed=5).ids == split_table(whole, (0.7, 0.3), seed=5)[0].ids


def test_a_table_of_test_rows_teaches_nothing() -> None:
    with pytest.raises(ConfigurationError, match="All 2 rows of the table 'small' are there to judge on"):
        for_training(replace(table([[1.0]] * 2), splits=("test", "ood")))


def test_the_provenance_says_whose_answers_and_what_was_left_out() -> None:
    card = card_of(PARTED, "parted", title="Parted", licence="CC-BY-4.0", source="a file")
    found = provenance(card, for_training(PARTED))
    assert (found.table, found.licence, found.source, found.data_hash) == (
        "Parted",
        "CC-BY-4.0",
        "a file",
        PARTED.content_hash,
    )
    assert (found.rows, found.left_out, found.answers, found.least_score) == (2, 4, {"m0": 2}, 1.0)
