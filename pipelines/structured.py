"""A call whose answer must be JSON after a schema, with one attempt to repair it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from pipelines.chat import ChatRequest, Completion, Message
from pipelines.error import DocumentError, ModelAnsweredGarbage
from pipelines.schema import parsed
from pipelines.service import Models

Reader = Callable[[str, Mapping[str, Any]], Any]


async def complete_structured(models: Models, request: ChatRequest, read: Reader = parsed) -> tuple[Completion, Any]:
    """Returns the answer to a request with a `response_schema`, and its data; asks once more where it is not valid.

    Args:
        models: who is asked; one that cannot be held to a schema gets it to read.
        request: the question, with its schema.
        read: turns the text into data by the schema and raises `DocumentError` where it cannot.

    Raises:
        ModelAnsweredGarbage: if the second answer is not valid either; says what is wrong with it.
        ModelError: if a call failed.
    """
    schema = request.response_schema or {}
    if not models.entry(request.model).supports_json_schema:
        *earlier, last = request.messages
        shown = last.model_copy(update={"content": _with_schema(last.content, schema)})
        request = request.model_copy(update={"messages": (*earlier, shown)})
    first = await models.complete(request)
    try:
        return first, read(first.text, schema)
    except DocumentError as error:
        repair = _repair(request, first.text, str(error))
    second = await models.complete(repair)
    try:
        return second, read(second.text, schema)
    except DocumentError as error:
        raise ModelAnsweredGarbage(
            f"The model '{second.model}' did not answer in the asked JSON form, also not when asked again. {error}"
        ) from error


def _with_schema(prompt: str, schema: Mapping[str, Any]) -> str:
    return f"{prompt}\n\nReply only with JSON that follows this JSON schema:\n{orjson.dumps(schema).decode()}"


def _repair(request: ChatRequest, text: str, problem: str) -> ChatRequest:
    told = Message(
        role="user",
        content=_with_schema(
            f"That was not valid. {problem} Give the same answer again.", request.response_schema or {}
        ),
    )
    turns = (*request.messages, Message(role="assistant", content=text), told)
    # Not `answer`: the broken text has been streamed already, a second stream would run into it.
    purpose = "draft" if request.purpose == "answer" else request.purpose
    return request.model_copy(update={"messages": turns, "purpose": purpose})
