"""The learned router: a router that was trained on recorded outcomes chooses the model of an expert downstream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.node import Group, Port
from pipelines.router_node import RouterNode
from pipelines.routing.expectation import expectation
from pipelines.routing.flag import FlaggedDemands
from pipelines.routing.objective import Objective, Rule
from pipelines.routing.selection import select
from pipelines.run import Decision, Fired
from pipelines.service import Embedder, Models
from pipelines.store import RouterLibrary
from pipelines.value import ModelChoice, Query, Value

if TYPE_CHECKING:
    from pipelines.catalogue import ModelEntry
    from pipelines.space import Space
    from pipelines.trained import TrainedRouter

UNSURE = "unsure"


class LearnedRouter(RouterNode):
    """Chooses the model for an expert behind it by what a trained router expects of each model.

    Wire the question into both, this router and the expert, and the choice into the expert. Train a router on the page
    of routers or with `routeloom router train`.

    Source: routing on recorded outcomes (RouterBench; CARROT: argmax of expected quality minus weighted cost; NVIDIA's
    auto-router: the cheapest model that is expected to be good enough); constraints and flags in the question with a
    Pareto choice (Tryage, arXiv 2308.11601); abstention (SDM, GQR-Bench). Which strategy learned is on the router's
    card.
    """

    title: ClassVar[str] = "Learned router"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "brain"
    outputs: ClassVar[dict[str, type[Value]]] = {"choice": ModelChoice}

    objective: Rule = Field(
        default="score",
        description="Best expected score; score less cost; the cheapest that is expected to be good enough; or the best"
        " within a budget.",
    )
    score_per_usd: float = Field(
        default=10.0,
        ge=0.0,
        le=1e6,
        title="Score per USD",
        description="For score less cost: how much score one USD is worth (lambda).",
    )
    enough: float = Field(
        default=0.7, ge=0.0, le=1.0, description="For the cheapest: the expected score that is good enough."
    )
    budget_usd: float = Field(
        default=0.01,
        ge=0.0,
        le=1e6,
        title="Budget in USD",
        description="For the best within a budget: what one question may cost, in USD.",
    )
    unsure_below: float | None = Field(
        default=None, ge=0.0, le=1.0, description="No model expected to reach this: the question leaves by 'unsure'."
    )
    doubt: float | None = Field(
        default=None,
        ge=0.0,
        le=1.0,
        description="The router less sure than this that it knows such questions: the question leaves by 'unsure'.",
    )
    strangers_leave: bool = Field(
        default=False, description="The same, with the bound that was chosen in training, where the strategy has one."
    )
    room_tokens: int = Field(
        default=1_024,
        ge=0,
        le=1_000_000,
        description="Tokens kept free for prompt and answer: a model whose window is too small is not chosen.",
    )
    demands: FlaggedDemands = Field(
        default=FlaggedDemands(),
        description="What models must keep to, and what is wished of them beside a good answer.",
    )

    @property
    def has_way_out(self) -> bool:
        """Says whether questions may leave by 'unsure'."""
        return self.unsure_below is not None or self.doubt is not None or self.strangers_leave

    def output_ports(self) -> tuple[Port, ...]:
        """Returns the choice, where flags are read the question without them, and the way out of the unsure."""
        ports = [Port(name="choice", type="model")]
        ports += self.demands.output_ports()
        if self.has_way_out:
            ports.append(Port(name=UNSURE, type="query"))
        return tuple(ports)

    def summary(self) -> str:
        """Returns the router and how it chooses."""
        rule = {
            "score": "best score",
            "trade_off": f"score less {self.score_per_usd:g} per USD",
            "cheapest_above": f"cheapest above {self.enough:.2f}",
            "within": f"best for ${self.budget_usd:g}",
        }
        return f"{self.router or 'no router chosen'} · {rule[self.objective]}"

    def problems(self) -> Iterator[str]:
        """Yields a sentence where no router is chosen or a name stands twice."""
        if not self.router.strip():
            yield "No trained router is chosen; name one, or train one on the page of routers."
        yield from super().problems()

    async def run(
        self,
        query: Annotated[Query, "The question to choose a model for."],
        models: Models,
        routers: RouterLibrary,
        embedder: Embedder,
    ) -> Fired:
        """Fires the name of the chosen model, or the question where nobody is expected to solve it.

        Raises:
            NotFound: if there is no such router.
            ConfigurationError: if a model of the router is not in the catalogue, its costs are needed and unknown, or
                no model may be asked and there is no way out.
        """
        trained = await asyncio.to_thread(routers.router, self.router.strip())
        entries = [models.entry(name) for name in self.models_behind(trained.card.models)]
        shown = [_shown(name, entry.name) for name, entry in zip(trained.card.models, entries, strict=True)]
        asked = self.demands.heard(query.text)
        query = query.model_copy(update={"text": asked.text})
        space = await trained.space_of(query.text, embedder, models)
        scores, costs = trained.predict([query.text], space=space)
        expected = {name: float(score) for name, score in zip(shown, scores[0], strict=True)}
        if (stranger := self._stranger(trained, query.text, space)) is not None:
            return self._unsure(query, Decision(scores=expected, reason=stranger))
        fits = np.array([await self._fits(query.text, entry, models) for entry in entries])
        aim = self._aim(costs[0])
        worth = np.where(fits, aim.worth(scores[0], costs[0]), -np.inf)
        found = select(worth, entries, (self.demands, *asked.demands))
        told = asked.told + found.told(shown) + _left_out(shown, fits)
        if found.chosen is None:
            return self._unsure(query, Decision(scores=expected, reason=self._nobody(entries, fits) + told))
        decision = Decision(
            scores=expected,
            threshold=self.enough if self.objective == "cheapest_above" else self.unsure_below,
            reason=expectation(trained.strategy.title, shown, scores[0], costs[0], worth, found.chosen, aim) + told,
        )
        if self.unsure_below is not None and max(scores[0][list(found.left)]) < self.unsure_below:
            return self._unsure(query, decision)
        choice = ModelChoice(model=entries[found.chosen].name)
        return Fired(ports={"choice": choice, **self.demands.passed_on(query)}, decision=decision)

    async def _fits(self, text: str, entry: ModelEntry, models: Models) -> bool:
        """Says whether a question fits into the context window of a model, with room for prompt and answer."""
        window = entry.context_window
        # A token has at least one byte, so that most questions need not be counted.
        if window is None or len(text.encode("utf-8", "replace")) + self.room_tokens <= window:
            return True
        return await models.count_tokens(entry.name, text) + self.room_tokens <= window

    def _stranger(self, trained: TrainedRouter, text: str, space: Space | None) -> str | None:
        """Returns in a few words that the router does not know such questions, or None where it does.

        Raises:
            ConfigurationError: if its strategy cannot tell.
        """
        if self.doubt is None and not self.strangers_leave:
            return None
        bound = trained.strategy.doubt if self.doubt is None else self.doubt
        sure = trained.strategy.confidence([text], space=space)
        if sure is None or bound is None:
            told = f"The strategy '{trained.strategy.title}' of the router '{self.router}' does not"
            if sure is None:
                raise ConfigurationError(f"{told} say how sure it is; train one with 'sdm', 'knn' or 'category'.")
            raise ConfigurationError(f"{told} choose a bound of doubt in training; set 'doubt' instead.")
        return f"{sure[0]:.2f} sure of such questions, {bound:.2f} is needed" if sure[0] < bound else None

    def _aim(self, costs: NDArray[np.float64]) -> Objective:
        aim = Objective(
            rule=self.objective, score_per_usd=self.score_per_usd, enough=self.enough, budget_usd=self.budget_usd
        )
        if aim.needs_costs and np.isnan(costs).any():
            raise ConfigurationError(
                f"The router '{self.router}' does not know what every model costs; choose by the best score alone."
            )
        return aim

    def _nobody(self, entries: Sequence[ModelEntry], fits: NDArray[np.bool_]) -> str:
        """Returns why no model may be asked."""
        if not fits.any():
            widest = max(entries, key=lambda entry: entry.context_window or 0)
            return (
                f"the question fits into the window of no model; the widest is {widest.name}"
                f" ({widest.context_window:,})"
            )
        budget = f" for ${self.budget_usd:g}" if self.objective == "within" else ""
        return f"no model may be asked{budget}"

    def _unsure(self, query: Query, decision: Decision) -> Fired:
        """Fires the question by the way of the unsure.

        Raises:
            ConfigurationError: if there is no such way.
        """
        if not self.has_way_out:
            raise ConfigurationError(
                f"For the router '{self.router}' {decision.reason}; allow more models, or set 'unsure below' and wire"
                " the way out."
            )
        return Fired(ports={UNSURE: query}, decision=decision)


def _shown(known_as: str, model: str) -> str:
    """Returns the name of the outcome table, and who stands for it in the catalogue."""
    return model if model == known_as else f"{known_as} ({model})"


def _left_out(names: Sequence[str], fits: NDArray[np.bool_]) -> str:
    narrow = [name for name, fit in zip(names, fits, strict=True) if not fit]
    return f"; too long for {', '.join(narrow)}" if narrow else ""
