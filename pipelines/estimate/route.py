"""Which ways the nodes of a pipeline take in every draw: by a dry run, by past runs, or by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from pipelines.estimate.draw import Bools, Dice, Floats, Ints
from pipelines.estimate.history import History, Sample
from pipelines.node import Port
from pipelines.plan import Step
from pipelines.value import ModelChoice

OWN_MODEL: Final = -1


class Outcome(NamedTuple):
    """Is a way a node can go: the ports that it fires, and the model that it chooses for others."""

    ports: tuple[str, ...]
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """Holds how routers decided when they were tried on the first `count` examples, without asking a model.

    Attributes:
        outcomes: by contender label and node id, for each of these examples; None where the node was not reached.
    """

    count: int = 0
    outcomes: Mapping[str, Mapping[str, tuple[Outcome | None, ...]]] = field(default_factory=dict)

    def of(self, label: str) -> Mapping[str, tuple[Outcome | None, ...]]:
        """Returns the decisions in one pipeline by node id."""
        return self.outcomes.get(label, {})


@dataclass(frozen=True, slots=True)
class Route:
    """Is what a node fires where it runs.

    Attributes:
        fired: by port, arrays (worlds, rows); a port that is absent never fires.
        models: the models it may choose; `chosen` indexes them, `OWN_MODEL` where it chose none.
        decides: whether there was anything to decide.
    """

    fired: Mapping[str, Bools]
    models: tuple[str, ...] = ()
    chosen: Ints | None = None
    source: str = ""
    decides: bool = False


class Router:
    """Draws routes so that decisions which were made together stay together."""

    def __init__(
        self,
        dice: Dice,
        history: History,
        decisions: Mapping[str, tuple[Outcome | None, ...]],
        examples: Ints,
        default_model: str | None,
    ) -> None:
        """Takes what is known; `examples` says for every draw which example it is, an array (worlds, rows)."""
        self._dice = dice
        self._history = history
        self._decisions = decisions
        self._examples = examples
        self._default_model = default_model
        self._runs: dict[str, int] = {}
        self._picked: Ints | None = None

    def meet(self, steps: Sequence[Step]) -> None:
        """Draws for every row the past run after which it goes, weighing the runs anew in every world.

        Source: the Bayesian bootstrap (Rubin, 1981).
        """
        runs = {sample.run for step in steps if decides(step) for sample in self._history.of(step.spec)}
        self._runs = {run: place for place, run in enumerate(sorted(runs))}
        if not runs:
            return
        rng = self._dice.rng("runs")
        weights = rng.exponential(size=(self._dice.worlds, len(runs)))
        edges = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
        edges[:, -1] = 1.0
        worlds = np.arange(self._dice.worlds, dtype=np.float64)[:, None]
        found = np.searchsorted((edges + worlds).ravel(), (rng.random(self._dice.shape) + worlds).ravel(), side="right")
        places = found.reshape(self._dice.shape) - np.arange(self._dice.worlds)[:, None] * len(runs)
        self._picked = np.clip(places, 0, len(runs) - 1)

    def route(self, step: Step) -> Route:
        """Returns the ways that the node takes."""
        everywhere = np.ones(self._dice.shape, dtype=np.bool_)
        if step.detour is not None:
            return Route({step.detour.output.name: everywhere})
        if step.spec.pinned is not None:
            return Route(dict.fromkeys(step.spec.pinned, everywhere))
        if not decides(step):
            return Route({port.name: everywhere for port in step.node.output_ports()})
        tried = self._decisions.get(step.spec.id, ())
        known = [outcome for outcome in tried if outcome is not None]
        samples = self._history.of(step.spec)
        if known:
            return self._tried(step, tried, known)
        ways = possible(step)
        if samples:
            return self._as_before(step, ways, samples)
        return self._by_chance(step, ways)

    def _tried(self, step: Step, tried: Sequence[Outcome | None], known: Sequence[Outcome]) -> Route:
        ways = list(dict.fromkeys(known))
        codes = {outcome: code for code, outcome in enumerate(ways)}
        marginal = np.array([codes[outcome] for outcome in known])
        rng = self._dice.rng(f"route/{step.spec.id}")
        chosen = marginal[rng.integers(0, len(marginal), self._dice.shape)]
        of_example = np.array([-1 if outcome is None else codes[outcome] for outcome in tried])
        exact = of_example[np.minimum(self._examples, len(tried) - 1)]
        is_tried = (self._examples < len(tried)) & (exact >= 0)
        return self._routed(step, ways, np.where(is_tried, exact, chosen), f"dry run of {len(known)} examples")

    def _as_before(self, step: Step, possible_ways: Sequence[Outcome], samples: Sequence[Sample]) -> Route:
        side = _side_ports(step)
        seen = [_outcome(sample, side) for sample in samples]
        ways = list(dict.fromkeys((*possible_ways, *seen)))
        codes = {outcome: code for code, outcome in enumerate(ways)}
        rng = self._dice.rng(f"route/{step.spec.id}")
        marginal = np.array([codes[outcome] for outcome in seen])
        chosen = marginal[rng.integers(0, len(marginal), self._dice.shape)]
        if self._picked is not None:
            of_run = np.full(len(self._runs), -1)
            for sample, outcome in zip(samples, seen, strict=True):
                of_run[self._runs[sample.run]] = codes[outcome]
            together = of_run[self._picked]
            chosen = np.where(together >= 0, together, chosen)
        # One more run than there was, which went each way alike: nothing is impossible for not having happened yet.
        unseen = rng.random(self._dice.shape) < 1.0 / (len(samples) + 1)
        chosen = np.where(unseen, rng.integers(0, len(possible_ways), self._dice.shape), chosen)
        return self._routed(step, ways, chosen, f"history n={len(samples)}")

    def _by_chance(self, step: Step, ways: Sequence[Outcome]) -> Route:
        rng = self._dice.rng(f"route/{step.spec.id}")
        shares = np.cumsum(rng.dirichlet(np.ones(len(ways)), self._dice.worlds), axis=1)
        drawn = rng.random(self._dice.shape)
        chosen = np.minimum((drawn[:, :, None] >= shares[:, None, :]).sum(axis=2), len(ways) - 1)
        return self._routed(step, ways, chosen, f"default: {_alike(len(ways))}")

    def _routed(self, step: Step, ways: Sequence[Outcome], chosen: Ints, source: str) -> Route:
        masks = [chosen == code for code in range(len(ways))]
        fired: dict[str, Bools] = {}
        for port in dict.fromkeys(port for way in ways for port in way.ports):
            fired[port] = np.any([mask for mask, way in zip(masks, ways, strict=True) if port in way.ports], axis=0)
        everywhere = np.ones(self._dice.shape, dtype=np.bool_)
        fired |= dict.fromkeys(_side_ports(step), everywhere)
        models = tuple(dict.fromkeys(way.choice or self._default_model or "" for way in ways if _chooses(way)))
        if not models:
            return Route(fired, source=source, decides=True)
        table = [models.index(way.choice or self._default_model or "") if _chooses(way) else OWN_MODEL for way in ways]
        return Route(fired, models, np.array(table)[chosen], source, decides=True)


_DEFAULT: Final = ""
"""Stands for the default model as the choice of a router."""


def decides(step: Step) -> bool:
    """Says whether the node has ways to choose between: several ports, or a model for others."""
    ports = _ways_out(step)
    return len(ports) > 1 or any(port.type == ModelChoice.type_name() for port in ports)


def possible(step: Step) -> tuple[Outcome, ...]:
    """Returns the ways of a node that decides, as far as they are known beforehand.

    A chooser that names no models is taken to leave the choice as it is.
    """
    found: list[Outcome] = []
    for port in _ways_out(step):
        if port.type == ModelChoice.type_name():
            names = dict.fromkeys(step.node.model_names())
            found += [Outcome((port.name,), name or _DEFAULT) for name in names] or [Outcome((port.name,))]
        else:
            found.append(Outcome((port.name,)))
    return tuple(found)


def _ways_out(step: Step) -> tuple[Port, ...]:
    if not step.spec.executes or step.spec.pinned is not None:
        return ()
    return tuple(port for port in step.node.output_ports() if port.required)


def _alike(count: int) -> str:
    return f"{count} ways alike" if count > 1 else "what it chooses is unknown"


def _chooses(way: Outcome) -> bool:
    return way.choice is not None


def _side_ports(step: Step) -> tuple[str, ...]:
    return tuple(port.name for port in step.node.output_ports() if not port.required)


def _outcome(sample: Sample, side: Sequence[str]) -> Outcome:
    return Outcome(tuple(port for port in sample.ports if port not in side), sample.choice)


def share_of(mask: Bools, among: Bools) -> float:
    """Returns how often the first holds where the second does, 0 where it never does."""
    count = int(among.sum())
    return float((mask & among).sum()) / count if count else 0.0


def mean_where(values: Floats, mask: Bools) -> float:
    """Returns the mean of the values where the mask holds, 0 where it never does."""
    return float(values[mask].mean()) if mask.any() else 0.0
