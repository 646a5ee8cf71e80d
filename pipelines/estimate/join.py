"""When the inputs of a node are there, in every draw at once: the join rules of the engine on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.estimate.draw import Bools, Floats, Ints
from pipelines.estimate.route import Route
from pipelines.estimate.work import Work
from pipelines.plan import Inlet, Step

NOBODY = -1


@dataclass(slots=True)
class Trace:
    """Is what happens to one node in every draw, as arrays (worlds, rows).

    Attributes:
        place: its place in the order of the walk; `after` holds places, `NOBODY` where it waited for nobody.
        settled_s: when those behind it know what came of it, also where it did not run.
        sizes: tokens of what it fires, by port.
    """

    place: int
    step: Step
    work: Work
    route: Route
    ran: Bools
    start_s: Floats
    settled_s: Floats
    after: Ints
    sizes: Mapping[str, Floats] = field(default_factory=dict)

    def fires(self, port: str) -> Bools:
        """Returns where it fires the port."""
        found = self.route.fired.get(port)
        return np.zeros_like(self.ran) if found is None else found & self.ran


@dataclass(frozen=True, slots=True)
class Arrived:
    """Is what an inlet gets: when that is settled, after whom, whether anything came and how many tokens it has."""

    inlet: Inlet
    at_s: Floats
    after: Ints
    filled: Bools
    tokens: Floats


@dataclass(frozen=True, slots=True)
class Start:
    """Says where a node runs, from when (or when it is known that it does not) and after whom."""

    ran: Bools
    at_s: Floats
    after: Ints


def arrived(inlet: Inlet, traces: Mapping[str, Trace]) -> Arrived:
    """Returns what an inlet with edges gets by its join rule."""
    sources = [traces[edge.source] for edge in inlet.edges]
    fired = np.stack([trace.fires(edge.source_port) for trace, edge in zip(sources, inlet.edges, strict=True)])
    settled_s = np.stack([trace.settled_s for trace in sources])
    sizes = np.stack([_size(trace, edge.source_port) for trace, edge in zip(sources, inlet.edges, strict=True)])
    places = np.array([trace.place for trace in sources])
    last = np.argmax(settled_s, axis=0) if len(sources) > 1 else np.zeros(settled_s.shape[1:], dtype=np.intp)
    at_s = np.take_along_axis(settled_s, last[None], axis=0)[0]
    if inlet.join.rule == "all_taken" or not inlet.port.many:
        return Arrived(
            inlet,
            at_s,
            places[last],
            np.asarray(fired.any(axis=0), dtype=np.bool_),
            np.where(fired, sizes, 0.0).sum(axis=0),
        )
    needed = inlet.join.k or 1
    enough = fired.sum(axis=0) >= needed
    times_s = np.where(fired, settled_s, np.inf)
    order = np.argsort(times_s, axis=0, kind="stable")
    kth = order[min(needed, len(sources)) - 1]
    kth_s = np.take_along_axis(times_s, kth[None], axis=0)[0]
    taken = fired & (np.argsort(order, axis=0) < needed)
    return Arrived(
        inlet,
        np.where(enough, kth_s, at_s),
        np.where(enough, places[kth], places[last]),
        enough,
        np.where(taken, sizes, 0.0).sum(axis=0),
    )


def start_of(step: Step, arrivals: Sequence[Arrived], shape: tuple[int, int]) -> Start:
    """Returns where and when a node starts, by what arrives on its connected inlets."""
    connected = {arrival.inlet.port.name for arrival in arrivals}
    pinned = step.spec.pinned is not None
    lacks = any(inlet.port.required and inlet.port.name not in connected for inlet in step.inlets) and not pinned
    dead = not step.spec.executes and step.detour is None
    ran = np.full(shape, not lacks and not dead)
    if not arrivals:
        return Start(ran, np.zeros(shape), np.full(shape, NOBODY))
    at_s = np.stack([arrival.at_s for arrival in arrivals])
    after = np.stack([arrival.after for arrival in arrivals])
    filled = np.stack([arrival.filled for arrival in arrivals])
    ran &= filled.any(axis=0)
    needed = np.array([arrival.inlet.port.required and not pinned for arrival in arrivals])[:, None, None]
    stops = needed & ~filled
    ran &= ~stops.any(axis=0)
    # A node that cannot run is known to be silent as soon as the first input that it needs has stayed away.
    stopped = stops.any(axis=0)
    if len(arrivals) == 1:
        return Start(ran, at_s[0], after[0])
    which = np.where(stopped, np.argmin(np.where(stops, at_s, np.inf), axis=0), np.argmax(at_s, axis=0))
    picked = which[None]
    return Start(ran, np.take_along_axis(at_s, picked, axis=0)[0], np.take_along_axis(after, picked, axis=0)[0])


def overtake(join: Trace, others: Sequence[Trace]) -> None:
    """Stops what a join of the rule `first` no longer needs; what was asked by then is paid."""
    for other in others:
        late = join.ran & (other.settled_s > join.start_s)
        other.ran &= ~(late & (other.start_s >= join.start_s))
        other.settled_s = np.where(late, join.start_s, other.settled_s)


def _size(trace: Trace, port: str) -> Floats:
    found = trace.sizes.get(port)
    return np.zeros(trace.ran.shape) if found is None else found
