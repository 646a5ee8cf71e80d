"""Battles weighed by likeness, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routers.elo import Elo
from tests.pipelines.outcome.tables import table, two_tasks

SAME = ["the same words"] * 4


def test_alike_questions_without_holes_give_the_mean_scores() -> None:
    scores = [[1.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    found = Elo(imagined=1e-9).fit(table(scores, queries=SAME)).predict(["the same words"])
    assert found[0] == pytest.approx([0.75, 0.25, 0.25], abs=1e-6)


def test_with_holes_the_strengths_of_the_met_carry_over() -> None:
    # b lost to a by 3 to 1 and beat c by 3 to 1; a and c never met: the odds are 9 to 1.
    nan = np.nan
    scores = [[1, 0, nan], [1, 0, nan], [1, 0, nan], [0, 1, nan], [nan, 1, 0], [nan, 1, 0], [nan, 1, 0], [nan, 0, 1]]
    fitted = Elo(imagined=1e-6).fit(table(scores, queries=SAME * 2))
    ratings = fitted.explain("the same words")["elo"]
    assert ratings["m0"] - ratings["m1"] == pytest.approx(400 * np.log10(3), abs=2.0)
    assert ratings["m0"] - ratings["m2"] == pytest.approx(400 * np.log10(9), abs=4.0)
    found = fitted.predict(["the same words"])[0]
    assert found[0] - found[1] == pytest.approx(found[1] - found[2], abs=1e-2)
    assert found.argsort().tolist() == [2, 1, 0]


def test_the_closed_form_is_what_the_iteration_finds() -> None:
    whole = two_tasks(40)
    fitted = Elo(base=100.0, imagined=0.3).fit(whole)
    weights = fitted._weights(np.asarray(fitted.features(["What is 5 plus 6?"])))
    slow = (fitted._chances(weights).sum(axis=2) - 0.5)[0]
    level = float((weights @ fitted.state["level"])[0])
    assert fitted.predict(["What is 5 plus 6?"])[0] == pytest.approx(level + (2 * slow - 1) / 2, abs=1e-3)


def test_a_base_of_one_makes_all_questions_count_alike() -> None:
    fitted = Elo(base=1.0, imagined=1e-9).fit(two_tasks(40))
    assert fitted.predict(["What is 5 plus 6?"])[0] == pytest.approx([0.5, 0.5], abs=1e-5)


def test_a_stranger_is_told_by_its_likeness() -> None:
    sure = Elo().fit(two_tasks(40)).confidence(["What is 5 plus 6?", "der Hund schläft"])
    assert sure[0] > 0.5
    assert sure[1] == 0.0


def test_models_that_never_met_differ_in_nothing() -> None:
    fitted = Elo().fit(table([[1.0, np.nan], [np.nan, 0.0]], queries=SAME[:2]))
    found = fitted.predict(["the same words"])[0]
    assert found[0] == pytest.approx(found[1])
