"""The cascade accepts a cheap answer that its rule finds good enough and escalates the question else."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.error import ConfigurationError
from pipelines.nodes.cascade import Cascade
from pipelines.run import Decision, Fired
from pipelines.service import Extras
from pipelines.value import Answer, Query
from tests.pipelines.nodes.scripted import Line, ScriptedModels, completion, entry

QUERY = Query(text="6 * 7?", tags=("maths",))
SCHEMA = {"type": "object", "required": ["n"]}


async def fire(cascade: Cascade, *lines: Line) -> tuple[Fired, ScriptedModels]:
    models = ScriptedModels(lines)
    return await cascade.run(query=QUERY, models=models, extras=Extras()), models


async def test_sure_words_are_accepted() -> None:
    cascade = Cascade(model="small", rule="mean_logprob", threshold=0.5)
    fired, models = await fire(cascade, completion("42", probabilities=(0.9, 0.4)))
    assert list(fired.ports) == ["accepted"]
    answer = fired.ports["accepted"]
    assert isinstance(answer, Answer)
    assert answer.text == "42"
    assert answer.confidence == pytest.approx(0.6)
    assert models.requests[0].logprobs


async def test_unsure_words_escalate_the_whole_question_with_the_reason() -> None:
    cascade = Cascade(rule="mean_logprob", threshold=0.7)
    fired, _ = await fire(cascade, completion("42", probabilities=(0.9, 0.4)))
    assert fired.ports == {"escalate": QUERY}
    assert fired.decision is not None
    assert fired.decision.scores == {"accepted": pytest.approx(0.6), "escalate": pytest.approx(0.4)}
    assert (fired.decision.threshold, fired.decision.reason) == (0.7, "confidence 0.60 below 0.70")


async def test_an_answer_without_log_probabilities_is_an_error_and_not_an_escalation() -> None:
    with pytest.raises(ConfigurationError, match="'scripted' gives no log-probabilities"):
        await fire(Cascade(rule="mean_logprob"), "42")


async def test_a_model_known_to_give_no_log_probabilities_is_not_asked() -> None:
    mute = entry("mute").model_copy(update={"supports_logprobs": False})
    models = ScriptedModels(entries=[mute])
    with pytest.raises(ConfigurationError, match="'mute' gives no log-probabilities"):
        await Cascade(rule="mean_logprob").run(query=QUERY, models=models, extras=Extras())
    assert models.requests == []


async def test_the_model_rates_its_own_answer_as_material() -> None:
    cascade = Cascade(model="small", rule="self_rating", threshold=0.8)
    fired, models = await fire(cascade, "42", '{"score": 8, "reason": "Simple."}')
    assert fired.ports == {"accepted": Answer(text="42", model="small", confidence=0.8)}
    assert fired.decision == Decision(
        scores={"accepted": 0.8, "escalate": 0.2},
        threshold=0.8,
        reason="self-rating 0.80 reaches 0.80: Simple.",
    )
    assert "<question>\n6 * 7?\n</question>\n\n<answer>\n42\n</answer>" in models.prompt()
    assert [(request.model, request.purpose) for request in models.requests] == [
        ("small", "answer"),
        ("small", "judge"),
    ]


async def test_agreeing_samples_are_accepted() -> None:
    cascade = Cascade(rule="agreement", samples=4, threshold=0.75, sample_temperature=1.1)
    fired, models = await fire(cascade, "41", "The answer is 42.", "42", "42.0")
    assert fired.ports == {"accepted": Answer(text="The answer is 42.", model="scripted", confidence=0.75)}
    assert [(request.sample, request.sampling.temperature) for request in models.requests] == [
        (0, 1.1),
        (1, 1.1),
        (2, 1.1),
        (3, 1.1),
    ]


async def test_disagreeing_samples_escalate() -> None:
    fired, _ = await fire(Cascade(rule="agreement", samples=2), "41", "42")
    assert fired.ports == {"escalate": QUERY}
    assert fired.decision is not None
    assert fired.decision.reason == "agreement 0.50 below 0.70"


async def test_valid_json_is_accepted_with_its_data() -> None:
    fired, models = await fire(Cascade(rule="schema", response_schema=SCHEMA), '{"n": 42}')
    assert fired.ports == {"accepted": Answer(text='{"n": 42}', model="scripted", confidence=1.0, data={"n": 42})}
    assert models.requests[0].response_schema == SCHEMA


async def test_invalid_json_escalates_without_a_repair() -> None:
    fired, models = await fire(Cascade(rule="schema", response_schema=SCHEMA), '{"m": 42}')
    assert fired.ports == {"escalate": QUERY}
    assert fired.decision is not None
    assert fired.decision.reason == "schema 0.00 below 0.70: At the top: 'n' is a required property."
    assert len(models.requests) == 1


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"rule": "schema"}, "The rule 'schema' needs a JSON schema to check the answer against."),
        ({"threshold": 0.0}, "With the threshold 0 every answer is accepted, so nothing ever escalates."),
        ({"prompt_template": ""}, "The prompt is empty; write {query} where the question belongs."),
    ],
)
def test_a_useless_form_is_a_problem(config: dict[str, Any], problem: str) -> None:
    assert list(Cascade.model_validate(config).problems()) == [problem]


def test_the_card_names_model_and_rule() -> None:
    assert Cascade(model="small").summary() == "small, confidence ≥ 0.70"
    assert Cascade(rule="schema").summary() == "default model, valid JSON"
