"""The model router: it chooses the model that an expert downstream uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from pipelines.catalogue import ModelEntry
from pipelines.choice import utility
from pipelines.error import ConfigurationError
from pipelines.expected_calls import ExpectedCalls
from pipelines.field import Lines, ModelName
from pipelines.node import Group, Node, Port
from pipelines.record import Record
from pipelines.routing.flag import FlaggedDemands
from pipelines.routing.selection import select
from pipelines.run import Decision, Fired
from pipelines.service import Embedder, Models
from pipelines.strategies import AnyStrategy
from pipelines.strategies.similarity import Similarity
from pipelines.strategy import Candidate, Scores, scored
from pipelines.value import ModelChoice, Query, Value


class PoolEntry(Record):
    """Is one model of the pool, with what it is good at."""

    model: ModelName = Field(default=None, description="Model of the catalogue; empty takes the default model.")
    description: str = Field(default="", max_length=2_000, description="What the model is good at, for people.")
    examples: Lines = Field(default=(), description="Questions that this model should get, one a line.")


class ModelRouter(Node):
    """Chooses from a pool the model that an expert behind it uses.

    Wire the question into both, this router and the expert, and the choice into the expert.

    Source: routing as argmax of predicted quality minus weighted cost (RouterBench; CARROT, with mu as the weight); the
    quality comes from the strategy; constraints and flags in the question with a Pareto choice (Tryage, arXiv
    2308.11601).
    """

    title: ClassVar[str] = "Model router"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "shuffle"
    outputs: ClassVar[dict[str, type[Value]]] = {"choice": ModelChoice}

    pool: tuple[PoolEntry, ...] = Field(
        default=(), max_length=200, description="Models to choose from; for the length strategy from weak to strong."
    )
    strategy: AnyStrategy = Field(default=Similarity(), description="How the models are scored.")
    cost_weight: float = Field(
        default=0.0, ge=0.0, le=1.0, description="0 looks at the score only, 1 at the price only."
    )
    demands: FlaggedDemands = Field(
        default=FlaggedDemands(), description="What models must keep to, and what is wished of them beside the score."
    )

    def output_ports(self) -> tuple[Port, ...]:
        """Returns the choice, and where flags are read the question without them."""
        return super().output_ports() + self.demands.output_ports()

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns nothing: it only looks the model up."""
        return ()

    def summary(self) -> str:
        """Returns the size of the pool and how it is decided."""
        price = f", price {self.cost_weight:.0%}" if self.cost_weight else ""
        return f"{len(self.pool)} models, {self.strategy.title.lower()}{price}"

    def problems(self) -> Iterator[str]:
        """Yields what is wrong with the pool."""
        if len(self.pool) < 2:
            yield f"The pool needs at least two models to choose between; it has {len(self.pool)}."
        for name, count in Counter(entry.model for entry in self.pool).items():
            if count > 1:
                yield f"The model '{name or 'default'}' stands {count} times in the pool."
        for entry in self.pool:
            candidate = Candidate(name=entry.model or "default", examples=entry.examples, price_usd_per_mtok=0.0)
            lacking = self.strategy.lack(candidate)
            if lacking:
                title = self.strategy.title
                yield f"The model '{candidate.name}' has no {lacking}, which the strategy '{title}' needs."

    async def run(
        self, query: Annotated[Query, "The question to choose a model for."], models: Models, embedder: Embedder
    ) -> Fired:
        """Fires the name of the chosen model.

        Raises:
            ConfigurationError: if no model of the pool keeps to the demands.
        """
        asked = self.demands.heard(query.text)
        query = query.model_copy(update={"text": asked.text})
        found: dict[str, Candidate] = {}
        entries: dict[str, ModelEntry] = {}
        for pooled in self.pool:
            entry = models.entry(pooled.model)
            # The default model of a run may stand in the pool by its name too: its first place counts.
            found.setdefault(entry.name, candidate_of(pooled, entry))
            entries.setdefault(entry.name, entry)
        names, candidates = tuple(found), tuple(found.values())
        scores = await scored(self.strategy, [query.text], candidates, embedder)
        if self.cost_weight:
            scores = utility(scores, costs_of(candidates), self.cost_weight)
        choice = select(scores[0], tuple(entries.values()), (self.demands, *asked.demands))
        told = asked.told + choice.told(names)
        if choice.chosen is None:
            raise ConfigurationError(f"No model of the pool may be asked{told}; add one that keeps to the demands.")
        decision = Decision(
            scores={name: float(score) for name, score in zip(names, scores[0], strict=True)},
            reason=self._reason(candidates, scores, choice.chosen) + told,
        )
        chosen = ModelChoice(model=names[choice.chosen])
        return Fired(ports={"choice": chosen, **self.demands.passed_on(query)}, decision=decision)

    def _reason(self, candidates: Sequence[Candidate], scores: Scores, chosen: int) -> str:
        price = f", price counts {self.cost_weight:.0%}" if self.cost_weight else ""
        rest = [number for number in np.argsort(-scores[0], kind="stable") if number != chosen]
        after = f", next {candidates[rest[0]].name} {scores[0][rest[0]]:.2f}" if rest else ""
        return f"{self.strategy.title.lower()}{price}: {candidates[chosen].name} {scores[0][chosen]:.2f}{after}"


def candidate_of(pooled: PoolEntry, entry: ModelEntry) -> Candidate:
    """Returns what a strategy may know of a model of the pool."""
    price = entry.price.input_usd_per_mtok + entry.price.output_usd_per_mtok if entry.price else None
    examples = tuple(example for example in pooled.examples if example.strip())
    return Candidate(name=entry.name, description=pooled.description, examples=examples, price_usd_per_mtok=price)


def costs_of(candidates: Sequence[Candidate]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Returns the prices, an array (n_candidates,); an unknown one counts as the dearest known."""
    dearest = max((c.price_usd_per_mtok or 0.0 for c in candidates), default=0.0)
    return np.array([dearest if c.price_usd_per_mtok is None else c.price_usd_per_mtok for c in candidates])
