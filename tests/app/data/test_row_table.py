"""Cells that were changed in the table change the row, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from app.data.row_table import changes_of
from pipelines.data.example import Example
from pipelines.error import DocumentError
from pipelines.value import Document

FULL = Example(
    id="r1",
    query=" spaced \n",
    references=("a | b", "c"),
    choices=("x", "y"),
    documents=(Document(title="T", text="t"),),
    tags=("one, two",),
    group="g",
    difficulty="hard",
    extra={"n": 1},
)
SHOWN: dict[str, Any] = {
    "id": "r1",
    "query": " spaced \n",
    "references": "a | b | c",
    "tags": "one, two",
    "group": "g",
    "difficulty": "hard",
}


def changed(**cells: Any) -> Example:
    return changes_of([(4, FULL)], [{**SHOWN, **cells}])[4]


def test_untouched_cells_change_nothing() -> None:
    assert changes_of([(4, FULL)], [SHOWN]) == {}


def test_a_changed_cell_changes_only_its_field() -> None:
    assert changed(query="Other?") == FULL.model_copy(update={"query": "Other?"})
    assert changed(references="c|d ") == FULL.model_copy(update={"references": ("c", "d")})
    assert changed(tags="x, y,") == FULL.model_copy(update={"tags": ("x", "y")})
    assert changed(group=None) == FULL.model_copy(update={"group": None})
    assert changed(id="r2").id == "r2"


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"query": " "}, "Row 5: the question is empty"),
        ({"id": None}, "Row 5, id: String should have at least 1 character"),
        ({"group": "x" * 201}, "Row 5, group: String should have at most 200 characters"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told(cells: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        changed(**cells)
