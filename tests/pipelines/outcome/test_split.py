"""Parts of a table never share a question."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.split import group_numbers, refuse_leak, seen_hashes, split_table
from tests.pipelines.outcome.tables import table


def test_a_split_keeps_groups_whole_and_every_row_once() -> None:
    groups = [f"g{n // 7}" for n in range(700)]
    whole = table([[1.0, 0.0]] * 700, groups=groups)
    parts = split_table(whole, (0.7, 0.3), seed=3)
    assert sorted(name for part in parts for name in part.ids) == sorted(whole.ids)
    assert not set(parts[0].groups) & set(parts[1].groups)
    assert 470 <= parts[0].n_queries <= 510


def test_equal_questions_are_never_parted() -> None:
    whole = table([[1.0, 0.0]] * 40, queries=[f"Same question, {n // 4}!" for n in range(40)])
    first, second = split_table(whole, (0.5, 0.5))
    assert not set(first.queries) & set(second.queries)


def test_equal_questions_of_different_groups_are_never_parted() -> None:
    # The first and the last row share nothing but the chain between them.
    queries, groups = ["a", "b", "b", "c", "c?"], ["x", "x", "y", "y", ""]
    whole = table([[1.0, 0.0]] * 7, queries=[*queries, "d", "x"], groups=[*groups, "", ""])
    numbers = group_numbers(whole).tolist()
    assert len(set(numbers[:5])) == 1
    assert sorted(set(numbers)) == [0, 1, 2]


def test_a_huge_question_among_many_takes_no_room_of_its_own() -> None:
    whole = table([[1.0, 0.0]] * 20_000, queries=["long " * 200_000, *(f"short {n}" for n in range(19_999))])
    # As an array of equally wide texts these would be 80 GB.
    assert len(set(group_numbers(whole).tolist())) == 20_000


def test_the_same_seed_splits_equally_and_another_does_not() -> None:
    whole = table([[1.0, 0.0]] * 50)
    assert split_table(whole, (0.5,), seed=1)[0].ids == split_table(whole, (0.5,), seed=1)[0].ids
    assert split_table(whole, (0.5,), seed=1)[0].ids != split_table(whole, (0.5,), seed=2)[0].ids


def test_shares_beyond_the_whole_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="add up to 1"):
        split_table(table([[1.0, 0.0]]), (0.8, 0.4))


def test_a_test_row_that_differs_only_in_spelling_is_a_leak() -> None:
    train = table([[1.0, 0.0]], queries=["What is the capital of France?"])
    test = table([[1.0, 0.0]], queries=["what is  the capital of france"])
    with pytest.raises(ConfigurationError, match="1 of 1 test rows are also training rows"):
        refuse_leak(seen_hashes(train), test)


def test_rows_of_one_group_in_both_parts_are_a_leak() -> None:
    train = table([[1.0, 0.0]], queries=["a"], groups=["book"])
    test = table([[1.0, 0.0]], queries=["b"], groups=["book"])
    with pytest.raises(ConfigurationError, match="also training rows"):
        refuse_leak(seen_hashes(train), test)


def test_a_few_test_rows_that_were_seen_are_left_out() -> None:
    train = table([[1.0, 0.0]] * 2, queries=["a", "b"], groups=["book", ""])
    test = table([[1.0, 0.0]] * 5, queries=["c", "B!", "d", "e", "f"], groups=["book", "", "", "", "other"])
    assert refuse_leak(seen_hashes(train), test).queries == ("d", "e", "f")
