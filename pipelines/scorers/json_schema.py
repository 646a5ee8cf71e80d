"""Right is JSON that follows a schema."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError, DocumentError
from pipelines.field import JsonSchema
from pipelines.schema import mismatch, parse_json, schema_problem
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed, judged
from pipelines.value import Answer


class JsonSchemaValid(Scorer):
    """Checks that the answer is JSON and follows a JSON schema.

    Source: the schema validity of structured output benchmarks (JSONSchemaBench, Geng et al., 2025, section 4), for one
    answer: valid or not.
    """

    title: ClassVar[str] = "JSON schema"
    need: ClassVar[ScorerNeed] = "nothing"

    kind: Literal["json_schema"] = "json_schema"
    json_schema: JsonSchema = Field(
        default=None, title="JSON schema", description="What the JSON must look like; empty takes `schema` of the row."
    )
    whole: bool = Field(default=False, description="The answer must be JSON alone, without a code fence or words.")

    def lack(self, example: Example) -> str | None:
        """Returns `a JSON schema` where neither the scorer nor the row has one."""
        return "a JSON schema" if self.json_schema is None and schema_of(example) is None else None

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where the JSON in the answer is valid, else 0.

        Raises:
            ConfigurationError: if there is no schema or it is no JSON schema.
        """
        del bench
        schema = self.json_schema if self.json_schema is not None else schema_of(example)
        if schema is None:
            raise ConfigurationError("There is no JSON schema; write one in the scorer or as `schema` of the row.")
        problem = schema_problem(schema)
        if problem:
            raise ConfigurationError(problem)
        return await asyncio.to_thread(self._score, schema, answer.text)

    def _score(self, schema: Mapping[str, Any], text: str) -> Score:
        try:
            data = orjson.loads(text) if self.whole else parse_json(text)
        except orjson.JSONDecodeError:
            return judged(0.0, "the answer is not JSON alone")
        except DocumentError as error:
            return judged(0.0, str(error))
        wrong = mismatch(data, schema)
        return judged(0.0, wrong) if wrong else judged(1.0, "valid JSON")


def schema_of(example: Example) -> Mapping[str, Any] | None:
    """Returns the JSON schema of a row, or None."""
    schema = example.extra.get("schema")
    return schema if isinstance(schema, dict) else None
