"""What the engine does around a node: whether it runs, what it waits for, what its failure means, its pinned output."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.state import choices
from app.studio.open_workflow import OpenWorkflow
from app.studio.running import last_fired
from pipelines.document import JoinRule, NodeSpec
from pipelines.node import Node
from pipelines.plan import build_node
from pipelines.run import Fired
from pipelines.value import Answer, AnyValue, ModelChoice, Query, Value, Verdict

JOINS: Final = {
    "": "As the kind says",
    "all_taken": "All branches that are taken",
    "any": "The first arrival, others finish unseen",
    "first": "The first arrival, others are stopped",
    "k_of_n": "The first k arrivals",
}
STATES: Final = {
    "works": "Does its work",
    "bypassed": "Bypassed: passes on what comes in",
    "disabled": "Disabled: stays silent",
}
FAILURES: Final = {"fail": "Blocks whatever needs it", "silent": "Only silences this branch"}


def draw_behaviour(opened: OpenWorkflow, spec: NodeSpec, cls: type[Node], key: str) -> None:
    """Draws the fields; each change is a step that can be undone on the canvas."""
    with st.expander("Behaviour", icon=":material/alt_route:", key=f"{key}:behaviour"):
        state = "disabled" if spec.disabled else "bypassed" if spec.bypassed else "works"
        chosen = st.selectbox(
            "In a run", list(STATES), list(STATES).index(state), lambda name: STATES[name], key=f"{key}:state"
        )
        failure = st.selectbox(
            "When it fails",
            list(FAILURES),
            list(FAILURES).index(spec.on_error),
            lambda name: FAILURES[name],
            key=f"{key}:on_error",
        )
        opened.patch(spec.id, disabled=chosen == "disabled", bypassed=chosen == "bypassed", on_error=failure)
        if any(port.many for port in cls().input_ports()):
            opened.patch(spec.id, join=_join(spec, key))
        _draw_pin(opened, spec, key)


def _join(spec: NodeSpec, key: str) -> JoinRule | None:
    rule = st.selectbox(
        "Waits for",
        list(JOINS),
        list(JOINS).index(spec.join.rule if spec.join else ""),
        lambda name: JOINS[name],
        key=f"{key}:join",
    )
    if rule == "":
        return None
    if rule != "k_of_n":
        return JoinRule.model_validate({"rule": rule})
    k = st.number_input("k", 1, 100, (spec.join.k if spec.join else None) or 2, key=f"{key}:k")
    return JoinRule(rule="k_of_n", k=int(k))


def _draw_pin(opened: OpenWorkflow, spec: NodeSpec, key: str) -> None:
    """Offers to keep what the node fired last, to write it by hand, and to change what is kept."""
    if spec.pinned is not None:
        st.caption("Pinned: the node gives this output and is not run.")
        changed = {port: _edited(port, value, f"{key}:pin:{port}") for port, value in spec.pinned.items()}
        opened.patch(spec.id, pinned=changed)
        if st.button("Unpin", icon=":material/keep_off:", key=f"{key}:unpin"):
            opened.patch(spec.id, pinned=None)
        return
    fired = last_fired(opened, spec.id)
    if fired and fired.ports:
        if st.button("Pin the last output", icon=":material/keep:", key=f"{key}:pin"):
            opened.pin(spec.id, fired)
        return
    blank = _blank(spec)
    if blank and st.button("Write its output by hand", icon=":material/edit_note:", key=f"{key}:pin"):
        opened.pin(spec.id, Fired(ports=blank))


def _edited(port: str, value: AnyValue, key: str) -> Value:
    """Draws the field of one pinned value and returns what it holds now."""
    match value:
        case Query() | Answer():
            return value.model_copy(update={"text": st.text_area(f"Gives on {port}", value=value.text, key=key)})
        case Verdict():
            score = st.number_input(f"Gives on {port}", 0.0, 1.0, value.score, 0.05, key=key)
            return value.model_copy(update={"score": float(score)})
        case ModelChoice():
            names = list(dict.fromkeys((value.model, *choices().models)))
            chosen = st.selectbox(f"Gives on {port}", names, names.index(value.model), key=key)
            return value.model_copy(update={"model": chosen})
    st.caption(f"On {port}: {len(value.as_text()):,} characters, which cannot be edited here.")
    return value


def _blank(spec: NodeSpec) -> dict[str, AnyValue]:
    """Returns a value to begin with on the first output that can be written by hand, or nothing."""
    blanks: dict[str, AnyValue] = {
        "query": Query(text=""),
        "answer": Answer(text=""),
        "verdict": Verdict(score=1.0),
        "model": ModelChoice(model=choices().default_model or ""),
    }
    try:
        ports = build_node(spec).output_ports()
    except (KeyError, ValueError):
        return {}
    return next(({port.name: blanks[port.type]} for port in ports if port.type in blanks), {})
