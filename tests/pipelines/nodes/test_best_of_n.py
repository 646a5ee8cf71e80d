"""Best of n lets a judge that knows no names compare shuffled answers."""

from __future__ import annotations

import random
import re

import orjson
import pytest

from pipelines.chat import ChatRequest
from pipelines.error import ModelAnsweredGarbage
from pipelines.nodes.best_of_n import BestOfN
from pipelines.run import Decision
from pipelines.value import Answer, Query
from tests.pipelines.nodes.scripted import ScriptedModels

QUERY = Query(text="6 * 7?")
ANSWERS = [
    Answer(text="forty", model="model-a"),
    Answer(text="41", model="model-b"),
    Answer(text="42", model="model-c"),
]
WORTH = {"forty": 3, "41": 5, "42": 9}


def shown(request: ChatRequest) -> list[str]:
    return re.findall(r"<answer_\d+>\n(.*?)\n</answer_\d+>", request.messages[-1].content)


def fair_judge(request: ChatRequest) -> str:
    scores = [WORTH[text] for text in shown(request)]
    best = scores.index(max(scores)) + 1
    return orjson.dumps({"scores": scores, "best": best}).decode()


@pytest.mark.parametrize("seed", range(6))
async def test_the_best_answer_goes_on_whatever_the_order(seed: int) -> None:
    fired = await BestOfN().run(
        query=QUERY, answers=ANSWERS, models=ScriptedModels(fair_judge), rng=random.Random(seed)
    )
    assert fired.ports == {"answer": Answer(text="42", model="model-c", confidence=0.9)}
    assert fired.decision == Decision(
        scores={"model-c": 0.9, "model-b": 0.5, "model-a": 0.3}, reason="model-c is the best of 3"
    )


async def test_the_order_is_shuffled_by_the_seed_and_the_names_are_hidden() -> None:
    orders = []
    for seed in (0, 0, 1, 4, 5, 6):
        models = ScriptedModels(fair_judge)
        await BestOfN(model="judge").run(query=QUERY, answers=ANSWERS, models=models, rng=random.Random(seed))
        orders.append(shown(models.requests[0]))
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == ["41", "42", "forty"] for order in orders)
    assert models.requests[0].model == "judge"
    assert "model-" not in models.requests[0].model_dump_json()


async def test_a_single_or_repeated_answer_needs_no_judge() -> None:
    models = ScriptedModels()
    answers = [Answer(text="42", model="model-a"), Answer(text=" 42", model="model-b"), Answer(text="no", refused=True)]
    fired = await BestOfN().run(query=QUERY, answers=answers, models=models, rng=random.Random(0))
    assert fired.ports == {"answer": Answer(text="42", model="model-a")}
    assert models.requests == []


async def test_a_verdict_on_an_answer_that_does_not_exist_is_asked_for_again() -> None:
    bad = '{"scores": [1, 2, 3], "best": 4}'
    models = ScriptedModels([bad, '{"scores": [1, 2, 3], "best": 3.0}'])
    fired = await BestOfN().run(query=QUERY, answers=ANSWERS, models=models, rng=random.Random(0))
    assert fired.ports["answer"].as_text() == shown(models.requests[0])[2]
    assert "At best: 4 is greater than the maximum of 3." in models.prompt()


async def test_the_named_answer_settles_equal_scores() -> None:
    models = ScriptedModels(['{"scores": [9, 9, 2], "best": 2}'])
    fired = await BestOfN().run(query=QUERY, answers=ANSWERS, models=models, rng=random.Random(0))
    assert fired.ports["answer"].as_text() == shown(models.requests[0])[1]


async def test_the_highest_score_wins_over_the_named_answer() -> None:
    models = ScriptedModels(['{"scores": [3, 2, 9], "best": 1}'])
    fired = await BestOfN().run(query=QUERY, answers=ANSWERS, models=models, rng=random.Random(0))
    assert fired.ports["answer"].as_text() == shown(models.requests[0])[2]


async def test_scores_that_do_not_fit_the_answers_are_an_error() -> None:
    models = ScriptedModels(['{"scores": [1], "best": 1}', "B"])
    with pytest.raises(ModelAnsweredGarbage, match="Found no JSON in 'B'"):
        await BestOfN().run(query=QUERY, answers=ANSWERS, models=models, rng=random.Random(0))


def test_an_empty_rubric_is_a_problem() -> None:
    assert list(BestOfN(rubric="").problems()) == ["The rubric is empty; say what makes an answer better."]


def test_the_card_names_the_judge() -> None:
    assert BestOfN(model="large").summary() == "judged by large"
