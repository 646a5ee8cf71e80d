"""What to train on a table, and how: the split, the models, the strategies, each with its form."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st
from pydantic import ValidationError

from app.figure import cost_text
from app.form.choice import Choices
from app.form.form import draw_form
from app.plain import plain
from app.routing.table_shelf import TableEntry
from app.routing.training import Plan
from app.state import workspace
from app.vectors import may_make_vectors
from pipelines.catalogue import estimate_tokens
from pipelines.chat import Usage
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import OutcomeTable
from pipelines.routers import router_kinds

FIRST_CHOICE: Final = ("category", "knn", "ridge")
VECTORS: Final = "looks at vectors: every question is embedded once"


def draw_plan(entry: TableEntry, table: OutcomeTable, models: Sequence[str], *, busy: bool) -> Plan | None:
    """Draws the form and returns what to train when the button was pressed."""
    key = f"r:plan:{entry.card.name}"
    split = _draw_split(entry, table, models, key)
    first = FIRST_CHOICE if len(entry.card.tasks) > 1 else FIRST_CHOICE[1:]
    kinds = {kind: cls for kind, cls in router_kinds().items() if cls.food != "nothing"}
    chosen = st.multiselect(
        "Strategies", list(kinds), [kind for kind in first if kind in kinds], lambda kind: kinds[kind].title,
        key=f"{key}:strategies", help="Start with simple ones: they often do as well as the others.",
    )  # fmt: skip
    drawn = {kind: _draw_strategy(kinds[kind], f"{key}:{kind}") for kind in chosen}
    strategies = {strategy.title: strategy for strategy in drawn.values() if strategy is not None}
    looks = any(strategy.needs_space for strategy in strategies.values())
    maker = _draw_maker(table, key) if looks else None
    problems = _problems(strategies, chosen, split.models)
    for problem in problems:
        st.caption(plain(problem))
    pressed = st.button(
        f"Train {len(strategies)} router{'' if len(strategies) == 1 else 's'}", icon=":material/model_training:",
        key="routers:train", type="primary", disabled=bool(problems) or busy,
    )  # fmt: skip
    return replace(split, strategies=strategies, embedding_model=maker) if pressed else None


def _draw_split(entry: TableEntry, table: OutcomeTable, models: Sequence[str], key: str) -> Plan:
    """Returns a plan without strategies."""
    parts = _draw_parts(table, key)
    left, middle, right = st.columns((2, 1, 4))
    with left:
        held = st.slider(
            "Kept back to judge them, %", 10, 60, 30, 5, key=f"{key}:holdout", disabled=parts is not None,
            help="Routers are never judged on rows that they learned from.",
        )  # fmt: skip
    with middle:
        seed = st.number_input("Seed", 0, 2_147_483_647, 0, key=f"{key}:seed", help="The same seed, the same split.")
    with right:
        chosen = st.multiselect("Models", table.models, list(models), key=f"{key}:models")
    plan = Plan(table=table, strategies={}, models=tuple(chosen), holdout=held / 100, seed=int(seed), parts=parts)
    st.caption(plain(_told(plan, groups_of(table, entry.reference))))
    return plan


@st.cache_data(max_entries=16, show_spinner=False)
def groups_of(_table: OutcomeTable, reference: str) -> int:
    """Returns how many groups the rows of a table are in; its reference is what it is known by."""
    del reference
    return int(group_numbers(_table).max(initial=-1)) + 1


def _told(plan: Plan, groups: int) -> str:
    table = plan.table
    if plan.parts is not None:
        learn, judge = (sum(split == part for split in table.splits) for part in plan.parts)
        return (
            f"{learn:,} rows of '{plan.parts[0]}' to learn from, {judge:,} of '{plan.parts[1]}' to judge on. Rows that"
            " are in both are left out, and if most are, the training is refused."
        )
    test = round(table.n_queries * plan.holdout)
    return (
        f"About {table.n_queries - test:,} rows to learn from and {test:,} to judge on, in {groups:,} groups: equal"
        " questions and rows of one group are never parted, so nothing leaks."
    )


def _draw_parts(table: OutcomeTable, key: str) -> tuple[str, str] | None:
    """Draws the choice between a split at random and that of the table, where it has one."""
    known = sorted({split for split in table.splits if split})
    if len(known) < 2:
        return None
    recorded = [(first, second) for first in known for second in known if first == "train" and second != "train"]
    options = [None, *recorded]

    def label(place: int) -> str:
        parts = options[place]
        return "At random, by groups" if parts is None else f"As recorded: {parts[0]} / {parts[1]}"

    return options[st.selectbox("Split", range(len(options)), 0, label, key=f"{key}:split")]


def _draw_maker(table: OutcomeTable, key: str) -> str | None:
    """Draws who makes the vectors, and what that will cost."""
    entries = {entry.name: entry for entry in workspace().catalogue if may_make_vectors(entry)}
    name = st.selectbox(
        "Vectors are made by", [None, *entries], 0, lambda name: name or "The embedder of this installation",
        key=f"{key}:maker", help="An embedding model of the catalogue; one that answers in chats makes no vectors.",
    )  # fmt: skip
    if name is not None:
        priced = workspace().engine.gateway.priced(entries[name])
        tokens = sum(map(estimate_tokens, dict.fromkeys(table.queries)))
        cost = cost_text(priced.cost_usd(Usage(input_tokens=tokens))) if priced.price else "an unknown price"
        st.caption(plain(f"About {tokens:,} tokens for {cost}; vectors that are kept already cost nothing."))
    return name


def _draw_strategy(cls: type[LearnedStrategy], key: str) -> LearnedStrategy | None:
    text = inspect.getdoc(cls) or ""
    body, _, source = text.partition("Source:")
    with st.expander(cls.title, icon=":material/tune:", key=key):
        st.caption(plain(" ".join(body.split())))
        if source:
            st.caption(f"Source: {plain(' '.join(source.split()))}")
        if cls.unreproduced:
            st.caption(f"Not reproduced: {plain(cls.unreproduced)}")
        filled = draw_form(cls, {}, key=f"{key}:form", choices=Choices())
        if filled.errors:
            return None
        try:
            strategy = cls.model_validate(filled.values)
        except ValidationError:
            return None
        if strategy.needs_space:
            st.caption(VECTORS.capitalize())
    return strategy


def _problems(strategies: dict[str, LearnedStrategy], chosen: Sequence[str], models: Sequence[str]) -> list[str]:
    problems = []
    if len(models) < 2:
        problems.append("Choose at least two models; with one there is nothing to route.")
    if not chosen:
        problems.append("Choose at least one strategy.")
    if len(strategies) < len(chosen):
        problems.append("A setting of a strategy is wrong; see the red line in its form.")
    return problems
