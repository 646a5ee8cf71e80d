"""The decision in words: which pipeline to take, by how much, how sure, at what price, and what more would show."""

from __future__ import annotations

from app.experiment.decision import decision
from pipelines.statistics.summary import summarise
from tests.pipelines.statistics.made import results_of

NAN = float("nan")


def test_a_real_difference_is_told_with_interval_number_p_and_price() -> None:
    report = summarise(results_of([[1.0] * 10 + [0.0] * 30, [1.0] * 30 + [0.0] * 10], labels=("cheap", "dear")))
    first, pair = decision(report)
    assert first == (
        "'dear' is the best, and chance is an unlikely explanation. Take it if that is worth 2.0 times the cost of"
        " 'cheap'."
    )
    assert pair == (
        "'dear' is better than 'cheap' by 50.0 points (95%: 31.8 to 63.4, n = 40 pairs, p < 0.001)"
        " and costs 2.0 times as much."
    )


def test_a_difference_that_may_be_chance_names_the_rows_that_are_missing() -> None:
    one = [1.0] * 20 + [0.0] * 20
    other = [0.0] * 4 + [1.0] * 22 + [0.0] * 14
    first, pair, _ = decision(summarise(results_of([one, other], labels=("a", "b"))))
    assert first.startswith("Nothing shows yet that another pipeline is better than 'a', and it costs less")
    assert pair.startswith("'b' is ahead of 'a' by 5.0 points, which may be chance (95%: ")
    assert "It takes about" in pair
    assert pair.endswith("more examples to tell them apart.")


def test_the_numbers_turn_with_the_pipeline_that_is_better() -> None:
    report = summarise(results_of([[1.0] * 30 + [0.0] * 10, [1.0] * 10 + [0.0] * 30], labels=("cheap", "dear")))
    assert decision(report) == (
        "Take 'cheap': it is the best, and chance is an unlikely explanation.",
        "'cheap' is better than 'dear' by 50.0 points (95%: 31.8 to 63.4, n = 40 pairs, p < 0.001) and costs 50% less.",
    )


def test_with_three_pipelines_the_correction_is_named() -> None:
    scores = [[1.0] * 10 + [0.0] * 30, [1.0] * 30 + [0.0] * 10, [1.0] * 20 + [0.0] * 20]
    lines = decision(summarise(results_of(scores, labels=("a", "b", "c"))))
    assert all("after Holm" in line for line in lines[1:3])


def test_equal_pipelines_are_called_equal() -> None:
    report = summarise(results_of([[1.0, 0.0] * 20, [1.0, 0.0] * 20], costs=(0.001, 0.001)))
    first, pair = decision(report)
    assert first.startswith("These examples do not show which one is better")
    assert pair.startswith("'B' and 'A' are equally good (")
    assert pair.endswith("and costs the same.")


def test_one_pipeline_alone_asks_for_a_second_one() -> None:
    [line] = decision(summarise(results_of([[1.0] * 30 + [0.0] * 10])))
    assert line.startswith("'A' is right in 75.0% of the cases (95%: 59.8% to 85.8%, n = 40).")
    assert line.endswith("Add a second pipeline to compare it with.")


def test_without_scores_nothing_is_decided() -> None:
    assert decision(summarise(results_of([[NAN] * 3, [NAN] * 3]))) == (
        "There is nothing to compare yet: no row has a score.",
    )


def test_what_a_router_could_reach_is_told_where_it_is_more() -> None:
    one, other = [1.0] * 24 + [0.0] * 16, [0.0] * 16 + [1.0] * 24
    lines = decision(summarise(results_of([one, other])))
    assert lines[-1] == (
        "They are right on different examples: a router that always chose well would reach 100.0%, where 'A' reaches"
        " 60.0%."
    )


def test_those_that_none_beats_are_named_among_three() -> None:
    scores = [[1.0] * 10 + [0.0] * 30, [1.0] * 30 + [0.0] * 10, [1.0] * 20 + [0.0] * 20]
    lines = decision(summarise(results_of(scores, labels=("a", "b", "c"))))
    assert lines[-1] == "No other pipeline is both cheaper and better than these: 'a', 'b'."
