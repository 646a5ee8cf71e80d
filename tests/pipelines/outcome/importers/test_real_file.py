"""Recorded files as they were published give the figures that were published with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.outcome.gathering import GatherRule
from pipelines.outcome.intake import import_path

FOLDER = Path(__file__).resolve().parents[5] / "shared" / "data" / "recorded" / "routerarena"


def test_router_arena() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"the recorded files of RouterArena are not beside the repository ({FOLDER.name})")
    found = import_path(FOLDER, "routerarena", rule=GatherRule(scale="clip"))
    assert (found.kind, found.table.score.shape, found.strangers) == ("router_arena", (809, 2), ("cost.json",))
    assert found.table.models == ("claude-3-haiku-20240307", "gemini-2.0-flash-001")
    assert found.table.score.mean(axis=0) == pytest.approx([0.5234, 0.6901], abs=1e-4)
    assert found.table.cost_usd.mean(axis=0) * 1_000 == pytest.approx([0.176, 0.0475], rel=0.01)
    assert found.table.answers is not None
