"""How long a whole experiment takes, with so many rows at a time and so many calls of each model at a time."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from pipelines.catalogue import Catalogue
from pipelines.error import ConfigurationError
from pipelines.estimate.draw import Floats
from pipelines.estimate.walk import Walked

MOST_SCHEDULED: Final = 10_000
FEWEST_WORLDS: Final = 40


def wall_times(walks: Sequence[Walked], rows: int, concurrency: int, catalogue: Catalogue) -> Floats:
    """Returns the seconds from the first row to the last in some worlds; `rows` are those of each pipeline.

    Rows are taken up in the order of the runner: each example meets all pipelines before the next one comes.

    Source: list scheduling (Graham, 1969) of the drawn rows; beyond these, whole rounds are added.
    """
    drawn_worlds, drawn = walks[0].latency_s.shape
    worlds = min(drawn_worlds, max(FEWEST_WORLDS, MOST_SCHEDULED // (drawn * len(walks))))
    latency_s = np.stack([walked.latency_s[:worlds] for walked in walks], axis=2).reshape(worlds, -1)
    # Idle places at the end come once, however many rows there are.
    more = max(0.0, rows / drawn - 1.0) * latency_s.sum(axis=1) / concurrency
    scheduled = np.array([scheduled_s(row.tolist(), concurrency) for row in latency_s])
    return np.asarray(np.maximum(scheduled + more, _busiest(walks, worlds, rows / drawn, catalogue)))


def scheduled_s(durations_s: Sequence[float], places: int) -> float:
    """Returns when the last of these is done, each taken up in turn as soon as one of the places is free."""
    ends_s = [0.0] * min(places, max(1, len(durations_s)))
    for duration_s in durations_s:
        heapq.heapreplace(ends_s, ends_s[0] + duration_s)
    return max(ends_s)


def _busiest(walks: Sequence[Walked], worlds: int, times: float, catalogue: Catalogue) -> Floats:
    """Returns the time that the most wanted model needs by itself, with all the calls that it may have at a time."""
    busy: dict[str, Floats] = defaultdict(lambda: np.zeros(worlds))
    for walked in walks:
        for trace in walked.traces:
            if trace.work.model:
                calls = np.maximum(trace.work.calls[:worlds], 1.0) if trace.work.parallel else 1.0
                seconds = trace.work.latency_s[:worlds] * trace.ran[:worlds]
                busy[trace.work.model] += (seconds * calls).sum(axis=1)
    needed = [np.zeros(worlds)]
    for name, total_s in busy.items():
        try:
            needed.append(times * total_s / catalogue.entry(name).max_concurrency)
        except ConfigurationError:
            continue
    return np.asarray(np.max(needed, axis=0))
