"""Where a node stands in a drawing of React Flow, which every studio of this kind uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.exchange.intake.untrusted import mapping_of, number_of


def place_of(node: Mapping[str, Any]) -> tuple[float, float] | None:
    """Returns the place of a node in pixels of its file, or None."""
    position = mapping_of(node.get("positionAbsolute") or node.get("position"))
    x, y = number_of(position.get("x")), number_of(position.get("y"))
    return None if x is None or y is None else (x, y)
