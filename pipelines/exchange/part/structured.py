"""How an exported program gets JSON from a model: checked against a schema, asked for once more where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.error import DocumentError, ModelAnsweredGarbage
from pipelines.exchange.part.model import Messages, Model, Reply, ask
from pipelines.exchange.part.outside import Draft202012Validator, best_match, validator_for
from pipelines.prompt import shortened
from pipelines.rating import RATING_SCHEMA, read_rating
from pipelines.schema import parsed
from pipelines.structured import _with_schema


def mismatch(data: object, schema: Mapping[str, Any]) -> str | None:
    """Returns a sentence on the first thing in the data that breaks the schema, or None."""
    error = best_match(validator_for(schema, default=Draft202012Validator)(schema).iter_errors(data))
    if error is None:
        return None
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    return f"At {place or 'the top'}: {shortened(error.message, 200)}."


async def ask_for_json(
    model: Model,
    messages: Messages,
    sampling: Mapping[str, Any],
    schema: Mapping[str, Any],
    *,
    node: str,
    read: Callable[[str, Mapping[str, Any]], Any] = parsed,
    logprobs: bool = False,
) -> tuple[Reply, Any]:
    """Returns the reply and its data; a reply that breaks the schema is asked for once more, with the problem named."""
    if not model.json_schema:
        last = messages[-1]
        messages = [*messages[:-1], {**last, "content": _with_schema(last["content"], schema)}]
    reply = await ask(model, messages, sampling, node=node, schema=schema, logprobs=logprobs)
    try:
        return reply, read(reply.text, schema)
    except DocumentError as problem:
        complaint = _with_schema(f"That was not valid. {problem} Give the same answer again.", schema)
    told = [{"role": "assistant", "content": reply.text}, {"role": "user", "content": complaint}]
    second = await ask(model, [*messages, *told], sampling, node=node, schema=schema, logprobs=logprobs)
    try:
        return second, read(second.text, schema)
    except DocumentError as problem:
        raise ModelAnsweredGarbage(f"The model '{model.name}' did not answer in the asked form. {problem}") from problem


def follows(text: str, schema: Mapping[str, Any]) -> bool:
    """Says whether a text holds JSON that follows the schema."""
    try:
        parsed(text, schema)
    except DocumentError:
        return False
    return True


async def rate(model: Model, messages: Messages, sampling: Mapping[str, Any], *, node: str) -> Any:
    """Returns the rating that a model gives, of 0 to 10, brought to 0 to 1."""
    _, rating = await ask_for_json(model, messages, sampling, RATING_SCHEMA, node=node, read=read_rating)
    return rating
