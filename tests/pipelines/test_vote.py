"""The largest group of agreeing answers wins, and equal groups are settled by their order."""

from __future__ import annotations

from pipelines.vote import vote


def test_the_largest_group_wins_with_its_share() -> None:
    result = vote(["Rome", "The answer is Paris.", "paris", "Paris!"])
    assert (result.winner, result.share) == (1, 0.75)
    assert result.shares == {"paris": 0.75, "rome": 0.25}


def test_of_equal_groups_the_first_to_appear_wins() -> None:
    assert vote(["b", "a", "a", "b"]).winner == 0
    assert vote(["a", "b", "b", "a"]).winner == 0


def test_blank_answers_abstain_unless_all_are_blank() -> None:
    assert vote(["", " ", "yes"]).share == 1.0
    assert vote(["", "  "]).shares == {"(nothing)": 1.0}


def test_weights_decide_over_heads() -> None:
    result = vote(["rome", "paris", "paris"], weights=[0.9, 0.2, 0.4])
    assert (result.winner, result.share, result.shares) == (0, 0.6, {"rome": 0.6, "paris": 0.4})


def test_sums_of_the_same_weights_in_another_order_tie() -> None:
    assert vote(["a", "a", "b", "b"], weights=[0.1, 0.2, 0.2, 0.1]).winner == 0
    assert vote(["b", "a", "a", "b", "b", "a"], weights=[0.3, 0.1, 0.2, 0.2, 0.1, 0.3]).winner == 0


def test_weights_that_are_all_zero_count_as_equal() -> None:
    assert vote(["a", "b", "b"], weights=[0.0, 0.0, 0.0]).winner == 1


def test_a_negative_weight_speaks_against_its_answer() -> None:
    result = vote(["a", "b", "b"], weights=[0.3, 0.5, -0.4])
    assert (result.winner, result.shares) == (0, {"a": 0.75, "b": 0.25})
    assert vote(["a", "b"], weights=[-2.0, -1.0]).shares == {"b": 0.5, "a": 0.5}
    assert vote(["a", "b"], weights=[-2.0, -1.0]).winner == 1


def test_the_labels_of_long_answers_stay_apart() -> None:
    long = "word " * 30
    result = vote([long + "one", long + "two"])
    assert list(result.shares.values()) == [0.5, 0.5]
    assert all(len(label) <= 64 for label in result.shares)
