"""Whether the scorers agree with the labels of people: Cohen's kappa for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from app.experiment.summary import results_of
from app.workspace import Workspace
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.results import Results
from pipelines.experiment.scoring import scorer_names
from pipelines.scorers.human import Human
from pipelines.statistics.agreement import kappa, levels
from pipelines.statistics.measure import METRICS, Measure, measure


def agreement(judge: Results, person: Results) -> tuple[Measure, float | None]:
    """Returns kappa of two scorers on the rows that both scored, and how often they agree; scores part at 0.5."""
    both = ~np.isnan(judge.score) & ~np.isnan(person.score) & (judge.status == 0)
    one, other = levels(judge.score[both]), levels(person.score[both])
    share = float(np.mean(one == other)) if len(one) else None
    return measure("agreement", kappa(one, other, 2), f"{len(one):,} labelled answers, scores part at 0.5"), share


def draw_agreement(space: Workspace, experiment: Experiment, stamp: str, people: Mapping[str, Human]) -> None:
    """Draws a line for each scorer that is no person."""
    judges = [name for name in scorer_names(experiment.scorers) if name not in people]
    if not judges:
        st.caption("Add a scorer such as the LLM judge to the experiment, and its agreement with you shows here.")
        return
    lines: list[dict[str, Any]] = []
    for person in people:
        labels = results_of(space, experiment.id, stamp, person)
        for judge in judges:
            found, share = agreement(results_of(space, experiment.id, stamp, judge), labels)
            lines.append(
                {
                    "Scorer": judge,
                    "Kappa": found.value,
                    "95 % interval": _interval(found),
                    "Agree": share,
                    "Labelled answers": found.n,
                    "Told": found.explanation,
                }
            )
    known = METRICS["agreement"]
    st.markdown(f"**{known.title}** · {known.unit}")
    number = st.column_config.NumberColumn
    shape = {
        "Kappa": number(format="%.2f", help=f"{known.formula}. {known.source}"),
        "Agree": number(format="percent", help="How often both say right, or both say wrong"),
        "Told": st.column_config.TextColumn("What it is made of", width="large"),
    }
    st.dataframe(lines, column_config=shape, hide_index=True, key="x:agreement")


def _interval(found: Measure) -> str:
    return "" if found.low is None or found.high is None else f"{found.low:.2f} to {found.high:.2f}"
