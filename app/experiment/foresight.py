"""What a new experiment will cost and take, with intervals and the source of every number, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from app.experiment.estimation import predicted
from app.figure import cost_text, duration_text
from app.plain import plain
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import RouteloomError
from pipelines.estimate.record import ContenderEstimate, Estimate, Range
from pipelines.experiment.experiment import Contender, ExperimentSettings
from pipelines.scorer import Scorer

UNKNOWN: Final = "unknown"
FRESH_S: Final = 60.0
"""How long an estimate stands; runs that end meanwhile make a better one."""


def draw_foresight(
    space: Workspace,
    contenders: Sequence[Contender],
    chosen: Sequence[Example],
    settings: ExperimentSettings,
    scorers: Sequence[type[Scorer]],
) -> Estimate | None:
    """Draws the estimate and returns it; None where it cannot be made."""
    names = tuple((contender.label, contender.pipeline.content_hash()) for contender in contenders)
    key = (names, hash(tuple((example.id, example.query) for example in chosen)), settings.model_dump_json())
    try:
        found = _estimate(space, tuple(contenders), tuple(chosen), settings, key)
    except RouteloomError as error:
        st.warning(plain(str(error)), icon=":material/help:")
        return None
    st.markdown("**Estimate**")
    cost, wall, rows = st.columns(3)
    cost.metric("Cost at list price", _shown(found.total_cost_usd), help=_range_words(found.total_cost_usd, cost_text))
    wall.metric("Time", duration_text(found.wall_s.p50), help=_range_words(found.wall_s, duration_text))
    parts = [f"{len(chosen):,}", f"{len(contenders)}", *([f"{settings.repeats}"] if settings.repeats > 1 else [])]
    meaning = f"{found.rows:,} rows: questions × pipelines" + (" × repeats" if settings.repeats > 1 else "")
    rows.metric("Rows", " × ".join(parts), help=meaning)
    st.caption(_line(found, settings).replace("$", "\\$"))
    _draw_table(found)
    for part in found.contenders:
        _draw_contender(part)
    judges = [cls.title for cls in scorers if cls.need == "models"]
    if judges:
        st.caption(plain(f"{' and '.join(judges)}: its calls come on top and are counted apart."))
    return found


@st.cache_resource(max_entries=16, ttl=FRESH_S, show_spinner="Estimating …")
def _estimate(
    _space: Workspace,
    _contenders: tuple[Contender, ...],
    _chosen: tuple[Example, ...],
    _settings: ExperimentSettings,
    key: tuple[object, ...],
) -> Estimate:
    del key
    return predicted(_space, _contenders, _chosen, _settings)


def _draw_table(found: Estimate) -> None:
    lines: list[dict[str, Any]] = [
        {
            "Pipeline": part.label,
            "A row costs": _words(part.row_cost_usd, cost_text),
            "All rows cost": _words(part.total_cost_usd, cost_text),
            "A row takes": _words(part.row_latency_s, duration_text),
            "95 % within": duration_text(part.row_latency_s.p95),
            "From history": part.basis,
        }
        for part in found.contenders
    ]
    share = st.column_config.NumberColumn(format="percent", help="The part that comes from past runs")
    st.dataframe(lines, column_config={"From history": share}, hide_index=True, key="x:estimate")


def _draw_contender(part: ContenderEstimate) -> None:
    with st.expander(f"{plain(part.label, 60)}, node by node", icon=":material/account_tree:"):
        lines: list[dict[str, Any]] = [
            {
                "Node": node.title or node.node_id,
                "Runs in": node.active,
                "because of": node.active_source,
                "Cost of a run": _words(node.cost_usd, cost_text) if node.output_tokens else "",
                "Tokens from": node.token_source,
                "Time": _words(node.latency_s, duration_text),
                "from": node.latency_source,
                "Critical": node.critical_share,
            }
            for node in part.nodes
        ]
        number = st.column_config.NumberColumn
        shape = {"Runs in": number(format="percent"),
                 "Critical": number(format="percent", help="How often it lies on the critical path")}  # fmt: skip
        st.dataframe(lines, column_config=shape, hide_index=True, key=f"x:estimate:{part.label}")
        for sentence in (*(router.sentence for router in part.routers), *part.notes):
            st.markdown(f"- {plain(sentence)}")


def _line(found: Estimate, settings: ExperimentSettings) -> str:
    parts = [
        f"In nine cases of ten: cost {_words(found.total_cost_usd, cost_text)}",
        _words(found.wall_s, duration_text),
    ]
    unpriced = sorted({name for part in found.contenders for name in part.unpriced})
    if unpriced:
        parts.append(f"at least {cost_text(found.at_least_usd)}; no price is known for {', '.join(unpriced)}")
    if any(part.notional for part in found.contenders):
        parts.append("prices of embedded models are notional: nobody sends a bill")
    if found.dry_run_examples:
        parts.append(f"routers were tried on {found.dry_run_examples:,} examples")
    limit, whole = settings.budget_usd, found.total_cost_usd
    if limit is not None and whole is not None and whole.p95 > limit:
        parts.append(f"the budget of {cost_text(limit)} may end it early")
    return " · ".join(parts)


def _shown(found: Range | None) -> str:
    return UNKNOWN if found is None else cost_text(found.mean).replace("$", "\\$")


def _words(found: Range | None, write: Any) -> str:
    if found is None:
        return UNKNOWN
    return f"{write(found.p05)} to {write(found.p95)}"


def _range_words(found: Range | None, write: Any) -> str:
    if found is None:
        return "A price is unknown"
    told = f"Mean {write(found.mean)}, median {write(found.p50)}; nine cases of ten: {_words(found, write)}"
    return told.replace("$", "\\$")
