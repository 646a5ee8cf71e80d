"""An answer that must be JSON gets one attempt to repair it."""

from __future__ import annotations

import pytest

from pipelines.chat import ChatRequest, Message
from pipelines.error import ModelAnsweredGarbage
from pipelines.structured import complete_structured
from tests.pipelines.nodes.scripted import ScriptedModels, entry

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
REQUEST = ChatRequest(messages=(Message(role="user", content="Count."),), response_schema=SCHEMA)


async def test_a_valid_answer_is_asked_for_once() -> None:
    models = ScriptedModels(['{"n": 3}'])
    completion, data = await complete_structured(models, REQUEST)
    assert (completion.text, data) == ('{"n": 3}', {"n": 3})
    assert models.requests == [REQUEST]


async def test_a_broken_answer_is_shown_to_the_model_with_what_is_wrong() -> None:
    models = ScriptedModels(['{"n": "three"}', '{"n": 3}'])
    _, data = await complete_structured(models, REQUEST)
    assert data == {"n": 3}
    assert [turn.role for turn in models.requests[1].messages] == ["user", "assistant", "user"]
    assert models.requests[1].messages[1].content == '{"n": "three"}'
    assert "At n: 'three' is not of type 'integer'." in models.prompt()
    assert (models.requests[0].purpose, models.requests[1].purpose) == ("answer", "draft")


async def test_a_second_broken_answer_is_an_error_that_says_what_failed() -> None:
    models = ScriptedModels(["three", '{"m": 3}'])
    with pytest.raises(
        ModelAnsweredGarbage, match=r"'scripted' did not answer .* At the top: 'n' is a required property"
    ):
        await complete_structured(models, REQUEST)
    assert len(models.requests) == 2


async def test_a_model_that_cannot_be_held_to_a_schema_gets_it_to_read() -> None:
    weak = entry("weak").model_copy(update={"supports_json_schema": False})
    models = ScriptedModels(['{"n": 3}'], entries=[weak])
    await complete_structured(models, REQUEST)
    assert models.prompt() == (
        "Count.\n\nReply only with JSON that follows this JSON schema:\n"
        '{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}'
    )
