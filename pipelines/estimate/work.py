"""What one node does by itself: its tokens, cost and time in every draw, by its history or its configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from pipelines.catalogue import TOKENS_PER_MTOK, Catalogue, ModelEntry, estimate_tokens
from pipelines.error import ConfigurationError
from pipelines.estimate.draw import Dice, Floats, guessed, learned, slowest_of
from pipelines.estimate.history import History, Sample
from pipelines.estimate.speed import Speed, fit_speed
from pipelines.expected_calls import ExpectedCalls
from pipelines.plan import Step

ANSWER_TOKENS: Final = 300.0
ANSWER_SD: Final = 0.55
"""Spread of the logarithm that makes 300 tokens 300 ± 60 %."""
ANSWER_UNKNOWN_SD: Final = 0.4
PROMPT_SD: Final = 0.15
CAP_SHARE: Final = 0.6
LEAST_SHARE: Final = 0.2
"""Shorter questions leave at least this part of a prompt."""
ENOUGH: Final = 5
"""So many timed runs of a node tell more of its time than the calls of its model."""


@dataclass(frozen=True, slots=True)
class Work:
    """Is what a node does where it runs, as arrays (worlds, rows).

    Attributes:
        calls: of a run of the node; input_tokens, output_tokens: of all its calls together.
        cost_usd: of what has a price; `unpriced` names the rest.
        from_history: whether tokens (or, without any, the time) come from past runs.
        model: the only model that is asked, or empty; `parallel` if its calls are made at the same time.
    """

    calls: Floats
    input_tokens: Floats
    output_tokens: Floats
    cost_usd: Floats
    latency_s: Floats
    unpriced: tuple[str, ...] = ()
    notional: bool = False
    token_source: str = ""
    latency_source: str = ""
    from_history: bool = False
    model: str = ""
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """Is what one model is asked by a node, as arrays (worlds, rows) or numbers."""

    name: str
    entry: ModelEntry | None
    calls: Floats
    input_tokens: Floats
    output_tokens: Floats
    parallel: bool


class Worker:
    """Draws the work of nodes."""

    def __init__(self, dice: Dice, history: History, catalogue: Catalogue, question_tokens: float) -> None:
        """Takes what is known; `question_tokens` is the mean length of the questions to come."""
        self.dice = dice
        self._history = history
        self._catalogue = catalogue
        self._question_tokens = question_tokens
        self._speeds: dict[str, Speed] = {}

    def work(self, step: Step, arriving: Floats, model: str | None = None) -> Work:
        """Returns the work of a node that gets `arriving` tokens; `model` is the one that a router chose for it."""
        expected = step.node.expected_calls()
        if model is not None:
            expected = tuple(each.model_copy(update={"model": model}) for each in expected)
        samples = self._history.of(step.spec)
        names = {self._name(each.model) for each in expected}
        same = [sample for sample in samples if set(sample.models) <= names] if names else list(samples)
        if not expected and not any(sample.calls for sample in same):
            return self._unpaid(step, same)
        known = [sample for sample in same or samples if sample.calls and sample.input_tokens]
        if known:
            return self._as_before(step, expected, same or list(samples), known, timed=bool(same))
        constant = text_tokens(step.node.model_dump(mode="json"))
        return self.declared(step.spec.id, expected, constant + arriving)

    def _unpaid(self, step: Step, samples: Sequence[Sample]) -> Work:
        times_s = _times(samples)
        nothing = np.zeros(self.dice.shape)
        rng = self.dice.rng(f"time/{step.spec.id}")
        latency_s = learned(times_s[:, None], self.dice, rng)[0] if len(times_s) else nothing
        source = f"history n={len(times_s)}" if len(times_s) else "default: it asks no model"
        return Work(nothing, nothing, nothing, nothing, latency_s, latency_source=source, from_history=len(times_s) > 0)

    def _as_before(
        self,
        step: Step,
        expected: Sequence[ExpectedCalls],
        samples: Sequence[Sample],
        known: Sequence[Sample],
        *,
        timed: bool,
    ) -> Work:
        """Returns the work after past runs; where another model was asked then (not `timed`), only its tokens."""
        rng = self.dice.rng(f"work/{step.spec.id}")
        columns = [(s.input_tokens, max(s.output_tokens, 1), max(s.list_cost_usd, 1e-12)) for s in known]
        drawn_in, drawn_out, drawn_usd = learned(np.array(columns, dtype=np.float64), self.dice, rng)
        calls = np.full(self.dice.shape, np.mean([sample.calls for sample in known]))
        shift = calls * (self._question_tokens - np.mean([sample.question_tokens for sample in known]))
        drawn_in = np.maximum(drawn_in + shift, LEAST_SHARE * drawn_in)
        asks = (rng.random(self.dice.shape) < len(known) / len(samples)).astype(np.float64)
        name = self._name(expected[0].model) if expected else ""
        load = Load(name, self._entry(name), calls, drawn_in, drawn_out, bool(expected) and expected[0].parallel)
        several = not expected or len({each.model for each in expected}) > 1
        priced = self._priced_by_all(load, known, drawn_usd) if several else self._priced(load)
        latency_s, latency_source = self._time_as_before(step, known if timed else (), load)
        return replace(
            priced,
            calls=asks * calls,
            input_tokens=asks * drawn_in,
            output_tokens=asks * drawn_out,
            cost_usd=asks * priced.cost_usd,
            latency_s=asks * latency_s,
            token_source=f"history n={len(samples)}",
            latency_source=latency_source,
            from_history=True,
        )

    def _time_as_before(self, step: Step, samples: Sequence[Sample], load: Load) -> tuple[Floats, str]:
        times_s = _times(samples)
        speed = self._speed(load.name)
        if len(times_s) >= ENOUGH or (len(times_s) and not speed.source.startswith("history")):
            rng = self.dice.rng(f"time/{step.spec.id}")
            return learned(times_s[:, None], self.dice, rng)[0], f"history n={len(times_s)}"
        return self._time(step.spec.id, load), speed.source

    def declared(self, place: str, expected: Sequence[ExpectedCalls], prompt_tokens: Floats) -> Work:
        """Returns the work of at least one expected call with prompts of that length; `place` names its luck."""
        rng = self.dice.rng(f"declared/{place}")
        prompt = prompt_tokens * guessed(self.dice, rng, unknown_sd=PROMPT_SD, luck_sd=0.0)
        parts, sources, speeds = [], [], []
        for each in expected:
            name = self._name(each.model)
            entry = self._entry(name)
            counts = rng.integers(each.fewest, each.most, self.dice.shape, endpoint=True).astype(np.float64)
            length = guessed(self.dice, rng, unknown_sd=ANSWER_UNKNOWN_SD, luck_sd=ANSWER_SD)
            cap = each.max_tokens or (entry.max_output_tokens if entry else None) or np.inf
            length = np.minimum(length * (CAP_SHARE * each.max_tokens if each.max_tokens else ANSWER_TOKENS), cap)
            load = Load(name, entry, counts, counts * prompt, counts * length, each.parallel)
            parts.append(replace(self._priced(load), latency_s=self._time(place, load)))
            sources.append(f"declared: up to {each.max_tokens:,} tokens" if each.max_tokens else "default: 300 tokens")
            speeds.append(self._speed(name).source)
        return replace(_together(parts), token_source=_listed(sources), latency_source=_listed(speeds))

    def _priced_by_all(self, load: Load, known: Sequence[Sample], cost_usd: Floats) -> Work:
        """Returns the work of several models at what it cost before, which tells more than how they share tokens."""
        names = tuple(dict.fromkeys(model for sample in known for model in sample.models))
        entries = {name: self._entry(name) for name in names}
        return replace(
            self._priced(load),
            cost_usd=cost_usd,
            unpriced=tuple(name for name, entry in entries.items() if entry is None or entry.price is None),
            notional=any(entry is not None and _is_notional(entry) for entry in entries.values()),
            model="",
        )

    def _priced(self, load: Load) -> Work:
        price = load.entry.price if load.entry else None
        cost_usd = np.zeros(self.dice.shape)
        if price is not None:
            calls = self._history.calls.get(load.name)
            paid_ratio = calls.paid_ratio if calls else 1.0
            usd = load.input_tokens * price.input_usd_per_mtok + load.output_tokens * price.output_usd_per_mtok
            cost_usd = usd * paid_ratio / TOKENS_PER_MTOK
        return Work(
            calls=load.calls,
            input_tokens=load.input_tokens,
            output_tokens=load.output_tokens,
            cost_usd=cost_usd,
            latency_s=np.zeros(self.dice.shape),
            unpriced=() if price else (load.name,),
            notional=bool(price and price.notional),
            model=load.name,
            parallel=load.parallel,
        )

    def _time(self, node_id: str, load: Load) -> Floats:
        """Returns how long the calls take: those at the same time as long as the slowest, the others in turn."""
        speed = self._speed(load.name)
        rng = self.dice.rng(f"time/{node_id}/{load.name}")
        # The true speed of a model is one unknown, wherever it is asked.
        unknown = self.dice.rng(f"speed/{load.name}").standard_normal((self.dice.worlds, 1)) * speed.unknown_sd
        counts = np.maximum(load.calls, 1e-9)
        each_s = speed.median_s(load.input_tokens / counts, load.output_tokens / counts) * np.exp(unknown)
        if load.parallel:
            rounds = np.ceil(load.calls / (load.entry.max_concurrency if load.entry else 1_000_000))
            return np.asarray(rounds * each_s * np.exp(speed.sd * slowest_of(load.calls, rng)))
        # The mean of a sum of n log-normal numbers, and about its spread.
        many = np.maximum(load.calls, 1.0)
        luck = rng.standard_normal(self.dice.shape) * speed.sd / np.sqrt(many)
        return np.asarray(load.calls * each_s * np.exp(luck + speed.sd**2 / 2 * (1.0 - 1.0 / many)))

    def _speed(self, name: str) -> Speed:
        if name not in self._speeds:
            self._speeds[name] = fit_speed(self._history.calls.get(name))
        return self._speeds[name]

    def _name(self, name: str | None) -> str:
        return name or self._catalogue.default or "the default model"

    def _entry(self, name: str) -> ModelEntry | None:
        try:
            return self._catalogue.entry(name)
        except ConfigurationError:
            return None


def _together(parts: Sequence[Work]) -> Work:
    """Returns what several models do one after the other."""
    first = parts[0]
    for part in parts[1:]:
        first = Work(
            calls=first.calls + part.calls,
            input_tokens=first.input_tokens + part.input_tokens,
            output_tokens=first.output_tokens + part.output_tokens,
            cost_usd=first.cost_usd + part.cost_usd,
            latency_s=first.latency_s + part.latency_s,
            unpriced=tuple(dict.fromkeys(first.unpriced + part.unpriced)),
            notional=first.notional or part.notional,
        )
    return first


def _times(samples: Sequence[Sample]) -> Floats:
    times = [max(sample.latency_s, 1e-6) for sample in samples if sample.latency_s is not None]
    return np.array(times, dtype=np.float64)


def _is_notional(entry: ModelEntry) -> bool:
    return bool(entry.price and entry.price.notional)


def text_tokens(content: Any) -> int:
    """Returns about how many tokens the texts of a configuration have, which is what a prompt always holds."""
    if isinstance(content, str):
        return estimate_tokens(content) if content.strip() else 0
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, (list, tuple)) else ()
    return sum(text_tokens(part) for part in parts)


def _listed(sources: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(sources))
