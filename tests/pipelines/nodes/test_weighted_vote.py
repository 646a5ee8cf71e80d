"""The weighted vote: the skills of a trained router decide whose answer counts."""

from __future__ import annotations

import pytest

from pipelines.error import NotFound
from pipelines.nodes.weighted_vote import WeightedVote
from pipelines.router_node import Alias
from pipelines.routers.category import Category
from pipelines.run import Fired
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from pipelines.value import Answer, Query
from tests.pipelines.nodes.scripted import ScriptedModels, entry
from tests.pipelines.outcome.tables import two_tasks
from tests.pipelines.topic import TopicEmbedder

SUM, TRANSLATION = Query(text="What is 31 plus 44?"), Query(text="Translate the river number 7 into French")
MODELS = ScriptedModels(entries=[entry("counter"), entry("linguist"), entry("third")])
LIBRARY = MemoryLibrary(routers={"crafts": TrainedRouter.fit("crafts", Category(), two_tasks())})
NODE = WeightedVote(router="crafts")


async def _voted(query: Query, *answers: Answer, node: WeightedVote = NODE) -> Fired:
    return await node.run(query, list(answers), MODELS, LIBRARY, TopicEmbedder())


async def test_the_model_that_is_good_at_the_question_outvotes_the_other() -> None:
    said = Answer(text="75", model="counter"), Answer(text="soixante-quinze", model="linguist")
    for query, text in ((SUM, "75"), (TRANSLATION, "soixante-quinze")):
        fired = await _voted(query, *said)
        answer = fired.ports["answer"]
        assert isinstance(answer, Answer)
        assert answer.text == text
        assert answer.confidence is not None
        assert answer.confidence > 0.9
        assert fired.decision is not None
        assert fired.decision.reason.endswith("of the weight of 2 answers")


async def test_a_refused_answer_does_not_vote() -> None:
    fired = await _voted(SUM, Answer(text="75", model="counter", refused=True), Answer(text="76", model="linguist"))
    assert fired.ports["answer"].as_text() == "76"


async def test_an_unknown_model_counts_like_the_average_one() -> None:
    said = Answer(text="76", model="third"), Answer(text="75", model="counter")
    assert (await _voted(SUM, *said)).ports["answer"].as_text() == "75"
    assert (await _voted(TRANSLATION, *said)).ports["answer"].as_text() == "76"


async def test_an_alias_names_the_model_of_the_catalogue() -> None:
    models = ScriptedModels(entries=[entry("adder"), entry("linguist")])
    node = WeightedVote(router="crafts", aliases=(Alias(known_as="counter", model="adder"),))
    said = [Answer(text="76", model="linguist"), Answer(text="75", model="adder")]
    fired = await node.run(SUM, said, models, LIBRARY, TopicEmbedder())
    assert fired.ports["answer"].as_text() == "75"


async def test_drawn_experts_vote_by_the_name_the_router_knows_them_by() -> None:
    models = ScriptedModels(entries=[entry("one model")])
    said = [
        Answer(text="76", model="one model", candidate="linguist"),
        Answer(text="75", model="one model", candidate="counter"),
    ]
    for query, text in ((SUM, "75"), (TRANSLATION, "76")):
        fired = await NODE.run(query, said, models, LIBRARY, TopicEmbedder())
        assert fired.ports["answer"].as_text() == text


async def test_a_router_that_does_not_exist_is_told() -> None:
    with pytest.raises(NotFound):
        await _voted(SUM, Answer(text="75", model="counter"), node=WeightedVote(router="nobody"))


def test_without_a_router_there_is_a_problem() -> None:
    assert list(WeightedVote().problems()) == [
        "No trained router is chosen; name one, or use the majority vote, which needs none."
    ]
    assert list(NODE.problems()) == []
