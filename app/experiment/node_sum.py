"""Adds up what the nodes did in the runs of an experiment, of a sample of the runs where there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from app.charts.node_use import NodeUse
from app.charts.thinning import ranks
from app.workspace import Workspace
from pipelines.experiment.experiment import Experiment, Row
from pipelines.run import Run, Span
from storage.experiment_page import RowFilter

MOST_RUNS: Final = 200


def runs_of(
    space: Workspace, experiment: Experiment, stamp: str, contender: int, places: Sequence[int]
) -> tuple[tuple[Row, Run], ...]:
    """Returns rows of a pipeline with their runs, at most 200 examples of these places, evenly spread."""
    chosen = tuple(places[rank] for rank in ranks(len(places), MOST_RUNS).tolist())
    return _runs(space, experiment.id, stamp, contender, chosen)


def node_uses(space: Workspace, experiment: Experiment, stamp: str, places: Sequence[int]) -> tuple[NodeUse, ...]:
    """Returns what each node of each pipeline did in these runs."""
    found: list[NodeUse] = []
    for place, contender in enumerate(experiment.contenders):
        spans: dict[str, list[Span]] = defaultdict(list)
        for _, run in runs_of(space, experiment, stamp, place, places):
            for span in run.spans:
                if span.status in ("done", "failed"):
                    spans[span.node_id].append(span)
        found += [_use(contender.label, node_id, own) for node_id, own in spans.items() if _counts(own)]
    return tuple(found)


def _use(label: str, node_id: str, spans: Sequence[Span]) -> NodeUse:
    seconds = [span.latency_s for span in spans if not span.totals.cached_calls] or [span.latency_s for span in spans]
    return NodeUse(
        contender=label,
        node_id=node_id,
        title=spans[0].title,
        runs=len(spans),
        calls=sum(span.totals.calls for span in spans),
        list_cost_usd=sum(span.totals.list_cost_usd for span in spans),
        mean_latency_s=float(np.mean(seconds)),
        p95_latency_s=float(np.quantile(seconds, 0.95)),
    )


def _counts(spans: Sequence[Span]) -> bool:
    """Says whether a node is worth a bar: question and answer nodes take no time and cost nothing."""
    return any(span.totals.calls or span.latency_s > 0.001 for span in spans)


@st.cache_resource(max_entries=8, show_spinner="Reading the traces …")
def _runs(
    _space: Workspace, experiment_id: str, stamp: str, contender: int, places: tuple[int, ...]
) -> tuple[tuple[Row, Run], ...]:
    del stamp
    found = []
    stored = _space.storage
    for place in places:
        page = stored.experiments.rows(experiment_id, RowFilter(contender=contender, example=place), limit=1)
        for row in page.rows:
            run = stored.runs.run(row.run_id) if row.run_id else None
            if run is not None:
                found.append((row, run))
    return tuple(found)
