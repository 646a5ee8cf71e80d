"""Deals the tests out to workers: what takes longest as one piece begins, and every file stays together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
# In one worker from its first test to its last: one PostgreSQL cluster.
TOGETHER = ("storage",)

# Before NumPy is loaded: on matrices as small as these, threads that wait for each other double the time.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Names the piece of each test for pytest-xdist, and puts the long pieces first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_piece(item)))
    order = {piece: place for place, piece in enumerate(TOGETHER)}
    items.sort(key=lambda item: order.get(_piece(item), len(TOGETHER)))


def _piece(item: pytest.Item) -> str:
    place = item.path.relative_to(ROOT)
    return next((folder for folder in TOGETHER if place.is_relative_to(folder)), str(place))
