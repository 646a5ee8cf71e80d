"""What the node kinds declare is what the canvas can draw."""

import re
from pathlib import Path

import pytest

from app.canvas import component
from pipelines.node import GROUPS
from pipelines.nodes import node_kinds

FRONTEND = Path(component.__file__).parent / "frontend" / "src"


@pytest.mark.parametrize("kind", list(node_kinds()))
def test_the_icon_of_every_kind_is_in_the_bundle(kind: str) -> None:
    icon = node_kinds()[kind].icon
    pascal = re.sub(r"(^|-)([a-z0-9])", lambda found: found[2].upper(), icon)
    source = (FRONTEND / "view" / "icons.tsx").read_text("utf-8")
    assert re.search(rf"\b{pascal},|\"{icon}\":", source), f"add {pascal} to view/icons.tsx and build the canvas"


@pytest.mark.parametrize("group", list(GROUPS))
def test_every_group_has_its_colour(group: str) -> None:
    source = (FRONTEND / "view" / "colour.ts").read_text("utf-8")
    assert re.search(rf"^  {group}: \[", source, re.MULTILINE)
