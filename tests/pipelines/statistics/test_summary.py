"""The report of an experiment that was worked out by hand, and of the extreme ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.statistics.interval import wilson
from pipelines.statistics.report import Report
from pipelines.statistics.summary import summarise
from tests.pipelines.statistics.made import results_of

NAN = float("nan")
SMALL = [1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]
LARGE = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]


def report_of_two() -> Report:
    return summarise(results_of([SMALL, LARGE], labels=["small", "large"]))


def test_the_numbers_of_a_pipeline_are_those_worked_out_by_hand() -> None:
    small = report_of_two().contender("small")
    assert (small.n_examples, small.n_rows, small.missing, small.errors) == (10, 10, 0, 0)
    assert (small.accuracy.value, small.accuracy.low, small.accuracy.high) == (0.5, *wilson(5, 10))
    assert small.cost_usd_per_1k.value == pytest.approx(1.0)
    assert small.paid_usd_per_1k.value == pytest.approx(0.5)
    assert small.cost_usd_per_success.value == pytest.approx(0.002)
    assert (small.cost_usd, small.list_cost_usd) == (pytest.approx(0.005), pytest.approx(0.01))
    assert small.judge_cost_usd == pytest.approx(0.001)
    assert (small.latency_p50_s.value, small.latency_p95_s.value) == (5.5, pytest.approx(9.55))
    assert (small.input_tokens, small.output_tokens, small.tokens_per_row.value) == (800, 200, 100.0)
    assert (small.calls, small.cached_calls, small.cached_share) == (20, 10, 0.5)


def test_a_pair_is_compared_on_the_same_examples() -> None:
    (pair,) = report_of_two().pairs
    assert (pair.first, pair.second, pair.n) == ("small", "large", 10)
    assert (pair.wins, pair.losses, pair.ties) == (2, 0, 8)
    assert pair.difference.value == pytest.approx(0.2)
    assert (pair.p_value, pair.p_corrected, pair.is_real) == (0.5, 0.5, False)
    # Connor: (1.95996 * sqrt(0.2) + 0.84162 * sqrt(0.16))^2 / 0.04.
    assert pair.rows_needed == 37
    assert pair.explanation == (
        "'large' is ahead of 'small' by 0.200, which may be chance; about 27 more examples would tell."
    )


def test_a_difference_that_is_real_is_called_so() -> None:
    report = summarise(results_of([[0.0] * 15 + [1.0] * 5, [1.0] * 20]))
    assert report.pairs[0].is_real
    assert report.pairs[0].explanation == "'B' is better than 'A' by 0.750; chance is an unlikely explanation."


def test_twice_the_tokens_for_two_fifths_more_accuracy_is_an_elasticity_of_0_4() -> None:
    report = report_of_two()
    assert report.contender("large").token_elasticity.value == pytest.approx(0.4)
    assert report.contender("small").token_elasticity.explanation.startswith("This is the base")


def test_the_plane_holds_oracle_best_single_mix_and_front() -> None:
    scores = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    report = summarise(results_of(scores, labels=["cheap", "good", "bad"]))
    assert (report.best_single, report.pareto) == ("good", ("cheap", "good"))
    assert report.oracle is not None and report.oracle.value == 0.75
    # The cheapest right one each time: 1, 2, 2 and, where all fail, 1 thousandth.
    assert report.oracle_cost_usd_per_1k == pytest.approx(1.5)
    assert [(corner.label, corner.cost_usd_per_1k) for corner in report.mix] == [("cheap", 1.0), ("good", 2.0)]
    # Along the hull from 1 to 2 the mean is 0.375, from 2 to 4 it is 0.5.
    assert report.average_accuracy == pytest.approx((0.375 + 2 * 0.5) / 3)
    assert [point.kind for point in report.plane] == ["contender"] * 3 + ["oracle"]


def test_missing_rows_are_told_and_pairs_use_what_both_have() -> None:
    report = summarise(
        results_of([[1.0] * 10, [1.0, NAN, NAN] + [0.0] * 7], statuses=["done"] * 11 + ["waiting"] * 2 + ["done"] * 7)
    )
    assert (report.contender("B").missing, report.contender("B").n_examples, report.pairs[0].n) == (2, 8, 8)
    assert report.common_examples == 8
    assert report.warnings[0] == (
        "2 rows of 'B' are missing; pairs are compared on the examples both have, 8 are common to all."
    )


def test_failed_rows_count_as_wrong_and_are_told() -> None:
    report = summarise(results_of([[1.0, 0.0, 0.0]], statuses=["done", "failed", "no_answer"]))
    found = report.contender("A")
    assert (found.errors, found.no_answer, found.accuracy.value) == (1, 1, pytest.approx(1 / 3))
    assert report.warnings[:2] == (
        "1 row of 'A' failed, which counts as wrong.",
        "1 row of 'A' gave no answer, which counts as wrong.",
    )
    assert found.latency_p50_s.value == 1.0


def test_few_examples_are_told_with_what_they_cannot_show() -> None:
    # Connor with as much discordance: (1.95996 * sqrt(0.62) + 0.84162 * sqrt(0.62 - 0.3844))^2 / 0.3844 = 9.9.
    assert summarise(results_of([SMALL, LARGE])).warnings == (
        "Only 10 examples: differences under 0.62 cannot be seen.",
    )
    assert summarise(results_of([[1.0, 0.0]] * 2)).warnings == ("Only 2 examples: hardly any difference can be seen.",)
    assert summarise(results_of([[1.0]])).warnings == ("Only 1 example: the interval is wide.",)


def test_few_groups_are_told() -> None:
    report = summarise(results_of([SMALL * 12], groups=["a", "b"] * 60))
    assert report.warnings == ("The examples come from only 2 groups (such as documents), so every interval is rough.",)


def test_many_pairs_are_corrected_and_that_is_told() -> None:
    scores = [[1.0] * 60 + [0.0] * 60, [1.0] * 70 + [0.0] * 50, [1.0] * 90 + [0.0] * 30]
    report = summarise(results_of(scores))
    plain = sorted(pair.p_value or 0.0 for pair in report.pairs)
    assert sorted(pair.p_corrected or 0.0 for pair in report.pairs) == pytest.approx(
        [plain[0] * 3, plain[1] * 2, plain[2]]
    )
    assert report.warnings == ("3 pairs are compared; the corrected p-values allow for it (Holm).",)


def test_a_difference_that_only_the_correction_doubts_is_told_so() -> None:
    # 8 wins to 1 loss: 2 * (1 + 9) / 2^9 = 0.039, below 0.05 only before the correction.
    scores = [[0.0] * 8 + [1.0] * 12, [1.0] * 8 + [0.0] + [1.0] * 11, [0.0] * 8 + [1.0] * 12]
    pair = summarise(results_of(scores)).pairs[0]
    assert (pair.p_value, pair.is_real) == (pytest.approx(20 / 512), False)
    assert pair.explanation == "'B' is ahead of 'A' by 0.350, which may be chance, as so many pairs are compared."


def test_models_without_a_price_are_told() -> None:
    report = summarise(results_of([SMALL * 12], costs=[0.0]))
    assert report.warnings == ("No price is known, or it is 0, for the models of 'A': their costs mean nothing.",)


def test_tags_and_difficulties_have_an_accuracy_of_their_own() -> None:
    report = summarise(
        results_of(
            [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            tags=[("maths",), ("maths", "long"), ()],
            difficulties=["easy", "hard", "easy"],
        )
    )
    assert [(found.name, found.n_examples) for found in report.tags] == [("maths", 2), ("long", 1)]
    assert [measure.value for measure in report.tags[0].accuracy] == [1.0, 0.0]
    assert [found.name for found in report.difficulties] == ["easy", "hard"]
    assert [measure.value for measure in report.difficulties[0].accuracy] == [0.5, 0.5]


def test_routes_have_a_share_an_accuracy_and_a_cost() -> None:
    report = summarise(results_of([[1.0, 0.0, 1.0]]))
    easy, hard = report.routes
    assert (easy.route, easy.share.value, easy.accuracy.value) == (("router.easy",), pytest.approx(2 / 3), 1.0)
    assert (hard.route, hard.share.value, hard.accuracy.value) == (("router.hard", "big"), pytest.approx(1 / 3), 0.0)


def test_repeats_are_averaged_by_example_and_their_variation_told_apart() -> None:
    report = summarise(results_of([[1.0, 0.0, 1.0, 1.0, 0.0, 0.0]], repeats=2))
    found = report.contender("A")
    assert (found.n_examples, found.n_rows, found.accuracy.value) == (3, 6, 0.5)
    # MSW = 1/6, MSB = 2 * (0 + 1/4 + 1/4) / 2 = 1/2, between = (1/2 - 1/6) / 2 = 1/6.
    assert found.repeats is not None
    assert (found.repeats.within, found.repeats.between) == (pytest.approx(1 / 6), pytest.approx(1 / 6))
    assert found.repeats.explanation.startswith("50% of the variation of single rows comes from the seed.")


def test_a_further_scorer_has_a_pass_rate() -> None:
    report = summarise(results_of([SMALL]), other_scores={"schema": results_of([LARGE])})
    assert report.contender("A").passes["schema"].value == pytest.approx(0.7)


def test_stated_confidence_is_held_against_the_scores() -> None:
    report = summarise(results_of([[1.0, 0.0]], confidence=[0.9, 0.9]))
    assert report.contender("A").calibration_error.value == pytest.approx(0.4)
    assert report.contender("A").brier == pytest.approx((0.01 + 0.81) / 2)


def test_every_number_explains_itself() -> None:
    found = report_of_two().contender("small")
    assert found.accuracy.explanation == "Mean score of 10 examples; Wilson score interval."
    assert found.accuracy.definition.source.startswith("Wilson, 1927")
    assert found.latency_p95_s.high is None and found.latency_p95_s.low is not None


@pytest.mark.parametrize(
    "scores", [[[]], [[], []], [[NAN, NAN]], [[NAN], [1.0]], [[1.0]], [[0.0] * 5] * 3, [[1.0] * 5] * 3]
)
def test_extreme_experiments_have_a_report(scores: list[list[float]]) -> None:
    report = summarise(results_of(scores))
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert len(report.contenders) == len(scores)


def test_nothing_scored_is_told() -> None:
    assert summarise(results_of([[NAN, NAN]])).warnings == ("No row has a score yet, so there is nothing to compare.",)


def test_equal_arguments_give_an_equal_report() -> None:
    generator = np.random.default_rng(0)
    results = results_of(generator.random((3, 40)).tolist(), groups=[f"g{i // 4}" for i in range(40)])
    assert summarise(results, seed=1) == summarise(results, seed=1)
    assert summarise(results, seed=1) != summarise(results, seed=2)


def test_a_confidence_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"The confidence is 95; it must be at least 0.5 and below 1."):
        summarise(results_of([SMALL]), confidence=95)


def test_a_paid_attempt_that_failed_is_in_the_cost_per_1000_and_per_success() -> None:
    results = results_of([[1.0, 1.0, 1.0, 0.0]], costs=(0.01,), statuses=["done", "done", "done", "failed"])
    paid = replace(
        results,
        list_cost_usd=np.asarray([0.01, 0.01, 0.01, 0.0]),
        cost_usd=np.asarray([0.0, 0.01, 0.03, 0.03]),
    )
    report = summarise(paid).contender("A")
    # 0.01 from the cache, 0.01 as listed, 0.03 with two paid attempts before it, 0.03 for garbage alone.
    assert report.cost_usd_per_1k.value == pytest.approx(20.0)
    assert report.cost_usd_per_success.value == pytest.approx(0.08 / 3)
    assert report.list_cost_usd == pytest.approx(0.03)


def test_repeats_that_were_copied_from_the_cache_are_told() -> None:
    results = results_of([[1.0, 1.0, 0.0, 0.0]], repeats=2)
    copied = replace(results, cached_calls=np.asarray([0, 2, 0, 2]))
    told = "The repeats of 'A' were answered from the cache and are all alike"
    assert any(warning.startswith(told) for warning in summarise(copied).warnings)
    differing = replace(copied, score=np.asarray([1.0, 0.0, 0.0, 0.0]))
    assert not any(warning.startswith(told) for warning in summarise(differing).warnings)
    assert not any(warning.startswith(told) for warning in summarise(results).warnings)


def test_what_a_replay_could_not_find_is_neither_wrong_nor_free() -> None:
    made = results_of([[1.0, NAN, 0.0, NAN]], costs=(0.01,), statuses=["done", "failed", "failed", "failed"])
    nothing = np.asarray([0.01, 0.0, 0.01, 0.0])
    report = summarise(replace(made, list_cost_usd=nothing, cost_usd=nothing))
    found = report.contender("A")
    assert (found.n_rows, found.missing, found.errors, found.unknown) == (2, 2, 3, 2)
    assert found.accuracy.value == 0.5
    assert found.cost_usd_per_1k.value == pytest.approx(10.0)
    # The rows took 1, 2, 3 and 4 seconds.
    assert found.latency_p50_s.value == 1.0
    assert report.warnings[:2] == ("2 rows of 'A' are missing.", "1 row of 'A' failed, which counts as wrong.")


def test_without_any_score_failed_rows_still_cost() -> None:
    found = summarise(results_of([[NAN, NAN]], costs=(0.01,), statuses=["done", "failed"])).contender("A")
    assert found.unknown == 0
    assert found.cost_usd_per_1k.value == pytest.approx(10.0)
