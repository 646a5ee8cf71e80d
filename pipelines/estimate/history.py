"""What past runs tell of nodes and models, sorted so that an estimate finds it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from pipelines.catalogue import estimate_tokens
from pipelines.document import NodeSpec, Pipeline
from pipelines.estimate.draw import Floats
from pipelines.run import Run, Span, Totals
from pipelines.value import ModelChoice

MOST_SAMPLES: Final = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """Is one run of a node: what it used and which way it went.

    Attributes:
        run: id of its run, so that decisions of several nodes are known to belong together.
        latency_s: None where an answer came from the cache.
        choice: the model that it chose for others.
    """

    run: str
    question_tokens: int
    models: tuple[str, ...]
    calls: int
    input_tokens: int
    output_tokens: int
    list_cost_usd: float
    latency_s: float | None
    ports: tuple[str, ...]
    choice: str | None


class PastCall(NamedTuple):
    """Is an answered call that was made of the provider, not of the cache; the cost holds its failed attempts too."""

    model: str
    input_tokens: int
    output_tokens: int
    latency_s: float
    cost_usd: float
    list_cost_usd: float


@dataclass(frozen=True, slots=True)
class CallColumns:
    """Holds the live, answered calls of one model, an entry per call in every array."""

    input_tokens: Floats
    output_tokens: Floats
    latency_s: Floats
    paid_usd: float
    list_usd: float

    @property
    def count(self) -> int:
        """Returns how many calls there are."""
        return len(self.latency_s)

    @property
    def paid_ratio(self) -> float:
        """Returns what was paid for each dollar of the answers' price: above 1 where failed attempts cost money."""
        return max(1.0, self.paid_usd / self.list_usd) if self.list_usd > 0.0 else 1.0


@dataclass(frozen=True, slots=True)
class History:
    """Holds the samples of every node, by the node as it was configured, and the calls of every model by its name."""

    samples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    calls: Mapping[str, CallColumns] = field(default_factory=dict)

    def of(self, spec: NodeSpec) -> tuple[Sample, ...]:
        """Returns the samples of a node that was configured as it is now, the latest `MOST_SAMPLES` of them."""
        return self.samples.get(node_key(spec), ())


def history_of(runs: Iterable[Run], calls: Iterable[PastCall] = ()) -> History:
    """Returns what these runs (the latest first) and these calls tell; runs that have not ended tell nothing."""
    samples: dict[str, list[Sample]] = defaultdict(list)
    keys: dict[int, tuple[Pipeline, Mapping[str, str]]] = {}
    for run in runs:
        if run.status == "running":
            continue
        # The pipeline is kept with its keys, so that its id stays its own.
        _, of_node = keys.setdefault(id(run.pipeline), (run.pipeline, _keys(run.pipeline)))
        inside = _inside(run)
        for span in run.spans:
            key = of_node.get(span.node_id)
            if key is not None and _tells(span) and len(samples[key]) < MOST_SAMPLES:
                samples[key].append(_sample(run, span, inside.get(span.node_id, ())))
    return History({key: tuple(found) for key, found in samples.items()}, _columns(calls))


def node_key(spec: NodeSpec) -> str:
    """Returns what tells a node from one that would do something else; its title and place do not count."""
    plain = spec.model_copy(update={"title": "", "position": None})
    return hashlib.sha256(plain.model_dump_json().encode()).hexdigest()


def _keys(pipeline: Pipeline) -> dict[str, str]:
    return {spec.id: node_key(spec) for spec in pipeline.nodes}


def _inside(run: Run) -> Mapping[str, list[Span]]:
    """Returns the spans inside each sub-pipeline."""
    inside: dict[str, list[Span]] = defaultdict(list)
    for span in run.spans:
        outer, _, inner = span.node_id.partition("/")
        if inner:
            inside[outer].append(span)
    return inside


def _tells(span: Span) -> bool:
    return span.status == "done" and not (span.reused or span.pinned or span.bypassed)


def _sample(run: Run, span: Span, inside: Iterable[Span]) -> Sample:
    parts = (span, *inside)
    totals = sum((part.totals for part in parts), Totals())
    fired = span.fired.ports if span.fired else {}
    choice = next((value.model for value in fired.values() if isinstance(value, ModelChoice)), None)
    return Sample(
        run=run.id,
        question_tokens=estimate_tokens(run.query.text),
        models=tuple(dict.fromkeys(model for part in parts for model in part.models)),
        calls=totals.calls,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        list_cost_usd=totals.list_cost_usd,
        latency_s=None if totals.cached_calls else span.latency_s,
        ports=tuple(fired),
        choice=choice,
    )


def _columns(calls: Iterable[PastCall]) -> dict[str, CallColumns]:
    by_model: dict[str, list[PastCall]] = defaultdict(list)
    for call in calls:
        by_model[call.model].append(call)
    return {model: _columns_of(found) for model, found in by_model.items()}


def _columns_of(calls: Sequence[PastCall]) -> CallColumns:
    numbers = np.array([call[1:] for call in calls], dtype=np.float64)
    return CallColumns(
        input_tokens=numbers[:, 0],
        output_tokens=numbers[:, 1],
        latency_s=numbers[:, 2],
        paid_usd=float(numbers[:, 3].sum()),
        list_usd=float(numbers[:, 4].sum()),
    )
