"""The learned cascade: accepts what cheap models agree on, and names who is asked where they do not."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.nodes.learned_cascade import LearnedCascade
from pipelines.routers.category import Category
from pipelines.routers.learned_cascade import LearnedCascade as CascadeStrategy
from pipelines.run import Fired
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from pipelines.value import Answer, ModelChoice, Query
from tests.pipelines.nodes.scripted import ScriptedModels, entry
from tests.pipelines.outcome.tables import two_tasks
from tests.pipelines.routing.test_cascade import cheap_and_dear
from tests.pipelines.topic import TopicEmbedder

QUERY = Query(text="What is 31 plus 44?")
MODELS = ScriptedModels(entries=[entry(name) for name in ("cheap one", "cheap two", "dear", "counter", "linguist")])
TRAINED = TrainedRouter.fit("steps", CascadeStrategy(), cheap_and_dear())
LIBRARY = MemoryLibrary(
    routers={
        "steps": TrainedRouter.load(TRAINED.card, TRAINED.arrays()),
        "crafts": TrainedRouter.fit("crafts", Category(), two_tasks()),
    }
)


async def _checked(node: LearnedCascade, **said: str) -> Fired:
    answers = [Answer(text=text, model=model.replace("_", " ")) for model, text in said.items()]
    return await node.run(QUERY, answers, MODELS, LIBRARY, TopicEmbedder())


NODE = LearnedCascade(router="steps", score_per_usd=20.0)


async def test_agreement_is_accepted() -> None:
    fired = await _checked(NODE, cheap_one="75", cheap_two="The answer is 75")
    assert fired.ports == {"accepted": Answer(text="75", model="cheap one")}
    assert fired.decision is not None
    assert fired.decision.reason.startswith("accepted: asking dear on is worth -0.")


async def test_disagreement_asks_the_dear_model() -> None:
    fired = await _checked(NODE, cheap_one="75", cheap_two="76")
    assert fired.ports == {"escalate": QUERY, "choice": ModelChoice(model="dear")}
    assert fired.decision is not None
    assert fired.decision.scores["dear"] > 0.5


async def test_disagreement_is_accepted_when_money_is_dear() -> None:
    fired = await _checked(LearnedCascade(router="steps", score_per_usd=1000.0), cheap_one="75", cheap_two="76")
    assert set(fired.ports) == {"accepted"}


async def test_drawn_experts_are_told_apart_by_the_names_the_cascade_knows() -> None:
    models = ScriptedModels(entries=[entry("one model")])

    async def checked(second: str) -> Fired:
        said = [
            Answer(text="75", model="one model", candidate="cheap one"),
            Answer(text=second, model="one model", candidate="cheap two"),
        ]
        return await NODE.run(QUERY, said, models, LIBRARY, TopicEmbedder())

    assert set((await checked("75")).ports) == {"accepted"}
    assert (await checked("76")).ports == {"escalate": QUERY, "choice": ModelChoice(model="dear")}


async def test_after_the_last_model_the_winner_is_accepted() -> None:
    fired = await _checked(NODE, cheap_one="75", cheap_two="76", dear="77")
    assert fired.ports == {"accepted": Answer(text="77", model="dear")}
    assert fired.decision is not None
    assert fired.decision.reason == "nobody is left to ask after cheap one, cheap two, dear"


async def test_a_model_it_was_not_trained_on_is_told() -> None:
    with pytest.raises(ConfigurationError, match="not trained on the model 'counter'; it knows cheap one, cheap two"):
        await _checked(NODE, counter="75")


async def test_another_strategy_is_no_cascade() -> None:
    with pytest.raises(ConfigurationError, match="trained with the strategy 'Task, then model'"):
        await _checked(LearnedCascade(router="crafts"), counter="75")


def test_without_a_trained_cascade_there_is_a_problem() -> None:
    assert len(list(LearnedCascade().problems())) == 1
    assert list(NODE.problems()) == []
