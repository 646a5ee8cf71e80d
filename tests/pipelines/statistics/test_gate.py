"""A condition over a report holds for the pipelines of which it is true."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.statistics.gate import Failure, fail_if, require_condition
from pipelines.statistics.summary import summarise
from tests.pipelines.statistics.made import results_of

REPORT = summarise(
    results_of([[1.0] * 9 + [0.0], [1.0] * 5 + [0.0] * 5], labels=["good", "bad"]),
    other_scores={"schema": results_of([[1.0] * 10, [0.0] * 10], labels=["good", "bad"])},
)


@pytest.mark.parametrize(
    ("expression", "failing"),
    [
        ("accuracy < 0.8 or cost_usd_per_1k > 2", ["bad"]),
        ("accuracy < 0.4", []),
        ("accuracy_low < 0.7 and n >= 10", ["good", "bad"]),
        ("cost_usd_per_1k > 1", ["bad"]),
        ("latency_p95_s > 9", ["good", "bad"]),
        ("errors + missing > 0", []),
        ("difference < 0", ["bad"]),
        ("p_value < 0.05", []),
        ("schema < 1", ["bad"]),
        ("not (accuracy >= 0.9)", ["bad"]),
    ],
)
def test_the_condition_is_put_to_every_pipeline(expression: str, failing: list[str]) -> None:
    gate = fail_if(REPORT, expression)
    assert [failure.contender for failure in gate.failures] == failing
    assert gate.holds == bool(failing)


def test_the_reason_tells_the_numbers() -> None:
    gate = fail_if(REPORT, "accuracy < 0.8 or cost_usd_per_1k > 2")
    assert gate.failures == (Failure(contender="bad", reason="accuracy is 0.5, cost_usd_per_1k is 2"),)


def test_a_number_that_cannot_be_told_makes_the_check_fail() -> None:
    gate = fail_if(summarise(results_of([[float("nan")]])), "accuracy < 0.8")
    assert gate.failures == (Failure(contender="A", reason="accuracy cannot be told"),)


def test_a_single_pipeline_has_nothing_to_differ_from() -> None:
    gate = fail_if(summarise(results_of([[1.0]])), "difference < 0")
    assert gate.failures == (Failure(contender="A", reason="difference cannot be told of a single pipeline"),)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("acuracy < 0.8", "character 1: 'acuracy' is unknown, there is accuracy, cost_usd_per_1k, "),
        ("accuracy <", "ends too early"),
        ("accuracy", "is neither true nor false; compare it with something"),
        ("accuracy =~ 'x'", "character 10: '=~' compares texts, and there are only numbers here"),
        ("accuracy < '0.8'", "compares things of different types"),
        ("__import__('os')", "'__import__' is unknown"),
        ("", "The condition is empty"),
    ],
)
def test_what_is_no_condition_is_refused(expression: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        fail_if(REPORT, expression)
    assert sentence in str(caught.value)


def test_a_condition_is_checked_before_there_is_a_report() -> None:
    scorers = ("exact_match", "json_schema")
    require_condition("accuracy < 0.8 or json_schema < 1 or difference_low < 0", scorers, pipelines=2)
    with pytest.raises(ConfigurationError, match="'exact_match' is unknown"):
        require_condition("exact_match < 0.8", scorers, pipelines=2)
    with pytest.raises(ConfigurationError, match="speaks of difference and p_value, which compares with the first"):
        require_condition("accuracy < 0.5 or p_value < 0.05 and difference < 0", scorers, pipelines=1)
