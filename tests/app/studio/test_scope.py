"""What may be shown of past runs."""

from __future__ import annotations

import pytest

from app.studio.scope import scopes


@pytest.mark.parametrize(
    ("count", "titles"),
    [
        (0, []),
        (1, []),
        (2, ["This run", "Last 20 runs"]),
        (20, ["This run", "Last 20 runs"]),
        (21, ["This run", "Last 20 runs", "Last 100 runs"]),
        (101, ["This run", "Last 20 runs", "Last 100 runs", "Last 500 runs"]),
    ],
)
def test_a_longer_look_back_is_offered_once_there_is_more_to_see(count: int, titles: list[str]) -> None:
    assert [scope.title for scope in scopes(count)] == titles
