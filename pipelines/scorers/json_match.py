"""Right is JSON with the same values as the reference."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError, DocumentError
from pipelines.schema import mismatch, parse_json, schema_problem
from pipelines.scorer import Bench, Score, Scorer, judged, shown
from pipelines.scorers.json_schema import schema_of
from pipelines.token_overlap import squad_form
from pipelines.value import Answer

MAX_LEAVES: Final = 10_000
Leaf = tuple[tuple[str | int, ...], Any]


class JsonMatch(Scorer):
    """Compares the JSON in the answer with the JSON of the reference, value by value.

    The score is the share of the places that agree among all places of both; where the row has a `schema`, JSON that
    breaks it counts 0. Numbers agree by value, texts by their words.

    Source: field-level exact match of key information extraction (CORD, Park et al., 2019) as a Jaccard index over
    places with their values.
    """

    title: ClassVar[str] = "JSON values"

    kind: Literal["json_match"] = "json_match"
    strict_text: bool = Field(default=False, title="Exact texts", description="Texts must agree to the letter.")

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns the share of equal values, for the best of the references.

        Raises:
            ConfigurationError: if a reference is not JSON or the schema of the row is no JSON schema.
        """
        del bench
        return await asyncio.to_thread(self._score, example, answer.text)

    def _score(self, example: Example, text: str) -> Score:
        expected = [_reference(example, reference) for reference in example.references]
        try:
            data = parse_json(text)
        except DocumentError as error:
            return judged(0.0, str(error))
        schema = schema_of(example)
        problem = (schema_problem(schema) or "") if schema is not None else ""
        if problem:
            raise ConfigurationError(problem)
        wrong = mismatch(data, schema) if schema is not None else None
        if wrong:
            return judged(0.0, wrong)
        return max((self._compared(data, one) for one in expected), key=lambda score: score.value)

    def _compared(self, found: Any, expected: Any) -> Score:
        have, want = dict(_leaves(found)), dict(_leaves(expected))
        if len(have) > MAX_LEAVES:
            return judged(0.0, f"the JSON has more than {MAX_LEAVES:,} values")
        places = [*want, *(place for place in have if place not in want)]
        wrong = [place for place in places if not self._agree(have, want, place)]
        if not wrong:
            return judged(1.0, f"all {len(places)} values agree")
        first = wrong[0]
        told = f"at {_named(first)} expected {_told(want, first)}, found {_told(have, first)}"
        return judged(1.0 - len(wrong) / len(places), told)

    def _agree(self, have: Mapping[Any, Any], want: Mapping[Any, Any], place: Any) -> bool:
        if place not in have or place not in want:
            return False
        one, two = have[place], want[place]
        if isinstance(one, str) and isinstance(two, str) and not self.strict_text:
            return squad_form(one) == squad_form(two)
        return type(one) is type(two) and one == two if isinstance(one, bool) or isinstance(two, bool) else one == two


def _reference(example: Example, reference: str) -> Any:
    try:
        return parse_json(reference)
    except DocumentError as error:
        raise ConfigurationError(f"The reference of the row '{example.id}' is not JSON. {error}") from error


def _leaves(data: Any) -> Iterator[Leaf]:
    """Yields each value with its place; an empty list or object is a value."""
    waiting: list[Leaf] = [((), data)]
    count = 0
    while waiting and count <= MAX_LEAVES:
        place, value = waiting.pop()
        inner: list[tuple[str | int, Any]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = list(enumerate(value))
        if inner:
            waiting += [((*place, step), part) for step, part in reversed(inner)]
        else:
            count += 1
            yield place, value


def _named(place: tuple[str | int, ...]) -> str:
    return ".".join(map(str, place)) or "the top"


def _told(values: Mapping[Any, Any], place: Any) -> str:
    return shown(str(values[place])) if place in values else "nothing"
