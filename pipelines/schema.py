"""JSON in the text of a model: found, parsed and checked against a JSON schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.error import DocumentError
from pipelines.prompt import shortened

_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_START = re.compile(r"[\[{]")
_MAX_STARTS = 50


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
        DocumentError: if there is none.
    """
    for candidate in (text, *_FENCE.findall(text)):
        try:
            return json.loads(candidate, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            continue
    for value in _embedded(text):
        return value
    raise DocumentError(f"Found no JSON in '{shortened(text, 80)}'.")


def mismatch(data: object, schema: Mapping[str, Any]) -> str | None:
    """Returns a sentence on the first thing in the data that breaks the schema, or None."""
    from jsonschema.exceptions import best_match
    from referencing.exceptions import Unresolvable

    try:
        error = best_match(_validator(schema).iter_errors(data))
    except Unresolvable as unresolvable:
        return f"The JSON schema points to a place that it does not have: {shortened(str(unresolvable), 200)}."
    except RecursionError:
        return "The JSON schema or the data is nested without end."
    if error is None:
        return None
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    return f"At {place or 'the top'}: {shortened(error.message, 200)}."


def schema_problem(schema: Mapping[str, Any]) -> str | None:
    """Returns a sentence on why this is not a JSON schema that can be checked, or None."""
    from jsonschema.exceptions import SchemaError

    problem = _foreign_reference(schema)
    if problem:
        return f"The JSON schema points to '{problem}'; only places inside the schema (#/...) may be named."
    validator = _validator(schema)
    try:
        validator.check_schema(schema)
    except SchemaError as error:
        place = ".".join(str(step) for step in error.absolute_path)
        return f"The JSON schema is wrong at {place or 'the top'}: {shortened(error.message, 200)}."
    return None


def _validator(schema: Mapping[str, Any]) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing import Registry

    # An empty registry: the default one would fetch a foreign `$ref` over the network.
    return validator_for(schema, default=Draft202012Validator)(schema, registry=Registry())


def _foreign_reference(schema: object) -> str | None:
    parts: list[object] = [schema]
    while parts:
        part = parts.pop()
        if isinstance(part, Mapping):
            for key in ("$ref", "$dynamicRef"):
                target = part.get(key)
                if isinstance(target, str) and not target.startswith("#"):
                    return target
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return None


def _embedded(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    for count, match in enumerate(_START.finditer(text)):
        if count == _MAX_STARTS:
            return
        try:
            yield decoder.raw_decode(text, match.start())[0]
        except (ValueError, RecursionError):
            continue


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
