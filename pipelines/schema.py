"""JSON in the text of a model: found, parsed and checked against a JSON schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pipelines.error import ConfigurationError, DocumentError
from pipelines.pattern import compile_pattern
from pipelines.prompt import shortened
from pipelines.schema_check import CheckTooLong, first_error, schema_error

_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_START = re.compile(r"[\[{]")
_MAX_STARTS = 50
CHECK_LIMIT_S = 1.0
MAX_LIST = 1_000


def parsed(text: str, schema: Mapping[str, Any]) -> Any:
    """Returns the JSON that a model wrote, also inside a code fence or between sentences.

    Raises:
        DocumentError: if there is no JSON, or it breaks the schema; says where and how.
    """
    data = parse_json(text)
    problem = mismatch(data, schema)
    if problem:
        raise DocumentError(problem)
    return data


def parse_json(text: str) -> Any:
    """Returns the JSON value in the text: the whole text, else a code fence, else the first object or list in it.

    Raises:
        DocumentError: if there is none, or none that could be written again: half characters, endless numbers.
    """
    for candidate in (text, *_FENCE.findall(text)):
        try:
            return orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
    for value in _embedded(text):
        return value
    raise DocumentError(f"Found no JSON in '{shortened(text, 80)}'.")


def mismatch(data: object, schema: Mapping[str, Any]) -> str | None:
    """Returns a sentence on the first thing in the data that breaks a schema without `schema_problem`, or None."""
    from referencing.exceptions import Unresolvable

    try:
        error = first_error(data, schema, CHECK_LIMIT_S)
    except Unresolvable as unresolvable:
        return f"The JSON schema points to a place that it does not have: {shortened(str(unresolvable), 200)}."
    except RecursionError:
        return "The JSON schema or the data is nested without end."
    except CheckTooLong:
        return "The data is too large or the JSON schema too intricate to be checked in time."
    if error is None:
        return None
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    return f"At {place or 'the top'}: {shortened(error.message, 200)}."


def schema_problem(schema: Mapping[str, Any]) -> str | None:
    """Returns a sentence on why this is not a JSON schema that can be checked, or None."""
    problem = _unsupported(schema)
    if problem:
        return f"The JSON schema {problem}."
    error = schema_error(schema)
    if error is not None:
        place = ".".join(str(step) for step in error.absolute_path)
        return f"The JSON schema is wrong at {place or 'the top'}: {shortened(error.message, 200)}."
    for part in _parts(schema):
        try:
            compile_pattern(part.get("pattern", "") if isinstance(part.get("pattern"), str) else "")
        except ConfigurationError as wrong:
            return f"In the JSON schema {wrong}."
    return None


def _unsupported(schema: Mapping[str, Any]) -> str | None:
    """Returns what in a schema would fetch something, or escape the time limit of a check."""
    for part in _parts(schema):
        for key in ("$ref", "$dynamicRef"):
            target = part.get(key)
            if isinstance(target, str) and not target.startswith("#"):
                return f"points to '{target}'; only places inside the schema (#/...) may be named"
        if "$schema" in part and (part is not schema or not isinstance(part["$schema"], str)):
            return "names a dialect where none can be; write $schema as a text at the top"
        if "patternProperties" in part:
            return "uses patternProperties, which is not supported; name the properties"
        longest = max((len(value) for value in part.values() if isinstance(value, list)), default=0)
        if longest > MAX_LIST:
            return f"has a list of {longest:,}; at most {MAX_LIST:,} are allowed"
    return None


def _parts(schema: object) -> Iterator[Mapping[str, Any]]:
    """Yields every object in a schema, the whole first."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _embedded(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    for count, match in enumerate(_START.finditer(text)):
        if count == _MAX_STARTS:
            return
        try:
            _, end = decoder.raw_decode(text, match.start())
            yield orjson.loads(text[match.start() : end])
        except (ValueError, RecursionError):
            continue
