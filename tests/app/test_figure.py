"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.figure import age_text, cost_text, count_text, duration_text, tokens_text, totals_text
from pipelines.run import Totals

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cost_usd", "text"),
    [
        (0, "$0"),
        (1e-9, "<$0.00000001"),
        (0.00000547, "$0.0000055"),
        (0.0004, "$0.0004"),
        (0.5, "$0.50"),
        (0.256, "$0.26"),
        (12.3, "$12.30"),
    ],
)
def test_money_keeps_the_digits_that_matter(cost_usd: float, text: str) -> None:
    assert cost_text(cost_usd) == text


def test_money_that_nobody_is_charged_is_marked() -> None:
    assert cost_text(0.002, notional=True) == "≈$0.002"


def test_the_totals_name_what_was_paid_and_the_list_price() -> None:
    assert totals_text(Totals(cost_usd=0.0, list_cost_usd=0.5)) == "paid $0 · list $0.50"
    marked = Totals(cost_usd=0.01, list_cost_usd=0.01, notional=True)
    assert totals_text(marked) == "paid ≈$0.01 · list ≈$0.01 (notional)"


@pytest.mark.parametrize(("seconds", "text"), [(0.0123, "12 ms"), (1.26, "1.3 s"), (99.94, "99.9 s"), (150, "2.5 min")])
def test_a_duration_has_the_unit_that_fits(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_tokens_are_grouped() -> None:
    assert tokens_text(Totals(input_tokens=12_345, output_tokens=6)) == "12,345 in · 6 out"


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=30), "1 d ago"),
        (timedelta(hours=3), "3 h ago"),
    ],
)
def test_an_age_has_the_unit_that_fits(age: timedelta, text: str) -> None:
    assert age_text(NOON - age, NOON) == text


def test_one_thing_is_not_told_as_many() -> None:
    assert [count_text(count, "row") for count in (0, 1, 2, 1200)] == ["0 rows", "1 row", "2 rows", "1,200 rows"]
