"""Self-refine improves a draft until the critic is content or the rounds are used up."""

from __future__ import annotations

from pipelines.nodes.self_refine import SelfRefine
from pipelines.run import Decision
from pipelines.service import Extras
from pipelines.value import Answer, Query
from tests.pipelines.nodes.scripted import ScriptedModels

QUERY = Query(text="Why is the sky blue?")


async def test_a_good_draft_is_taken_as_it_is() -> None:
    models = ScriptedModels(["Scattering.", '{"score": 9, "reason": "Fine."}'])
    fired = await SelfRefine().run(query=QUERY, models=models, extras=Extras())
    assert fired.ports == {"answer": Answer(text="Scattering.", model="scripted", confidence=0.9)}
    assert fired.decision == Decision(scores={"draft": 0.9}, threshold=0.8, reason="good enough after 0 of 2 rounds")


async def test_the_criticism_of_a_draft_leads_to_the_next() -> None:
    models = ScriptedModels(
        ["Magic.", '{"score": 2, "reason": "No magic."}', "Scattering.", '{"score": 8, "reason": "Fine."}']
    )
    node = SelfRefine(model="small", critic_model="large", system_prompt="Be brief.", rounds=3)
    fired = await node.run(query=QUERY, models=models, extras=Extras())
    assert fired.ports == {"answer": Answer(text="Scattering.", model="small", confidence=0.8)}
    assert fired.decision == Decision(
        scores={"draft": 0.2, "round 1": 0.8}, threshold=0.8, reason="good enough after 1 of 3 rounds"
    )
    assert [request.model for request in models.requests] == ["small", "large", "small", "large"]
    assert [turn.role for turn in models.requests[2].messages] == ["system", "user", "assistant", "user"]
    assert models.requests[2].messages[2].content == "Magic."
    assert models.prompt(2).startswith("<criticism>\nNo magic.\n</criticism>\n\n")
    assert "<answer>\nScattering.\n</answer>" in models.prompt(3)


async def test_the_rounds_are_bounded_and_only_the_last_draft_is_streamed() -> None:
    bad = '{"score": 1, "reason": "No."}'
    models = ScriptedModels(["one", bad, "two", bad, "three"])
    fired = await SelfRefine(rounds=2).run(query=QUERY, models=models, extras=Extras())
    assert fired.ports == {"answer": Answer(text="three", model="scripted")}
    assert fired.decision == Decision(scores={"draft": 0.1, "round 1": 0.1}, threshold=0.8, reason="all 2 rounds used")
    assert [request.purpose for request in models.requests] == ["draft", "judge", "draft", "judge", "answer"]


def test_the_critic_is_the_writer_unless_another_is_named() -> None:
    assert SelfRefine(model="small").model_names() == ("small", "small")
    assert SelfRefine(model="small", critic_model="large").model_names() == ("small", "large")


def test_a_useless_form_is_a_problem() -> None:
    assert list(SelfRefine(stop_score=0.0).problems()) == ["With the score 0 the first draft is always good enough."]


def test_the_card_names_model_and_rounds() -> None:
    assert SelfRefine(rounds=1).summary() == "default model, up to 1 round"
