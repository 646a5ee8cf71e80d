"""The rows of a data set as a table: a page at a time, searched by words, changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from app.plain import plain
from app.state import choose_data_set
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.data.row import names_of
from pipelines.error import DocumentError, RouteloomError
from storage.data_set_info import DataSetInfo

PAGE_ROWS: Final = 50
BETWEEN: Final = " | "
EDITABLE: Final = ("id", "query", "references", "tags", "group", "difficulty")
COLUMNS: Final[dict[str, Any]] = {
    "row": st.column_config.NumberColumn("Row", width=60, pinned=True),
    "id": st.column_config.TextColumn("Id", width=80),
    "query": st.column_config.TextColumn("Question", width=430),
    "references": st.column_config.TextColumn("References", width=200, help="Several are parted by a bar."),
    "choices": st.column_config.TextColumn("Choices", width=160),
    "tags": st.column_config.TextColumn("Tags", width=110, help="Parted by commas."),
    "group": st.column_config.TextColumn("Group", width=110, help="A split keeps the rows of a group together."),
    "difficulty": st.column_config.TextColumn("Difficulty", width=100),
    "documents": st.column_config.NumberColumn("Documents", width=80),
    "extra": st.column_config.TextColumn("Also holds", width=140),
}


def draw_search(space: Workspace, info: DataSetInfo, version: int) -> tuple[str, int, int]:
    """Draws the search and the number of the page; returns the words, the first row's place, and how many match."""
    search = st.text_input(
        "Search", key=f"data:search:{info.name}", placeholder="Words in question, answer, tags, id", width=340
    )
    found = space.storage.data_sets.page(info.name, version, search=search, limit=0).total
    pages = max(1, -(-found // PAGE_ROWS))
    key = f"data:page:{info.name}:{version}:{info.content_hash[:8]}:{search}"
    number = st.number_input(f"Page of {pages:,}", 1, pages, 1, key=key, width=150, disabled=pages == 1)
    return search, (int(number) - 1) * PAGE_ROWS, found


def draw_rows(space: Workspace, info: DataSetInfo, version: int, search: str, offset: int, found: int) -> None:
    """Draws a page of rows, and what saves the changes."""
    changeable = not info.shipped and version == info.version
    page = space.storage.data_sets.page(info.name, version, search=search, offset=offset, limit=PAGE_ROWS)
    if not page.rows:
        st.caption("No row has all these words." if search.strip() else "This version has no rows.")
        return
    shown = [_cells(place, example) for place, example in page.rows]
    used = [name for name in COLUMNS if name in ("row", "id", "query", "references") or any(row[name] for row in shown)]
    wanted = [*used, *(name for name in EDITABLE if name not in used)] if changeable else used
    # Above the table: below it, the button would come up where nobody looks.
    saving = st.container(key="data-saving") if changeable else None
    edited = st.data_editor(
        shown,
        column_config=COLUMNS,
        column_order=[name for name in COLUMNS if name in wanted],
        disabled=[name for name in COLUMNS if name not in EDITABLE] if changeable else True,
        hide_index=True,
        num_rows="fixed",
        height=min(38 + 35 * len(shown), 640),
        key=f"data:rows:{info.name}:{version}:{info.content_hash[:8]}:{offset}:{search}",
    )
    first, last = offset + 1, offset + len(page.rows)
    st.caption(f"{first:,} to {last:,} of {found:,} rows{' found' if search.strip() else ''}.")
    if saving is not None:
        with saving:
            _draw_saving(space, info, page.rows, edited)


def changes_of(rows: Sequence[tuple[int, Example]], edited: Sequence[Mapping[str, Any]]) -> dict[int, Example]:
    """Returns the rows that were changed in the table by their place; cells that were not touched stay as they are.

    Raises:
        DocumentError: with the row, if a cell cannot be used.
    """
    found = {}
    for (place, example), cells in zip(rows, edited, strict=True):
        before = _cells(place, example)
        fields = {name: _field(name, cells[name]) for name in EDITABLE if (cells[name] or "") != (before[name] or "")}
        if not fields:
            continue
        try:
            found[place] = Example.model_validate({**example.model_dump(), **fields})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise DocumentError(f"Row {place + 1}, {first['loc'][0]}: {first['msg']}.") from None
        if not found[place].query.strip():
            raise DocumentError(f"Row {place + 1}: the question is empty; it needs a text.")
    return found


def _draw_saving(
    space: Workspace, info: DataSetInfo, rows: Sequence[tuple[int, Example]], edited: Sequence[Mapping[str, Any]]
) -> None:
    try:
        changes = changes_of(rows, edited)
    except DocumentError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not changes:
        st.caption("Double-click a cell to change it; what you save becomes a new version, and the old one stays.")
        return
    count = f"{len(changes)} row{'s' * (len(changes) != 1)}"
    label = f"Save {count} as version {info.version + 1}"
    if st.button(label, icon=":material/save:", key="data:save", type="primary"):
        try:
            made = space.storage.data_sets.edit(info.name, changes, parent=info.version, message=f"{count} edited")
        except RouteloomError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        choose_data_set(info.name, f"Saved as version {made.version}.")


def _cells(place: int, example: Example) -> dict[str, Any]:
    return {
        "row": place + 1,
        "id": example.id,
        "query": example.query,
        "references": BETWEEN.join(example.references),
        "choices": BETWEEN.join(example.choices),
        "tags": ", ".join(example.tags),
        "group": example.group or "",
        "difficulty": example.difficulty or "",
        "documents": len(example.documents),
        "extra": ", ".join(example.extra),
    }


def _field(name: str, cell: Any) -> Any:
    text = str(cell or "").strip()
    if name == "references":
        return tuple(part.strip() for part in text.split(BETWEEN.strip()) if part.strip())
    if name == "tags":
        return names_of(text.split(","))
    return (text or None) if name in ("group", "difficulty") else text
