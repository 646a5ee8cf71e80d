"""Whether the questions of today still look like the training questions."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routing.drift import drift, psi

TRAIN = [f"What is {n} plus {n % 13}?" for n in range(400)]


def test_the_index_of_equal_histograms_is_zero() -> None:
    assert psi(np.array([10.0, 30.0]), np.array([1.0, 3.0])) == pytest.approx(0.0)
    # (0.9 - 0.5) * ln(0.9 / 0.5) + (0.1 - 0.5) * ln(0.1 / 0.5)
    assert psi(np.array([50.0, 50.0]), np.array([90.0, 10.0])) == pytest.approx(0.8789, abs=1e-4)


def test_questions_of_the_same_kind_have_not_moved() -> None:
    found = drift(TRAIN, TRAIN[::4])
    assert found.level == "none"
    assert found.unknown_words == 0.0
    assert found.sentence == "Live questions look like those that the router learned from."


def test_other_questions_have_moved_in_every_feature() -> None:
    live = [
        f"Schreibe bitte einen langen und freundlichen Brief über den Hafen und die Möwen, Nummer {n}"
        for n in range(60)
    ]
    found = drift(TRAIN, live, routes=(["small"] * 400, ["large"] * 60))
    assert found.level == "strong"
    assert {shift.feature: shift.level for shift in found.shifts} == {
        "length": "strong", "language": "strong", "first word": "strong", "choice of model": "strong",
    }  # fmt: skip
    assert found.unknown_words > 0.9
    assert found.usual_unknown_words == 0.0
    assert "train it again on recent outcomes" in found.sentence


def test_what_a_few_questions_show_by_chance_is_no_drift() -> None:
    rng = np.random.default_rng(0)
    train = ["short" * int(size) for size in rng.integers(1, 50, size=500)]
    live = ["short" * int(size) for size in rng.integers(1, 50, size=30)]
    [length] = [shift for shift in drift(train, live).shifts if shift.feature == "length"]
    assert length.psi > 0.1
    assert length.level == "none"


def test_too_few_live_questions_are_called_that() -> None:
    assert drift(TRAIN, TRAIN[:5]).sentence == "5 live questions are too few to tell; about 30 are needed."
    assert drift(TRAIN, []).shifts == ()


@pytest.mark.parametrize(("n_train", "n_live"), [(40, 600), (600, 40), (200, 200)])
def test_few_training_questions_are_not_taken_for_drift(n_train: int, n_live: int) -> None:
    rng = np.random.default_rng(2)
    words = [f"word{number}" for number in range(300)]
    frequent = 1 / np.arange(1, 301)

    def asked(n: int) -> list[str]:
        return [" ".join(rng.choice(words, int(rng.integers(3, 30)), p=frequent / frequent.sum())) for _ in range(n)]

    levels = [drift(asked(n_train), asked(n_live), seed=seed).level for seed in range(5)]
    assert levels.count("none") >= 4


def test_usual_unknown_words_are_those_of_one_training_question_only() -> None:
    # "alpha" stands in both, "beta" in one of them, twice.
    found = drift(["alpha beta beta", "alpha"], ["alpha gamma"])
    assert (found.usual_unknown_words, found.unknown_words) == (0.5, 0.5)
