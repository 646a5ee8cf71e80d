"""Files of strangers: told apart, bounded, accounted for, and stripped of secrets."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.document import load_pipeline
from pipelines.error import DocumentError
from pipelines.exchange.foreign import read_any
from pipelines.exchange.intake.report import Imported
from pipelines.graph import find_problems
from tests.pipelines.exchange.taken import CANARY, FILES, MODELS, taken

NAMES = ("langflow.json", "flowise-agent.json", "flowise-chat.json", "dify.yml")
TEMPLATES = Path(__file__).parents[1] / "documents" / "templates_v1"


def content_of(name: str) -> Any:
    return yaml.safe_load((FILES / name).read_text())


def graph_of(content: Any) -> Any:
    return content.get("data") or content.get("workflow", {}).get("graph") or content


def comment_ids(content: Any) -> set[str]:
    notes = ("noteNode", "stickyNote", "custom-note")
    return {node["id"] for node in graph_of(content)["nodes"] if node["type"] in notes}


def test_a_pipeline_of_our_own_comes_as_it_is() -> None:
    raw = (TEMPLATES / "02-cascade.json").read_bytes()
    found = read_any(raw)
    assert found.pipeline == load_pipeline(raw)
    assert found.report.format == "routeloom"
    assert found.report.sentences() == ()


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_carried_over(name: str) -> None:
    assert CANARY in (FILES / name).read_text()
    found = taken(name)
    assert CANARY not in found.pipeline.to_json()
    assert CANARY not in found.report.model_dump_json()


def test_a_key_that_somebody_wrote_into_a_prompt_is_taken_out() -> None:
    content = content_of("langflow.json")
    template = next(n for n in content["data"]["nodes"] if n["id"] == "Prompt-e5")["data"]["node"]["template"]
    template["template"]["value"] = "Use sk-abcdefghijklmnop1234 for {question}"
    found = read_any(json.dumps(content).encode(), MODELS)
    assert found.pipeline.node("price-expert").config["prompt_template"] == "Use [key] for {query}"


@pytest.mark.parametrize("name", NAMES)
def test_every_node_is_accounted_for_once(name: str) -> None:
    content, report = content_of(name), taken(name).report
    told = [node.node for node in (*report.mapped, *report.partly, *report.left_out)]
    assert sorted(told) == sorted({node["id"] for node in graph_of(content)["nodes"]} - comment_ids(content))


@pytest.mark.parametrize("name", NAMES)
def test_every_drawn_node_is_told_of(name: str) -> None:
    found = taken(name)
    told = {node for entry in (*found.report.mapped, *found.report.partly) for node in entry.became}
    assert told | set(found.report.added) == {node.id for node in found.pipeline.nodes}


@pytest.mark.parametrize("name", NAMES)
def test_every_edge_leads_on_or_is_told_of(name: str) -> None:
    found = taken(name)
    became = {entry.node: set(entry.became) for entry in (*found.report.mapped, *found.report.partly)}
    lost = {(edge.source, edge.target) for edge in found.report.edges_left_out}
    ours = {(edge.source, edge.target) for edge in found.pipeline.edges}
    for edge in graph_of(content_of(name))["edges"]:
        pair = (edge["source"], edge["target"])
        if pair not in lost:
            assert joined(became[pair[0]], became[pair[1]], ours, set(found.report.added)), pair


def joined(sources: set[str], targets: set[str], ours: set[tuple[str, str]], added: set[str]) -> bool:
    """Says whether an edge here, or one through a node that was added, leads from one to the other."""
    steps = ours | {(a, d) for a, b in ours for c, d in ours if b == c and b in added}
    return bool(sources & targets) or any((source, target) in steps for source in sources for target in targets)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is not JSON"),
        (b"{", "The file is not JSON"),
        (b"\xff\xfe\x00", "The file is not JSON or YAML: it is not text in UTF-8."),
        (b"[1, 2]", "The file holds a list; export one flow and import that file."),
        (b'{"flows": [{}, {}]}', "The file holds 2 flows; export one and import that file."),
        (b"kind: app\n  wrong: [", "The file is neither JSON nor YAML in line 2."),
        (b"app: !!python/object/apply:os.system [id]", "The file is neither JSON nor YAML in line 1."),
        (b"a: &a [*a]", "nested deeper than 40 levels"),
        (b"[" * 100_000, "nested too deeply"),
        (b"- " * 5_000 + b"x", "The file is nested deeper than 40 levels."),
        (b"x" * 6_000_000, "The file has 6,000,000 bytes; a pipeline may have at most 5,000,000."),
        (json.dumps({"nodes": [{}] * 1_001, "edges": [], "schema_version": None}).encode(), "1,001 nodes"),
        (json.dumps({"nodes": [{"data": {"inputs": {}}}] * 1_001, "edges": []}).encode(), "1,001 nodes"),
        (b'{"hello": "world"}', "The file has schema_version None; readable are 1 to 1."),
        (b"just a text", "The file is neither a pipeline of Routeloom nor an export of Langflow, Flowise or Dify."),
    ],
    ids=lambda value: value[:24].decode("ascii", "replace") if isinstance(value, bytes) else "",
)
def test_what_is_no_pipeline_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_any(raw)
    assert sentence in str(caught.value)


def test_aliases_that_multiply_are_refused_before_they_grow() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(DocumentError, match=r"more than 400,000 parts"):
        read_any("\n".join(lines).encode())


def test_prompts_that_refer_to_each_other_again_and_again_are_refused() -> None:
    nodes: list[dict[str, Any]] = [{"id": "s", "data": {"type": "start", "title": "s"}}]
    for number in range(30):
        inner = [str(number + 1), "output"]
        both = [{"variable": "x", "value_selector": inner}, {"variable": "y", "value_selector": inner}]
        data = {"type": "template-transform", "title": "t", "template": "{{ x }}{{ y }}", "variables": both}
        nodes.append({"id": str(number), "data": data})
    prompt = [{"role": "user", "text": "{{#0.output#}}"}]
    nodes.append({"id": "llm", "data": {"type": "llm", "title": "llm", "prompt_template": prompt}})
    content = {"kind": "app", "app": {}, "workflow": {"graph": {"nodes": nodes, "edges": []}}}
    with pytest.raises(DocumentError, match="refer to each other so often"):
        read_any(json.dumps(content).encode())


@pytest.mark.parametrize(
    "text", ["{{" + " " * 500_000, "{{ " * 200_000, "{a" * 200_000, "<p>" + "<li " * 200_000, "sk-" * 200_000]
)
def test_a_text_made_to_be_slow_is_read_and_cut(text: str) -> None:
    node = {"id": "a", "type": "agentFlow", "data": {"name": "llmAgentflow", "inputs": {"llmUserMessage": text}}}
    found = read_any(json.dumps({"nodes": [node], "edges": []}).encode())
    assert len(found.pipeline.node("llmagentflow").config["prompt_template"]) < 100_000


def test_long_chains_of_nodes_that_stand_for_others_are_followed() -> None:
    merges = [
        {"id": f"m{n}", "data": {"type": "variable-aggregator", "title": "m", "variables": [[f"m{n + 1}", "output"]]}}
        for n in range(900)
    ]
    content = {"kind": "app", "app": {}, "workflow": {"graph": {"nodes": merges, "edges": []}}}
    found = read_any(json.dumps(content).encode())
    assert [edge.target for edge in found.pipeline.edges][-2:] == ["m-899", "answer"]
    assert len(found.pipeline.edges) == 900


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str, seed: int) -> None:
    content = copy.deepcopy(content_of(name))
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 12)):
        damage(content, chance)
    try:
        found = read_any(json.dumps(content).encode(), MODELS)
    except DocumentError:
        return
    assert isinstance(found, Imported)
    assert load_pipeline(found.pipeline.to_json()) == found.pipeline
    assert all(str(problem) for problem in find_problems(found.pipeline))


STRANGE = (None, True, -1, 1e308, 2**70, "", "{{query}} {x} }}{", "\ud83d", "\x00", [], [[]], {}, {"a": [1]}, "x" * 300)


def damage(content: Any, chance: random.Random) -> None:
    """Puts something strange in the place of a value somewhere in the content, or takes the value out."""
    place = content
    while isinstance(place, (dict, list)) and place:
        key = chance.choice(sorted(place, key=str) if isinstance(place, dict) else range(len(place)))
        inside = place[key]
        if not isinstance(inside, (dict, list)) or not inside or chance.random() < 0.08:
            if chance.random() < 0.2:
                del place[key]
            else:
                place[key] = copy.deepcopy(chance.choice(STRANGE))
            return
        place = inside
