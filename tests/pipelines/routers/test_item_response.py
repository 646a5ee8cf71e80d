"""Abilities and difficulties of made-up models and questions."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.item_response import ItemResponse
from tests.pipelines.outcome.tables import table, two_tasks

WORDS = Tfidf(pairs=False)


def _easy_and_hard() -> OutcomeTable:
    """Returns a table where the strong model solves all, the weak one only what is easy."""
    queries = ["an easy one please"] * 60 + ["a hard one please"] * 60
    scores = [[1.0, 1.0]] * 60 + [[1.0, 0.0]] * 60
    return table(scores, queries=queries, models=["strong", "weak"])


def test_in_one_dimension_the_strong_stays_ahead_and_the_gap_follows_difficulty() -> None:
    fitted = ItemResponse(featurizer=WORDS, dims=1, epochs=150, rate=0.02).fit(_easy_and_hard())
    easy, hard = fitted.predict(["an easy one please", "a hard one please"])
    assert easy == pytest.approx([1.0, 1.0], abs=0.1)
    assert hard == pytest.approx([1.0, 0.0], abs=0.15)
    told = [fitted.explain(query) for query in ("an easy one please", "a hard one please")]
    assert told[0]["difficulty"] < told[1]["difficulty"]
    assert told[1]["ability"]["strong"] > told[1]["ability"]["weak"]


def test_one_dimension_cannot_rank_two_crafts_both_ways_and_two_can() -> None:
    asked = ["What is 5 plus 6?", "Translate the river number 5 into French"]
    both = ItemResponse(featurizer=WORDS, dims=2, epochs=200, rate=0.02).fit(two_tasks())
    assert both.predict(asked).argmax(axis=1).tolist() == [0, 1]
    single = ItemResponse(featurizer=WORDS, dims=1, epochs=200, rate=0.02).fit(two_tasks())
    ahead = single.predict(asked)
    assert np.sign(ahead[0, 0] - ahead[0, 1]) == np.sign(ahead[1, 0] - ahead[1, 1])


def test_more_ability_never_hurts() -> None:
    fitted = ItemResponse(epochs=3).fit(two_tasks())
    stronger = fitted.with_state({**fitted.state, "ability": fitted.state["ability"] + 1.0})
    queries = two_tasks().queries[:20]
    assert (stronger.predict(queries) >= fitted.predict(queries)).all()
