"""JSON is found in what models write, and what breaks the schema is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.error import DocumentError
from pipelines.schema import mismatch, parse_json, parsed, schema_problem

CITY = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "inhabitants": {"type": "array", "items": {"type": "integer"}}},
    "required": ["name"],
}


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Rome"}',
        ' {"name": "Rome"}\n',
        '```json\n{"name": "Rome"}\n```',
        'Sure:\n```\n{"name": "Rome"}\n```\nAnything else?',
        '```json\n{"name": "Rome"}',
        'Here it is: {"name": "Rome"} as you asked.',
        'The set {x} is empty, so {"name": "Rome"}',
    ],
)
def test_json_is_found_in_what_a_model_wrote(text: str) -> None:
    assert parsed(text, CITY) == {"name": "Rome"}


@pytest.mark.parametrize("text", ["", "Rome", "{name: Rome}", '{"name": ', "{" * 5_000, "[" * 200_000, "NaN"])
def test_text_without_json_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^Found no JSON in"):
        parse_json(text)


def test_what_breaks_the_schema_is_named_with_its_place() -> None:
    assert mismatch({"name": "Rome", "inhabitants": [1, "two"]}, CITY) == (
        "At inhabitants[1]: 'two' is not of type 'integer'."
    )
    assert mismatch({}, CITY) == "At the top: 'name' is a required property."
    assert mismatch({"name": "Rome"}, CITY) is None


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"type": "objekt"}, "The JSON schema is wrong at type: 'objekt' is not valid"),
        ({"properties": {"a": {"pattern": "("}}}, "The JSON schema is wrong at properties.a.pattern"),
        ({"$ref": "http://127.0.0.1:9/x"}, "The JSON schema points to 'http://127.0.0.1:9/x'"),
        ({"properties": {"a": {"items": [{"$ref": "file:///etc/passwd"}]}}}, "points to 'file:///etc/passwd'"),
        ({"$schema": 5}, "names a dialect where none can be"),
        ({"$schema": ["a"]}, "names a dialect where none can be"),
        ({"not": {"$schema": "http://json-schema.org/draft-07/schema#"}}, "names a dialect where none can be"),
        ({"$id": 5}, "The JSON schema is wrong at $id: 5 is not of type 'string'."),
        ({"pattern": "(a{999}){999}"}, "In the JSON schema the counts in the regular expression multiply"),
        ({"not": {"patternProperties": {"(a+)+$": {}}}}, "uses patternProperties, which is not supported"),
        ({"required": [1] * 1_001}, "has a list of 1,001; at most 1,000 are allowed"),
    ],
)
def test_a_schema_that_cannot_be_checked_is_a_problem(schema: dict[str, Any], sentence: str) -> None:
    problem = schema_problem(schema)
    assert problem is not None
    assert sentence in problem


def test_a_schema_with_places_inside_itself_is_fine() -> None:
    schema = {"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}}
    assert schema_problem(schema) is None
    assert mismatch({"a": "x"}, schema) == "At a: 'x' is not of type 'integer'."


def test_a_foreign_reference_is_never_fetched() -> None:
    problem = mismatch({}, {"$ref": "http://127.0.0.1:9/schema.json"})
    assert problem is not None
    assert problem.startswith("The JSON schema points to a place that it does not have")


TOO_LONG = "The data is too large or the JSON schema too intricate to be checked in time."


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"type": "array", "items": {"pattern": "^(a|a|b)+(a|aa)+$"}}, ["a" * 5_000 + "!"]),
        (
            {
                "$defs": {f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 10} for n in range(9)} | {"l9": {}},
                "$ref": "#/$defs/l0",
            },
            "x",
        ),
        ({"uniqueItems": True}, [{}] * 1_001),
    ],
    ids=["pattern", "references", "unique"],
)
def test_a_check_that_would_take_for_ever_is_given_up(schema: dict[str, Any], data: object) -> None:
    assert schema_problem(schema) is None
    assert mismatch(data, schema) == TOO_LONG


def test_a_pattern_is_checked() -> None:
    assert mismatch("abc", {"pattern": "^[a-c]+$"}) is None
    assert mismatch("abd", {"pattern": "^[a-c]+$"}) == "At the top: 'abd' does not match '^[a-c]+$'."


@pytest.mark.parametrize("text", ['{"a": 1e999}', '{"a": "\\ud83d"}', '{"a": NaN}', '{"a": "\ud83d"}', "[" * 2_000])
def test_json_that_could_not_be_written_again_is_no_json(text: str) -> None:
    with pytest.raises(DocumentError, match="Found no JSON"):
        parse_json(text)


def test_a_schema_that_refers_to_itself_without_end_is_refused() -> None:
    assert mismatch({}, {"$ref": "#"}) == "The JSON schema or the data is nested without end."
