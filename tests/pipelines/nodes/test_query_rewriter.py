"""The query rewriter changes the words of the question and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.nodes.query_rewriter import QueryRewriter
from pipelines.value import Document, Query
from tests.pipelines.nodes.scripted import ScriptedModels

QUERY = Query(text="wie hoch blanc?", tags=("geo",), language="de", documents=(Document(title="Alps", text="4,806 m"),))


async def rewritten(text: str, **config: Any) -> tuple[Query, ScriptedModels]:
    models = ScriptedModels([text])
    fired = await QueryRewriter.model_validate(config).run(query=QUERY, models=models)
    query = fired.ports["query"]
    assert isinstance(query, Query)
    return query, models


async def test_tags_language_and_documents_stay() -> None:
    query, models = await rewritten("Wie hoch ist der Mont Blanc?", model="small")
    assert query == QUERY.model_copy(update={"text": "Wie hoch ist der Mont Blanc?"})
    assert (models.requests[0].model, models.requests[0].purpose) == ("small", "rewrite")
    assert models.prompt().startswith("<question>\nwie hoch blanc?\n</question>\n\nRewrite the question so that it is")


async def test_a_translated_question_loses_its_old_language() -> None:
    query, models = await rewritten("How high is it?", strategy="translate", target_language="English")
    assert (query.text, query.language) == ("How high is it?", None)
    assert "Translate the question into English" in models.prompt()


async def test_hyde_puts_the_invented_answer_behind_the_question() -> None:
    query, _ = await rewritten("The Mont Blanc is 4,806 m high.", strategy="hyde")
    assert query.text == "wie hoch blanc?\n\nThe Mont Blanc is 4,806 m high."


async def test_the_own_instruction_is_taken_as_it_stands() -> None:
    _, models = await rewritten("x", strategy="custom", instruction="Shout {target_language}.")
    assert models.prompt().endswith("</question>\n\nShout {target_language}.")


@pytest.mark.parametrize(
    "text",
    [
        "How high?",
        '"How high?"',
        "Rewritten question: How high?",
        "<question>\nHow high?\n</question>",
        " question: “How high?”\n",
    ],
)
async def test_labels_tags_and_quotes_around_the_question_are_dropped(text: str) -> None:
    query, _ = await rewritten(text)
    assert query.text == "How high?"


async def test_the_question_stays_where_the_model_writes_nothing() -> None:
    query, _ = await rewritten(' "" ')
    assert query == QUERY


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        ({}, []),
        (
            {"strategy": "custom"},
            ["The strategy 'custom' needs an instruction that says what to do with the question."],
        ),
        (
            {"strategy": "translate", "target_language": " "},
            ["The strategy 'translate' needs a language to translate into."],
        ),
    ],
)
def test_what_the_strategy_lacks_is_a_problem(config: dict[str, Any], problems: list[str]) -> None:
    assert list(QueryRewriter.model_validate(config).problems()) == problems


def test_the_card_says_what_is_done() -> None:
    assert QueryRewriter(strategy="step_back").summary() == "step back, default model"
    assert QueryRewriter(strategy="translate", model="m").summary() == "translate into English, m"
