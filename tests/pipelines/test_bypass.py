"""The way around a bypassed node, on the cases that the canvas is held to as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.bypass import find_detour
from pipelines.document import Edge
from pipelines.node import Port
from tests.pipelines.drawing import edge

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("detours.json").read_text("utf-8"))


def port(text: str) -> Port:
    """Returns the port written as `name: type`, with a question mark before the name where it only informs."""
    name, kind = text.split(": ")
    return Port(name=name.removeprefix("?"), type=kind, required=not name.startswith("?"))


def wire(text: str) -> Edge:
    """Returns the edge written as `a.out -> input`, which ends at the node under test."""
    source, target = text.split(" -> ")
    return edge(f"{source} > it.{target}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_way_around_a_node(case: dict[str, Any]) -> None:
    arriving = {wire(end): kind for end, _, kind in (text.rpartition(": ") for text in case["arriving"])}
    found = find_detour([port(each) for each in case["inputs"]], [port(each) for each in case["outputs"]], arriving)
    if found is None:
        assert (case["output"], case["passes"]) == (None, [])
    else:
        assert found.output.name == case["output"]
        assert found.edges == tuple(wire(text) for text in case["passes"])
