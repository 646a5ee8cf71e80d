"""The dialog that buys missing cells: which, of which models, by which right answers, and for how much at most."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import streamlit as st

from app.figure import cost_text
from app.form.form import draw_form
from app.outcome.fill_job import FillOrder
from app.outcome.filling import examples_by_row
from app.plain import plain
from app.routing.table_shelf import TableEntry, table_of
from app.state import choices
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import RouteloomError
from pipelines.outcome.missing import Cells, FillPlan, plan_fill
from pipelines.outcome.table import OutcomeTable
from pipelines.scorer_choice import suggest_scorers
from pipelines.scorers import scorer_kinds

ABOUT: Final = (
    "The chosen models are asked just these questions, and their answers are scored by the right answers of a data set."
    " The table gets a new version; the old one stays."
)
NOT_ASKED: Final = "Leave it out"
NO_TASK: Final = "–"
PRICE_FROM: Final = {"catalogue": "catalogue", "recorded": "recorded costs", "unknown": "not known"}


@st.dialog("Fill missing cells", width="large")
def draw_fill(space: Workspace, entry: TableEntry) -> None:
    """Draws the dialog."""
    draw_fill_form(space, entry)


def draw_fill_form(space: Workspace, entry: TableEntry) -> None:
    """Draws the way from missing cells to a filling, and starts it."""
    table, key = table_of(space, entry.reference), f"fill:{entry.card.name}"
    st.caption(ABOUT)
    whole = _plan(space, entry.reference, (), _prices(space))
    cells = _draw_parts(table, whole, key)
    models = [table.models[column] for column in np.unique(cells[:, 1]).tolist()]
    aliases = _draw_models(space, models, key)
    examples, scorer = _draw_scoring(space, entry, key)
    asked = _plan(space, entry.reference, tuple(sorted(aliases.items())), _prices(space))
    plan, lacking = _chosen(asked, cells, set(aliases), examples_by_row(table, _rows(cells), examples))
    if lacking:
        st.warning(
            f"{lacking:,} of the chosen cells are left out: their questions are not in that data set.",
            icon=":material/rule:",
        )
    plan, budget_usd = _draw_limits(plan, key)
    wrong = scorer is None or not len(plan.cells)
    if plan.unpriced and len(plan.cells):
        st.caption(plain(f"Prices are not known of {', '.join(plan.unpriced)}; what they cost comes on top."))
    if not st.button(_told(plan), key="fill:start", type="primary", icon=":material/shopping_cart:", disabled=wrong):
        return
    order = FillOrder(
        name=entry.card.name,
        table=table,
        plan=plan,
        examples=tuple(examples),
        scorer=scorer or {},
        about={"title": entry.card.title, "source": entry.card.source, "licence": entry.card.licence},
        aliases=aliases,
        budget_usd=budget_usd,
    )
    try:
        space.fillings.start(order)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


@st.cache_resource(max_entries=8, show_spinner="Pricing the missing cells …")
def _plan(_space: Workspace, reference: str, aliases: tuple[tuple[str, str], ...], prices: str) -> FillPlan:
    """Returns what filling every missing cell takes; another `prices` works it out again."""
    del prices
    return plan_fill(table_of(_space, reference), _space.catalogue, aliases=dict(aliases))


def _prices(space: Workspace) -> str:
    return repr([(entry.name, entry.price) for entry in space.catalogue])


def _draw_parts(table: OutcomeTable, plan: FillPlan, key: str) -> Cells:
    """Draws the missing cells by model and task and returns those of the chosen lines, all where none is chosen."""
    parts: dict[tuple[int, str], list[int]] = {}
    for place, (row, column) in enumerate(plan.cells.tolist()):
        parts.setdefault((column, table.tasks[row]), []).append(place)
    parts = dict(sorted(parts.items()))
    lines = [
        {
            "Model": table.models[column],
            "Task": task or NO_TASK,
            "Missing": len(places),
            "About USD": None if math.isnan(cost := float(plan.cost_usd[places].sum())) else cost,
            "Price from": PRICE_FROM[plan.sources[table.models[column]]],
        }
        for (column, task), places in parts.items()
    ]
    shape = {"About USD": st.column_config.NumberColumn(format="%.4g", help="Expected, at list price")}
    height = min(38 + 35 * len(lines), 283)
    picked = st.dataframe(
        lines, column_config=shape, hide_index=True, height=height, key=f"{key}:parts", on_select="rerun",
        selection_mode="multi-row",
    )  # fmt: skip
    chosen = picked["selection"]["rows"] if picked else []
    st.caption("Choose lines to fill only these; without a choice all are filled.")
    if not chosen:
        return plan.cells
    own = list(parts.values())
    taken = np.array(sorted(place for line in chosen for place in own[line]), dtype=np.intp)
    return np.asarray(plan.cells[taken], dtype=np.intp)


def _draw_models(space: Workspace, models: Sequence[str], key: str) -> dict[str, str]:
    """Draws who is asked for models that the catalogue knows by no such name, and returns whom to ask for each."""
    known = {entry.name: entry.name for entry in space.catalogue} | {
        entry.target: entry.name for entry in space.catalogue
    }
    strangers = [model for model in models if model not in known]
    aliases = {model: known[model] for model in models if model in known}
    if not strangers:
        return aliases
    options = [NOT_ASKED, *(entry.name for entry in space.catalogue)]
    with st.expander(
        f"{len(strangers)} of {len(models)} models are not in the catalogue", icon=":material/smart_toy:", expanded=True
    ):
        st.caption("Say who is asked for each, or add it on the page of models first.")
        columns = st.columns(2)
        for place, model in enumerate(strangers):
            with columns[place % 2]:
                found = st.selectbox(model, options, key=f"{key}:as:{model}")
            if found != NOT_ASKED:
                aliases[model] = found
    return aliases


def _draw_scoring(space: Workspace, entry: TableEntry, key: str) -> tuple[Sequence[Example], Mapping[str, Any] | None]:
    """Draws the choice of the data set and the scorer; the latter is None where it cannot be used."""
    infos = {info.name: info for info in space.storage.data_sets.list()}
    likely, recorded = _origin(space, entry)
    names = list(infos)
    left, right = st.columns(2)
    with left:
        name = st.selectbox(
            "Data set with the right answers", names, names.index(likely) if likely in infos else 0,
            lambda found: f"{infos[found].title or found} · {infos[found].examples:,} rows", key=f"{key}:data",
            help="Questions are found by their id or their text. Import the data set on the page of data.",
        )  # fmt: skip
    examples = _examples(space, name, infos[name].version)
    suggested = [scorer.model_dump(mode="json") for scorer in suggest_scorers(examples)]
    first = recorded if recorded and name == likely else suggested[0]
    kinds = {kind: cls for kind, cls in scorer_kinds().items() if cls.need != "person"}
    order = list(dict.fromkeys([str(first["kind"]), *(str(each["kind"]) for each in suggested), *kinds]))
    with right:
        kind = st.selectbox(
            "Scorer", [each for each in order if each in kinds], 0, lambda each: kinds[each].title,
            key=f"{key}:scorer:{name}", help="Use the one that made the other scores of the table.",
        )  # fmt: skip
    config = {field: value for field, value in first.items() if field != "kind"} if kind == first["kind"] else {}
    if set(kinds[kind].model_fields) == {"kind"}:
        return examples, {"kind": kind}
    with st.expander(f"{kinds[kind].title} · settings", icon=":material/tune:", key=f"{key}:settings:{kind}"):
        filled = draw_form(kinds[kind], config, key=f"{key}:scorer:{name}:{kind}", choices=choices())
    return examples, None if filled.errors else {"kind": kind, **filled.values}


def _origin(space: Workspace, entry: TableEntry) -> tuple[str, Mapping[str, Any] | None]:
    """Returns the data set that the table was likely made of, and the scorer where its experiment is known."""
    words = entry.card.source.replace("experiment:", "Experiment ").split()
    known = {info.id for info in space.storage.experiments.list()}
    if words[:1] == ["Experiment"] and words[-1] in known:
        experiment = space.storage.experiments.get(words[-1])
        return experiment.data_set, next(iter(experiment.scorers), None)
    return entry.card.name, None


@st.cache_resource(max_entries=2, show_spinner="Reading the data set …")
def _examples(_space: Workspace, name: str, version: int) -> tuple[Example, ...]:
    return _space.storage.data_sets.get(name, version).examples


def _chosen(plan: FillPlan, cells: Cells, models: set[str], examples: Mapping[int, Example]) -> tuple[FillPlan, int]:
    """Returns the plan of the chosen cells that can be filled, and how many cannot for want of an example."""
    wanted = {(row, column) for row, column in cells.tolist() if plan.models[column] in models}
    kept = [
        place for place, cell in enumerate(map(tuple, plan.cells.tolist())) if cell in wanted and cell[0] in examples
    ]
    found = np.array(kept, dtype=np.intp)
    taken = {plan.models[column] for column in np.unique(plan.cells[found, 1]).tolist()}
    sources = {model: source for model, source in plan.sources.items() if model in taken}
    smaller = replace(plan, cells=plan.cells[found], cost_usd=plan.cost_usd[found], sources=sources)
    return smaller, len(wanted) - len(kept)


def _draw_limits(plan: FillPlan, key: str) -> tuple[FillPlan, float | None]:
    """Draws how many cells and how much money at most, and returns the plan with so many of its first cells."""
    left, right = st.columns(2)
    with left:
        most = st.number_input(
            "Most cells", 1, None, None, key=f"{key}:most", placeholder="all", help="The first ones are filled."
        )
    with right:
        budget_usd = st.number_input(
            "Most that all calls may cost, USD", 0.0, None, None, 1.0, "%g", key=f"{key}:budget",
            placeholder="no limit",
            help="No call is begun with which it could be exceeded. What is bought by then is kept.",
        )  # fmt: skip
    if budget_usd is not None and budget_usd < plan.total_usd:
        st.caption(
            f"The expected cost is {cost_text(plan.total_usd)}: some cells will stay missing.".replace("$", "\\$")
        )
    if most is None:
        return plan, budget_usd
    count = int(most)
    return replace(plan, cells=plan.cells[:count], cost_usd=plan.cost_usd[:count]), budget_usd


def _told(plan: FillPlan) -> str:
    """Returns what the button says, such as `Fill 37 cells for about $0.21`."""
    count = len(plan.cells)
    cells = "1 cell" if count == 1 else f"{count:,} cells"
    money = "" if not count or np.isnan(plan.cost_usd).all() else f" for about {cost_text(plan.total_usd)}"
    return f"Fill {cells}{money}".replace("$", "\\$")


def _rows(cells: Cells) -> list[int]:
    return [int(row) for row in np.unique(cells[:, 0])]
