"""A model asked in two ways is two candidates, each of which is drawn as an expert."""

from __future__ import annotations

import pytest

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.error import ConfigurationError
from pipelines.graph import find_problems
from pipelines.outcome.way import WAYS, asking, candidate_name, expert_config, routed_experts
from pipelines.plan import build_node
from pipelines.routers.category import Category
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from tests.pipelines.outcome.tables import table

NAMES = ("big/m-1 · direct", "big/m-1 · reasoning", "small")
CATALOGUE = Catalogue(
    [ModelEntry(name=name, provider="scripted", target="s") for name in ("big/m-1", "small")], default="small"
)


def test_a_candidate_is_named_after_its_model_and_way() -> None:
    assert [candidate_name("big/m-1", way) for way in WAYS] == ["big/m-1 · direct", "big/m-1 · reasoning"]
    with pytest.raises(ConfigurationError, match="There is no way 'aloud' of asking; there is direct, reasoning"):
        candidate_name("big/m-1", "aloud")


def test_a_candidate_is_an_expert_that_is_known_by_its_name() -> None:
    config = expert_config("big/m-1 · reasoning")
    assert (config["model"], config["known_as"]) == ("big/m-1", "big/m-1 · reasoning")
    assert config["system_prompt"].startswith("Think step by step.")
    assert expert_config("small") == {"model": "small"}
    assert expert_config("small · aloud") == {"model": "small · aloud"}
    for name in NAMES:
        drawn = asking(name)
        assert find_problems(drawn, catalogue=CATALOGUE) == ()
        assert build_node(drawn.node("expert")).candidate() == (None if name == "small" else name)


def test_a_trained_router_is_drawn_with_an_expert_for_each_candidate() -> None:
    rows = table([[1.0, 0.0, 0.5]] * 4, models=NAMES, tasks=["sum", "word"] * 2)
    library = MemoryLibrary(routers={"ways": TrainedRouter.fit("ways", Category(), rows)})
    drawn = routed_experts("ways", NAMES, title="Ways")
    assert find_problems(drawn, catalogue=CATALOGUE, routers=library) == ()
    assert [port.name for port in build_node(drawn.node("router")).output_ports()] == [
        "big_m_1_direct",
        "big_m_1_reasoning",
        "small",
    ]


def test_names_that_are_no_ports_get_ports_of_their_own() -> None:
    drawn = routed_experts("any", ("4o", "a b", "a-b", "模型"))
    assert [port.name for port in build_node(drawn.node("router")).output_ports()] == ["m_4o", "a_b", "a_b_2", "expert"]
