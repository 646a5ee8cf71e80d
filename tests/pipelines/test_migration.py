"""Stored documents of older schema versions open with every edge, or say what could not be mapped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from pipelines.document import NodeSpec, Pipeline, load_pipeline
from pipelines.graph import find_problems
from pipelines.migration import migrated
from pipelines.node import Group, Node, NodeChange
from pipelines.nodes import node_kinds
from pipelines.run import Fired
from pipelines.value import Answer, Query, Value

DOCUMENTS = Path(__file__).parent / "documents"
TEMPLATES = sorted((DOCUMENTS / "templates_v1").glob("*.json"))


def with_template(config: dict[str, Any]) -> dict[str, Any]:
    return {"template": config["prompt"], "heat": config["heat"]}


def with_sampling(config: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in config.items() if name != "heat"}
    return rest | {"sampling": {"temperature": config["heat"]}}


def with_names(config: dict[str, Any]) -> dict[str, Any]:
    return {"names": [config["first"], config["second"]]}


class Imagined(Node):
    group: ClassVar[Group] = "expert"
    icon: ClassVar[str] = "bot"


class Poet(Imagined):
    title: ClassVar[str] = "Poet"
    version: ClassVar[int] = 3
    outputs: ClassVar[dict[str, type[Value]]] = {"answer": Answer}
    changes: ClassVar[dict[int, NodeChange]] = {
        1: NodeChange(config=with_template, inputs={"topic": "subject"}, outputs={"poem": "verse"}),
        2: NodeChange(config=with_sampling, inputs={"topic": "query", "subject": "query"}, outputs={"verse": "answer"}),
    }

    template: str = ""
    sampling: dict[str, float] = {}

    async def run(self, query: Query) -> Fired:
        return Fired()


class Sorter(Imagined):
    title: ClassVar[str] = "Sorter"
    version: ClassVar[int] = 2
    former_kinds: ClassVar[frozenset[str]] = frozenset({"switch"})
    outputs: ClassVar[dict[str, type[Value]]] = {"match": Query, "rest": Query}
    changes: ClassVar[dict[int, NodeChange]] = {
        1: NodeChange(inputs={"text": "query"}, outputs={"yes": "match", "no": "rest"})
    }

    word: str = ""

    async def run(self, query: Query) -> Fired:
        return Fired()


class Collector(Imagined):
    title: ClassVar[str] = "Collector"
    version: ClassVar[int] = 2
    changes: ClassVar[dict[int, NodeChange]] = {1: NodeChange(config=with_names, inputs={"a": "values", "b": "values"})}

    names: tuple[str, ...] = ()

    async def run(self, values: Annotated[list[Answer], "All."]) -> Fired:
        return Fired()


KINDS: dict[str, type[Node]] = {**node_kinds(), "poet": Poet, "sorter": Sorter, "collector": Collector}


def opened(name: str) -> Pipeline:
    stored = load_pipeline((DOCUMENTS / "imagined" / name).read_bytes())
    return migrated(stored, KINDS)


def edges_of(pipeline: Pipeline) -> list[str]:
    return [str(edge) for edge in pipeline.edges]


def test_two_steps_lift_configuration_ports_and_pinned_values() -> None:
    pipeline = opened("poet-v1.json")
    poet = pipeline.node("poet")
    assert (poet.version, poet.title) == (3, "Rhymes")
    assert poet.config == {"template": "Rhyme on {query}", "sampling": {"temperature": 0.9}}
    assert poet.pinned == {"answer": Answer(text="Roses are red")}
    assert edges_of(pipeline) == ["ask.query->poet.query", "poet.answer->end.answers"]
    assert Poet.model_validate(poet.config).sampling == {"temperature": 0.9}


def test_a_renamed_kind_takes_its_edges_along_and_unknown_nodes_keep_theirs() -> None:
    pipeline = opened("switch-v1.json")
    assert [(node.kind, node.version) for node in pipeline.nodes] == [
        ("query_input", 1),
        ("sorter", 2),
        ("poet", 3),
        ("from_the_future", 1),
    ]
    assert pipeline.node("pick").config == {"word": "refund"}
    assert pipeline.node("right").config == {"anything": [1, {"goes": True}]}
    assert edges_of(pipeline) == [
        "ask.query->pick.query",
        "pick.match->left.query",
        "pick.rest->right.whatever",
        "right.out->nobody.in",
    ]


def test_two_ports_that_became_one_leave_the_same_edge_once() -> None:
    pipeline = opened("collector-v1.json")
    assert pipeline.node("both").config == {"names": ["a", "b"]}
    assert edges_of(pipeline)[:2] == ["one.answer->both.values", "two.poem->both.values"]


def test_a_node_of_a_newer_version_stays_as_it_is() -> None:
    pipeline = opened("collector-v1.json")
    assert pipeline.node("two") == NodeSpec(id="two", kind="poet", version=9, config={"novelty": 7})


def test_a_configuration_that_breaks_its_promise_stays_with_its_edges() -> None:
    pipeline = opened("collector-v1.json")
    assert pipeline.node("odd") == NodeSpec(id="odd", kind="collector", version=1, config={"first": "a"})
    assert edges_of(pipeline)[2] == "two.poem->odd.b"


def test_what_is_up_to_date_is_the_same_object() -> None:
    pipeline = opened("poet-v1.json")
    assert migrated(pipeline, KINDS) is pipeline


def test_a_document_with_unknown_and_newer_nodes_keeps_every_edge_and_names_them() -> None:
    nodes = [
        {"id": "ask", "kind": "query_input"},
        {"id": "odd", "kind": "teleporter", "config": {"to": "mars"}},
        {"id": "late", "kind": "expert", "version": 99},
        {"id": "end", "kind": "answer_output"},
    ]
    edges = [
        {"source": "ask", "source_port": "query", "target": "odd", "target_port": "in"},
        {"source": "odd", "source_port": "out", "target": "late", "target_port": "new_port"},
        {"source": "late", "source_port": "answer", "target": "end", "target_port": "answers"},
    ]
    pipeline = load_pipeline(json.dumps({"schema_version": 1, "nodes": nodes, "edges": edges}))
    assert edges_of(pipeline) == ["ask.query->odd.in", "odd.out->late.new_port", "late.answer->end.answers"]
    found = {problem.node: problem.message for problem in find_problems(pipeline) if problem.severity == "error"}
    assert found["odd"].startswith("There is no node kind 'teleporter'")
    assert found["late"] == "The kind 'expert' has version 99 here; this Routeloom knows up to 1."


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_frozen_template_opens_with_every_edge_and_no_problem(path: Path) -> None:
    stored = json.loads(path.read_text())
    pipeline = load_pipeline(path.read_bytes())
    assert [node.id for node in pipeline.nodes] == [node["id"] for node in stored["nodes"]]
    assert len(pipeline.edges) == len(stored["edges"])
    assert all(node.version == node_kinds()[node.kind].version for node in pipeline.nodes)
    assert find_problems(pipeline) == ()


def test_the_frozen_templates_are_there() -> None:
    assert len(TEMPLATES) == 9


@pytest.mark.parametrize("kind", sorted(node_kinds()))
def test_every_older_version_of_a_shipped_kind_can_be_lifted(kind: str) -> None:
    cls = node_kinds()[kind]
    assert sorted(cls.changes) == list(range(1, cls.version))
    assert not cls.former_kinds & node_kinds().keys()
