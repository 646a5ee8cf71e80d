"""Checks data against a stranger's JSON schema within a time limit; the only importer of jsonschema."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

from pipelines.pattern import compile_pattern

MAX_UNIQUE_ITEMS = 1_000
Keyword = Callable[[Any, Any, Any, Any], Any]

_until_s: ContextVar[float] = ContextVar("_until_s")


class CheckTooLong(Exception):
    """Says that a check was given up; its caller makes a sentence of it."""


def schema_error(schema: Mapping[str, Any]) -> Any:
    """Returns the error of jsonschema that says best why this is no schema, or None."""
    from jsonschema import SchemaError

    try:
        _dialect_of(schema).check_schema(schema)
    except SchemaError as error:
        return error
    return None


def first_error(data: object, schema: Mapping[str, Any], limit_s: float) -> Any:
    """Returns the error of jsonschema that says most, or None.

    Raises:
        CheckTooLong: if the answer is not known after `limit_s` seconds.
    """
    from jsonschema.exceptions import best_match
    from referencing import Registry

    token = _until_s.set(time.monotonic() + limit_s)
    try:
        # An empty registry: the default one would fetch a foreign `$ref` over the network.
        return best_match(_timed_dialect(_dialect_of(schema))(schema, registry=Registry()).iter_errors(data))
    finally:
        _until_s.reset(token)


def _dialect_of(schema: Mapping[str, Any]) -> Any:
    """Returns the validator class for the dialect that the schema names, the newest where it names none."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    return validator_for(schema, default=Draft202012Validator)


def _left_s() -> float:
    left_s = _until_s.get() - time.monotonic()
    if left_s <= 0.0:
        raise CheckTooLong
    return left_s


@cache
def _timed_dialect(dialect: Any) -> Any:
    """Returns the dialect with a look at the clock before each keyword: references multiply, patterns explode."""
    from jsonschema.validators import extend

    own = {**dialect.VALIDATORS, "pattern": _pattern, "uniqueItems": _unique(dialect.VALIDATORS["uniqueItems"])}
    return extend(dialect, {name: _timed(keyword) for name, keyword in own.items()})


def _timed(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        _left_s()
        yield from keyword(validator, value, instance, schema) or ()

    return check


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not validator.is_type(instance, "string"):
        return
    try:
        found = compile_pattern(pattern).search(instance, timeout=_left_s())
    except TimeoutError:
        raise CheckTooLong from None
    if found is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        # The check compares each with each where they cannot be sorted.
        if value and validator.is_type(instance, "array") and len(instance) > MAX_UNIQUE_ITEMS:
            raise CheckTooLong
        return keyword(validator, value, instance, schema)

    return check
