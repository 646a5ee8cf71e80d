"""A JSON schema becomes a compact grammar, or is refused before it can exhaust the machine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.error import ModelRejectedRequest
from pipelines.gateway.llama_grammar import grammar


def cleaned(schema: dict[str, Any]) -> dict[str, Any]:
    head, _, text = grammar(schema).partition("start: %json ")
    assert head == "%llguidance {}\n"
    result: dict[str, Any] = json.loads(text)
    assert result.pop("x-guidance") == {
        "whitespace_flexible": False,
        "item_separator": ", ",
        "key_separator": ": ",
    }
    return result


def test_objects_are_closed_unless_the_schema_opens_them() -> None:
    properties = {"branch": {"enum": ["maths", "law"]}}
    assert cleaned({"type": "object", "properties": properties, "required": ["branch"]}) == {
        "type": "object",
        "properties": properties,
        "required": ["branch"],
        "additionalProperties": False,
    }
    opened = {"type": "object", "properties": properties, "additionalProperties": {"type": "integer"}}
    assert cleaned(opened)["additionalProperties"] == {"type": "integer"}


def test_bounds_alternatives_items_and_references_are_kept() -> None:
    schema = {
        "$defs": {"score": {"type": "integer", "minimum": 1, "maximum": 10}},
        "type": "array",
        "minItems": 1,
        "maxItems": 3,
        "items": {"oneOf": [{"$ref": "#/$defs/score"}, {"type": "string", "maxLength": 5}]},
    }
    assert cleaned(schema) == {
        "$defs": {"score": {"type": "integer", "minimum": 1, "maximum": 10}},
        "type": "array",
        "minItems": 1,
        "maxItems": 3,
        "items": {"anyOf": [{"$ref": "#/$defs/score"}, {"type": "string", "maxLength": 5}]},
    }


def test_keywords_that_make_the_runtime_drop_the_grammar_are_left_out() -> None:
    schema = {"type": "string", "pattern": "^(?!x).*$", "format": "date", "title": "Day", "not": {"const": "x"}}
    assert cleaned(schema) == {"type": "string"}


def nested(depth: int, **more: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema, **more}
    return schema


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"type": "objekt"}, "uses the type 'objekt'; the types are array, boolean"),
        ({"type": "array", "minItems": 1_000_000_000}, "minItems 1000000000; an embedded model can follow 0 to 1000"),
        ({"type": "string", "maxLength": -1}, "maxLength -1"),
        ({"properties": {"a": "integer"}}, "'integer' where a schema must stand"),
        (nested(30), "nested deeper than 24 levels"),
        (nested(3, maxItems=100), "allow 10000 items"),
        ({"anyOf": [{"type": "null"}] * 3000}, "more than 2000 parts"),
        ({"enum": ["x" * 200_000]}, "characters; an embedded model can follow 100000"),
    ],
)
def test_a_schema_that_no_model_can_follow_is_refused(schema: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ModelRejectedRequest, match=complaint):
        grammar(schema)
