"""Numbers as people and models write them."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.number import announced_quantity
from pipelines.scorers.numeric import Numeric
from tests.pipelines.scorers.bench import example, score_of, value_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1 000 000", 1e6),
        ("3/4", 0.75),
        ("1 1/2", 1.5),
        ("1½", 1.5),
        ("1e3", 1000.0),
        ("6.02 × 10^23", 6.02e23),
        ("2 million", 2e6),
        ("−5", -5.0),
        ("-$5.00", -5.0),
        ("٤٢", 42.0),
        (r"so $\boxed{\frac{3}{4}}$ holds", 0.75),
        (r"$\boxed{1{,}234}$", 1234.0),
        ("48/2 = 24\n#### 72", 72.0),
        ("The answer is 7 because 3+4=7. I counted 9 times.", 7.0),
        ("total = 3 + 4 = 7 apples", 7.0),
        ("**Answer:** 18 dollars", 18.0),
        ("She has 3 apples, then 4, so 12.", 12.0),
        (".5", 0.5),
        ("1,00,000", 100_000.0),
        ("1,2,3", 3.0),
        ("between 10-15", 15.0),
        ("minus 5", -5.0),
        ("Twelve.", 12.0),
        ("twenty-one apples", 21.0),
        ("The answer is **three hundred and five**.", 305.0),
        ("minus two thousand", -2_000.0),
        ("The total is 9 so far.\n100 - 9 = 91", 91.0),
    ],
)
def test_the_announced_number_is_read(text: str, number: float) -> None:
    found = announced_quantity(text)
    assert found is not None
    assert found.value == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("text", ["", "none", "1/0", "1e999", "abc4", "v2x", "One cannot say.", "No one knows"])
def test_no_number_is_made_up(text: str) -> None:
    assert announced_quantity(text) is None


@pytest.mark.parametrize(
    ("reference", "text", "value"),
    [
        ("42", "41", 0),
        ("42", "42.0", 1),
        ("42", "forty-two", 1),
        ("42", "forty-three", 0),
        ("0.25", "25%", 1),
        ("25", "25 %", 1),
        ("25%", "0.25", 1),
        ("0.25", "25", 0),
        ("5 km", "5000 m", 1),
        ("5 km", "5 m", 0),
        ("5 km", "5 kg", 0),
        ("5 km", "5", 1),
        ("18", "18 dollars", 1),
        ("1000", "1,000", 1),
        ("3.14159", "3.14", 0),
        ("-3", "3", 0),
    ],
)
async def test_a_number_is_compared_by_its_value(reference: str, text: str, value: int) -> None:
    assert await value_of(Numeric(), example(reference), text) == value


async def test_tolerances_are_absolute_and_relative() -> None:
    row = example("100")
    assert await value_of(Numeric(tolerance=0.5), row, "100.5") == 1.0
    assert await value_of(Numeric(tolerance=0.5), row, "100.6") == 0.0
    assert await value_of(Numeric(relative_tolerance=0.01), row, "99") == 1.0
    assert await value_of(Numeric(relative_tolerance=0.01), row, "98.9") == 0.0


async def test_the_first_or_the_last_number_may_be_taken() -> None:
    text = "7 of 9; the answer is 8, I think, out of 10"
    taken = [await value_of(Numeric(take=take), example(n), text) for take, n in (("first", "7"), ("last", "10"))]
    assert [*taken, await value_of(Numeric(), example("8"), text)] == [1.0, 1.0, 1.0]


async def test_the_reason_names_both_numbers() -> None:
    assert (await score_of(Numeric(), example("42"), "It is 41.")).reason == "expected 42, found 41"


async def test_a_reference_without_a_number_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="The reference of the row 'r1' holds no number"):
        await value_of(Numeric(), example("many"), "3")
