"""JSON that follows a schema, and JSON with the right values."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.scorers.json_match import JsonMatch
from pipelines.scorers.json_schema import JsonSchemaValid
from tests.pipelines.scorers.bench import example, score_of, value_of

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name"],
    "additionalProperties": False,
}
ADA = '{"name": "Ada", "age": 36}'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (ADA, 1),
        (f"Here you are:\n```json\n{ADA}\n```", 1),
        (f"Sure! {ADA} Anything else?", 1),
        ('{"age": 36}', 0),
        ('{"name": "Ada", "age": "36"}', 0),
        ('{"name": "Ada", "city": "London"}', 0),
        ("Ada, 36", 0),
        ('{"name": "Ada"', 0),
    ],
)
async def test_json_is_checked_against_the_schema_of_the_row(text: str, value: int) -> None:
    assert await value_of(JsonSchemaValid(), example(schema=SCHEMA), text) == value


async def test_words_around_the_json_may_be_refused() -> None:
    row = example(schema=SCHEMA)
    assert await value_of(JsonSchemaValid(whole=True), row, ADA) == 1.0
    assert (
        await score_of(JsonSchemaValid(whole=True), row, f"```\n{ADA}\n```")
    ).reason == "the answer is not JSON alone"


async def test_the_reason_says_where_the_json_is_wrong() -> None:
    score = await score_of(JsonSchemaValid(), example(schema=SCHEMA), '{"name": "Ada", "age": "36"}')
    assert score.reason == "At age: '36' is not of type 'integer'."


async def test_a_schema_that_would_fetch_something_is_an_error() -> None:
    row = example(schema={"$ref": "http://127.0.0.1/schema.json"})
    with pytest.raises(ConfigurationError, match="only places inside the schema"):
        await value_of(JsonSchemaValid(), row, "{}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"age": 36.0, "name": "ada."}', 1),
        ('{"name": "Ada"}', 0.5),
        ('{"name": "Ada", "age": 37}', 0.5),
        ('{"name": "Ada", "age": 36, "city": "London"}', 2 / 3),
        ('{"name": "Ada", "age": true}', 0.5),
        ("[]", 0),
        ("none", 0),
    ],
)
async def test_json_values_give_the_share_that_agrees(text: str, value: float) -> None:
    assert await value_of(JsonMatch(), example(ADA), text) == pytest.approx(value)


async def test_json_that_breaks_the_schema_of_the_row_counts_nothing() -> None:
    assert await value_of(JsonMatch(), example(ADA, schema=SCHEMA), '{"name": "Ada", "age": "36"}') == 0.0


async def test_lists_are_compared_in_their_order_and_true_is_not_one() -> None:
    assert await value_of(JsonMatch(), example("[1, [2, 3]]"), "[1, [3, 2]]") == pytest.approx(1 / 3)
    assert await value_of(JsonMatch(), example("[1]"), "[true]") == 0.0


async def test_the_reason_names_the_place_of_the_first_difference() -> None:
    score = await score_of(JsonMatch(), example('{"a": {"b": [1, 2]}}'), '{"a": {"b": [1, 5]}}')
    assert score.reason == "at a.b.1 expected 2, found 5"
