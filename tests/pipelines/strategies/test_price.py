"""The cheapest, the dearest, and the one without a price."""

from __future__ import annotations

from pipelines.strategies.price import Price
from pipelines.strategy import Candidate

POOL = (
    Candidate(name="dear", price_usd_per_mtok=10.0),
    Candidate(name="cheap", price_usd_per_mtok=0.0),
    Candidate(name="unknown"),
)


def test_the_cheapest_scores_one() -> None:
    assert Price().score(["a", "b"], POOL).tolist() == [[0.5, 1.0, 0.0]] * 2


def test_the_dearest_scores_one_when_it_is_wanted() -> None:
    assert Price(prefer="dearest").score(["a"], POOL).tolist() == [[1.0, 0.5, 0.0]]


def test_a_missing_price_is_named() -> None:
    assert [Price().lack(candidate) for candidate in POOL] == [None, None, "a price"]
