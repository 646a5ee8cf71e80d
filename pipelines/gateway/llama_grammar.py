"""Turns a JSON schema into a grammar that keeps a small model to compact JSON and cannot exhaust the machine."""

from __future__ import annotations

from typing import Any

import orjson

from pipelines.error import ModelRejectedRequest

MAX_CHARACTERS = 100_000
MAX_DEPTH = 24
MAX_PARTS = 2_000
MAX_LENGTH = 10_000
MAX_REPEATS = 1_000

# Everything else (`pattern`, `uniqueItems`, `not`, ...) is left out: the runtime would refuse it, print a warning or
# drop the whole grammar without a word. The grammar is then looser than the schema; whoever asked checks the answer.
_COPIED = ("type", "enum", "const", "required", "$ref", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_LENGTHS = {"minLength": MAX_LENGTH, "maxLength": MAX_LENGTH, "minItems": MAX_REPEATS, "maxItems": MAX_REPEATS}
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_COMPACT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


def grammar(schema: dict[str, Any]) -> str:
    """Returns the grammar of a JSON schema in the notation of llguidance, the grammar engine inside llama.cpp.

    Objects take no properties beyond those named unless the schema says so.

    Source: llguidance, "JSON schema": the option `x-guidance` fixes the white space, which halves the tokens of a short
    answer and stops small models from padding for ever.

    Raises:
        ModelRejectedRequest: if the schema is malformed, or larger than a grammar may be.
    """
    compact = {**_Cleaner().clean(schema, depth=0, repeats=1), "x-guidance": _COMPACT}
    text = orjson.dumps(compact).decode()
    if len(text) > MAX_CHARACTERS:
        raise ModelRejectedRequest(
            f"The JSON schema has {len(text)} characters; an embedded model can follow {MAX_CHARACTERS}."
        )
    return "%llguidance {}\nstart: %json " + text


class _Cleaner:
    """Copies the keywords that the grammar engine knows and counts what the copy would cost it."""

    def __init__(self) -> None:
        self._parts = 0

    def clean(self, schema: Any, depth: int, repeats: int) -> dict[str, Any]:
        self._parts += 1
        if self._parts > MAX_PARTS or depth > MAX_DEPTH:
            raise ModelRejectedRequest(
                f"The JSON schema has more than {MAX_PARTS} parts or is nested deeper than {MAX_DEPTH} levels, "
                "which an embedded model cannot follow."
            )
        if schema is True:
            return {}
        if not isinstance(schema, dict):
            raise ModelRejectedRequest(f"The JSON schema has {str(schema)[:60]!r} where a schema must stand.")
        _check_type(schema.get("type"))
        kept = {word: schema[word] for word in _COPIED if word in schema}
        kept |= {word: _bounded(schema[word], word, most) for word, most in _LENGTHS.items() if word in schema}
        repeats = _checked_repeats(kept, repeats)
        return kept | self._inner(schema, depth + 1, repeats)

    def _inner(self, schema: dict[str, Any], depth: int, repeats: int) -> dict[str, Any]:
        inner: dict[str, Any] = {}
        for word in ("properties", "$defs", "definitions"):
            if isinstance(schema.get(word), dict):
                inner[word] = {name: self.clean(part, depth, repeats) for name, part in schema[word].items()}
        if "properties" in inner:
            extra = schema.get("additionalProperties", False)
            inner["additionalProperties"] = extra if isinstance(extra, bool) else self.clean(extra, depth, repeats)
        if isinstance(schema.get("items"), dict):
            inner["items"] = self.clean(schema["items"], depth, repeats)
        alternatives = schema.get("anyOf", schema.get("oneOf"))
        if isinstance(alternatives, list) and alternatives:
            inner["anyOf"] = [self.clean(part, depth, repeats) for part in alternatives]
        return inner


def _check_type(kind: Any) -> None:
    kinds = kind if isinstance(kind, list) else [] if kind is None else [kind]
    for each in kinds:
        if each not in _TYPES:
            raise ModelRejectedRequest(
                f"The JSON schema uses the type {str(each)[:60]!r}; the types are {', '.join(sorted(_TYPES))}."
            )


def _bounded(value: Any, word: str, most: int) -> int:
    if isinstance(value, int) and 0 <= value <= most:
        return int(value)
    raise ModelRejectedRequest(
        f"The JSON schema says {word} {str(value)[:60]}; an embedded model can follow 0 to {most}."
    )


def _checked_repeats(kept: dict[str, Any], repeats: int) -> int:
    """Returns how often a part may be repeated below this one; nested arrays multiply."""
    product = repeats * max(1, int(kept.get("minItems", 1)), int(kept.get("maxItems", 1)))
    if product > MAX_REPEATS:
        raise ModelRejectedRequest(
            f"The nested arrays of the JSON schema allow {product} items; an embedded model can follow {MAX_REPEATS}."
        )
    return product
