"""The widget of a list of records: each in a frame of its own, to add, remove and move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.form.spec import FieldSpec, blank
from app.plain import plain

Item = dict[str, Any]


def draw_list(
    field: FieldSpec, items: list[Item], key: str, draw_item: Callable[[int, Item], Item]
) -> tuple[list[Item], bool]:
    """Draws the items and the buttons that change their order and number; returns the items and whether that changed.

    `draw_item` draws the fields of one item, given its index, and returns what they hold.
    """
    st.markdown(f"**{field.title}**", help=field.help or None)
    found: list[Item] = []
    moved: tuple[int, int] | None = None
    removed: int | None = None
    for index, item in enumerate(items):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
                st.caption(f"{index + 1} · {plain(_title(item), 28)}", width="stretch")
                if _button("arrow_upward", "Move up", f"{key}:{index}:up", off=index == 0):
                    moved = (index, index - 1)
                if _button("arrow_downward", "Move down", f"{key}:{index}:down", off=index == len(items) - 1):
                    moved = (index, index + 1)
                if _button("close", "Remove", f"{key}:{index}:remove"):
                    removed = index
            found.append({**item, **draw_item(index, item)})
    added = st.button(
        f"Add to {field.title.lower()}",
        icon=":material/add:",
        key=f"{key}:add",
        disabled=field.max_items is not None and len(items) >= field.max_items,
    )
    if moved:
        found[moved[0]], found[moved[1]] = found[moved[1]], found[moved[0]]
    if removed is not None:
        del found[removed]
    if added:
        found.append(_new(field, found))
    return found, bool(moved or added or removed is not None)


def _button(icon: str, title: str, key: str, *, off: bool = False) -> bool:
    return st.button("", icon=f":material/{icon}:", help=title, key=key, disabled=off, type="tertiary")


def _title(item: Item) -> str:
    """Returns the first text of an item: its name, where it has one."""
    return next((value for value in item.values() if isinstance(value, str) and value.strip()), "empty")


def _new(field: FieldSpec, items: list[Item]) -> Item:
    """Returns a new item; one with a name gets the first free one."""
    item = blank(field.fields)
    if item.get("name") == "":
        taken = {other.get("name") for other in items}
        item["name"] = next(name for n in range(1, 1_000) if (name := f"branch_{n}") not in taken)
    return item
