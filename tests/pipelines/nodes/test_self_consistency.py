"""Self-consistency asks one model several times and takes what comes most often."""

from __future__ import annotations

from pipelines.chat import Sampling
from pipelines.nodes.self_consistency import SelfConsistency
from pipelines.run import Decision
from pipelines.service import Extras
from pipelines.value import Answer, Query
from tests.pipelines.nodes.scripted import ScriptedModels


async def test_the_most_common_answer_wins_with_its_share() -> None:
    models = ScriptedModels(["It is 41.", "6 * 7 = 42. The answer is 42.", "42", "#### 42"])
    node = SelfConsistency(model="small", samples=4, prompt_template="Think: {query}")
    fired = await node.run(query=Query(text="6 * 7?"), models=models, extras=Extras())
    answer = Answer(text="6 * 7 = 42. The answer is 42.", model="small", confidence=0.75)
    assert fired.ports == {"answer": answer}
    assert fired.decision == Decision(scores={"42": 0.75, "41": 0.25}, reason="75% of 4 samples agree")
    assert [request.sample for request in models.requests] == [0, 1, 2, 3]
    assert {(request.model, request.sampling.temperature) for request in models.requests} == {("small", 0.7)}
    assert models.prompt() == "Think: 6 * 7?"


def test_a_useless_form_is_a_problem() -> None:
    node = SelfConsistency(samples=1, sampling=Sampling(temperature=0.0), prompt_template="")
    assert list(node.problems()) == [
        "The prompt is empty; write {query} where the question belongs.",
        "A single sample cannot agree with anything; take at least 2.",
        "At temperature 0 all samples are the same; set it above 0, 0.7 for example.",
    ]


def test_the_card_names_model_and_samples() -> None:
    assert SelfConsistency().summary() == "default model, 5 samples"
