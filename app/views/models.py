"""The models page: the catalogue with prices and keys, test calls, added models, weights of embedded models."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.figure import cost_text, duration_text
from app.model.edit import draw_editor
from app.model.weight import draw_weights
from app.plain import plain
from app.state import session, workspace
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry
from pipelines.chat import Call
from pipelines.error import RouteloomError
from pipelines.gateway.key import key_name

PROVIDERS = {
    "litellm": "hosted",
    "openai_compatible": "OpenAI API",
    "embedded": "embedded",
    "replay": "replay",
    "scripted": "scripted",
}
COLUMNS: dict[str, Any] = {
    "in": st.column_config.NumberColumn("USD / Mtok in", format="%.3g", help="Input price per million tokens"),
    "out": st.column_config.NumberColumn("USD / Mtok out", format="%.3g", help="Output price per million tokens"),
    "window": st.column_config.NumberColumn("Window", format="localized", help="Tokens of input and output together"),
    "name": st.column_config.TextColumn("Name", width="medium", pinned=True),
    "provider": "Kind",
    "price": st.column_config.TextColumn("Price noted", help="The day and the source of the price"),
    "key": st.column_config.TextColumn("Key", width="medium"),
}


def draw() -> None:
    """Draws the page."""
    with st.container(key="catalogue"):
        _draw_catalogue(workspace())


def _draw_catalogue(space: Workspace) -> None:
    _draw_head()
    _draw_notice()
    entries = list(space.catalogue)
    default = next((entry for entry in entries if entry.name == space.catalogue.default), None)
    chosen = _draw_table(entries)
    if default is None:
        missing = plain(str(space.catalogue.default))
        st.warning(f"The default model '{missing}' is not in the catalogue. Pick another one and make it the default.")
    _draw_model(chosen or default or entries[0])
    draw_weights(space)


def _draw_head() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Models", anchor=False)
        st.space("stretch")
        if st.button(
            "Find local servers", icon=":material/radar:", key="models:find", help="Ollama, llama.cpp, vLLM, LM Studio"
        ):
            with st.spinner("Looking around on this machine …"):
                _find()
        if st.button("Add a model", icon=":material/add:", key="models:add", type="primary"):
            draw_editor(None)


def _draw_table(entries: list[ModelEntry]) -> ModelEntry | None:
    """Draws the table and returns the model that is picked in it, or None."""
    st.caption(
        "Pick a model to test it, to change its price or to make it the default. Prices are USD per million tokens."
    )
    event: Any = st.dataframe(
        [_row(entry) for entry in entries],
        column_config=COLUMNS,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="models:table",
        height=min(560, 38 + 35 * len(entries)),
    )
    rows = event.selection.rows
    return entries[rows[0]] if rows and rows[0] < len(entries) else None


def _row(entry: ModelEntry) -> dict[str, Any]:
    price = entry.price
    default = " · default" if entry.name == workspace().catalogue.default else ""
    noted = f"{price.as_of} · {price.source or 'no source'}" if price else "no price known"
    return {
        "name": f"{entry.name}{default}",
        "provider": PROVIDERS[entry.provider],
        "in": price.input_usd_per_mtok if price else None,
        "out": price.output_usd_per_mtok if price else None,
        "price": f"≈ {noted}" if price and price.notional else noted,
        "window": entry.context_window,
        "key": _key_words(entry),
    }


def _key_words(entry: ModelEntry) -> str:
    name = key_name(entry)
    state = workspace().key_state(entry)
    return {"not_needed": "not needed", "present": f"✓ {name}", "missing": f"✗ {name} is not set"}[state]


def _draw_model(entry: ModelEntry) -> None:
    with st.container(border=True, key="model"):
        st.markdown(f"**{plain(entry.name)}** · {PROVIDERS[entry.provider]} · {plain(entry.target)}")
        if entry.note:
            st.caption(plain(entry.note))
        if workspace().key_state(entry) == "missing":
            name = plain(str(key_name(entry)))
            st.caption(f":orange[:material/key_off:] Set the environment variable {name} and start the studio again.")
        with st.container(horizontal=True):
            _draw_actions(entry)
        call = session().probes.get(entry.name)
        if call is not None:
            _draw_call(call)


def _draw_actions(entry: ModelEntry) -> None:
    space = workspace()
    if st.button("Test call", icon=":material/bolt:", key=f"test:{entry.name}", type="primary"):
        with st.spinner("Asking for five words …"):
            session().probes[entry.name] = space.probe(entry.name)
    is_default = space.catalogue.default == entry.name
    if st.button("Make default", icon=":material/star:", key=f"default:{entry.name}", disabled=is_default):
        space.set_default_model(entry.name)
        st.rerun()
    if st.button("Edit", icon=":material/edit:", key=f"edit:{entry.name}"):
        draw_editor(entry)
    added = entry.name in {own.name for own in space.storage.models.list()}
    if added and st.button("Remove", icon=":material/delete:", key=f"remove:{entry.name}"):
        space.storage.models.remove(entry.name)
        space.refresh_catalogue(look_around=False)
        session().notice = f"'{entry.name}' is removed; a model that ships with Routeloom is back as it was."
        st.rerun()


def _draw_call(call: Call) -> None:
    if call.reply is None:
        st.error(plain(call.error or "The model did not answer."), icon=":material/error:")
        return
    st.code(call.reply.text, language=None, wrap_lines=True)
    usage = call.reply.usage
    cost = cost_text(call.cost_usd, notional=call.notional)
    st.caption(
        plain(f"{duration_text(call.latency_s)} · {usage.input_tokens} tokens in · {usage.output_tokens} out · {cost}")
    )


def _draw_notice() -> None:
    if session().notice:
        st.info(plain(str(session().notice)), icon=":material/info:")
        session().notice = None


def _find() -> None:
    space = workspace()
    before = {entry.name for entry in space.catalogue}
    try:
        found = [entry.name for entry in space.refresh_catalogue() if entry.name not in before]
    except RouteloomError as error:
        session().notice = str(error)
        st.rerun()
    session().notice = f"Found {', '.join(found)}." if found else "No new model server answers on this machine."
    st.rerun()
