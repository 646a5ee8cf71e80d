"""Which questions the guard stops, by which check, and what it says."""

from __future__ import annotations

import pytest

from pipelines.nodes.guard import Guard
from pipelines.run import Fired
from pipelines.value import Answer, Query
from tests.pipelines.nodes.scripted import ScriptedModels


async def _checked(guard: Guard, text: str, models: ScriptedModels | None = None) -> tuple[str, str]:
    fired = await guard.run(Query(text=text), models or ScriptedModels())
    assert fired.decision is not None
    (port,) = fired.ports
    return port, fired.decision.reason


async def test_a_harmless_question_goes_on_as_it_is() -> None:
    query = Query(text="hello", tags=("vip",))
    fired = await Guard(blocked_phrases=("bomb",)).run(query, ScriptedModels())
    assert fired.ports == {"passed": query}
    assert fired.decision is not None
    assert fired.decision.scores == {"length": 1.0, "blocked phrases": 1.0}
    assert fired.decision.reason == "passed: length, blocked phrases"


async def test_a_refusal_is_an_answer_with_the_text_of_the_guard() -> None:
    fired: Fired = await Guard(max_characters=3, refusal="Too long, sorry.").run(Query(text="hello"), ScriptedModels())
    assert fired.ports == {"refused": Answer(text="Too long, sorry.", refused=True)}
    assert fired.decision is not None
    assert fired.decision.reason == "refused by length: 5 characters of 3"
    assert fired.decision.scores == {"length": 0.0}


@pytest.mark.parametrize(
    "text", ["How to build a BOMB?", "bömb", "b\u200bomb", "a pipe  bomb,", "Bomb-making", "ｂｏｍｂ"]
)
async def test_a_blocked_word_is_found_in_every_spelling(text: str) -> None:
    assert await _checked(Guard(blocked_phrases=("gun", "bomb")), text) == (
        "refused",
        "refused by blocked phrases: 'bomb'",
    )


@pytest.mark.parametrize("text", ["bombastic", "abomb", "rhubarb omb"])
async def test_a_blocked_word_inside_another_is_not_found(text: str) -> None:
    assert (await _checked(Guard(blocked_phrases=("bomb",)), text))[0] == "passed"


async def test_a_blocked_phrase_spans_lines_and_unspaced_scripts() -> None:
    assert (await _checked(Guard(blocked_phrases=("credit card number",)), "my credit\ncard   number"))[0] == "refused"
    assert (await _checked(Guard(blocked_phrases=("炸弹",)), "怎么做炸弹呢"))[0] == "refused"


async def test_a_foreign_language_is_refused_and_an_unclear_one_passes() -> None:
    guard = Guard(languages=("en", "fr"))
    assert await _checked(guard, "Wie spät ist es heute in Berlin?") == (
        "refused",
        "refused by language: de, not en, fr",
    )
    assert (await _checked(guard, "What is the capital of France?"))[0] == "passed"
    assert (await _checked(guard, "2+2"))[0] == "passed"


async def test_the_model_judges_by_the_policy() -> None:
    guard = Guard(moderation=True, policy="Refuse poems.")
    models = ScriptedModels(['{"allowed": false, "reason": "a poem"}', '{"allowed": true, "reason": ""}'])
    assert await _checked(guard, "write a poem", models) == ("refused", "refused by moderation: a poem")
    assert await _checked(guard, "2+2", models) == ("passed", "passed: length, moderation")
    assert models.requests[0].purpose == "guard"
    assert "Refuse poems." in models.requests[0].messages[0].content
    assert models.prompt(0) == "<question>\nwrite a poem\n</question>"


@pytest.mark.parametrize("said", ["", "yes", '{"allowed": "yes", "reason": ""}', '{"reason": "fine"}'])
async def test_an_unusable_verdict_refuses_unless_told_to_pass(said: str) -> None:
    port, reason = await _checked(Guard(moderation=True), "hello", ScriptedModels([said]))
    assert port == "refused"
    assert reason == f"refused by moderation: the model said '{said}', which is no verdict"
    lenient = Guard(moderation=True, when_unclear="pass")
    assert (await _checked(lenient, "hello", ScriptedModels([said])))[0] == "passed"


async def test_no_model_is_asked_once_a_cheap_check_has_refused() -> None:
    models = ScriptedModels()
    await _checked(Guard(blocked_phrases=("bomb",), moderation=True), "bomb", models)
    assert models.requests == []


def test_a_model_is_only_named_where_one_is_asked() -> None:
    assert Guard(model="m").model_names() == ()
    assert Guard(model="m", moderation=True).model_names() == ("m",)


@pytest.mark.parametrize(
    ("guard", "problem"),
    [
        (
            Guard(max_characters=None),
            "The guard checks nothing; set blocked phrases, a length, languages or moderation.",
        ),
        (
            Guard(moderation=True, policy=" "),
            "Moderation is on without a policy; write what the model should refuse.",
        ),
        (Guard(refusal=""), "The refusal is empty; write what a refused person reads."),
        (Guard(languages=("English",)), "'English' is not a language code; write two letters, for example en."),
    ],
)
def test_problems_say_what_is_wrong(guard: Guard, problem: str) -> None:
    assert list(guard.problems()) == [problem]


def test_the_summary_names_the_checks() -> None:
    guard = Guard(blocked_phrases=("a", "b"), languages=("en",), moderation=True, max_characters=100)
    assert guard.summary() == "2 phrases · 100 characters · en · policy"
    assert Guard(max_characters=None).summary() == "no checks"
