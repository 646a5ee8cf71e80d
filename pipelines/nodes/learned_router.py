"""The learned router: a router that was trained on recorded outcomes chooses the model of an expert downstream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.choice import Choices, best
from pipelines.error import ConfigurationError
from pipelines.node import Group, Port
from pipelines.router_node import RouterNode
from pipelines.run import Decision, Fired
from pipelines.service import Embedder, Models
from pipelines.store import RouterLibrary
from pipelines.strategy import Scores
from pipelines.value import ModelChoice, Query, Value

if TYPE_CHECKING:
    from pipelines.catalogue import ModelEntry
    from pipelines.trained import TrainedRouter

Objective = Literal["score", "trade_off", "cheapest_above"]
UNSURE = "unsure"


class LearnedRouter(RouterNode):
    """Chooses the model for an expert behind it by what a trained router expects of each model.

    Wire the question into both, this router and the expert, and the choice into the expert. Train a router on the page
    of routers or with `routeloom router train`.

    Source: routing on recorded outcomes (RouterBench; CARROT: argmax of expected quality minus weighted cost; NVIDIA's
    auto-router: the cheapest model that is expected to be good enough); which strategy learned is on the router's card.
    """

    title: ClassVar[str] = "Learned router"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "brain"
    outputs: ClassVar[dict[str, type[Value]]] = {"choice": ModelChoice}

    objective: Objective = Field(
        default="score",
        description="Best expected score; score less cost; or the cheapest model that is expected to be good enough.",
    )
    score_per_usd: float = Field(
        default=10.0, ge=0.0, le=1e6, description="For score less cost: how much score one USD is worth (lambda)."
    )
    enough: float = Field(
        default=0.7, ge=0.0, le=1.0, description="For the cheapest: the expected score that is good enough."
    )
    unsure_below: float | None = Field(
        default=None, ge=0.0, le=1.0, description="No model expected to reach this: the question leaves by 'unsure'."
    )
    room_tokens: int = Field(
        default=1_024,
        ge=0,
        le=1_000_000,
        description="Tokens kept free for prompt and answer: a model whose window is too small is not chosen.",
    )

    def output_ports(self) -> tuple[Port, ...]:
        """Returns the choice, and with a limit of doubt the way out for questions that nobody is expected to solve."""
        choice = Port(name="choice", type="model")
        return (choice,) if self.unsure_below is None else (choice, Port(name=UNSURE, type="query"))

    def summary(self) -> str:
        """Returns the router and how it chooses."""
        rule = {
            "score": "best score",
            "trade_off": f"score less {self.score_per_usd:g} per USD",
            "cheapest_above": f"cheapest above {self.enough:.2f}",
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
            ConfigurationError: if a model of the router is not in the catalogue, or its costs are needed and unknown.
        """
        trained = await asyncio.to_thread(routers.router, self.router.strip())
        entries = [models.entry(name) for name in self.models_behind(trained.card.models)]
        names = [entry.name for entry in entries]
        space = await trained.space_of(query.text, embedder)
        scores, costs = trained.predict([query.text], space=space)
        fits = np.array([await self._fits(query.text, entry, models) for entry in entries])
        if not fits.any():
            return self._too_long(query, entries)
        allowed = np.flatnonzero(fits)
        chosen = int(allowed[self._chosen(scores[:, fits], costs[:, fits])[0]])
        decision = Decision(
            scores={name: float(score) for name, score in zip(names, scores[0], strict=True)},
            threshold=self.enough if self.objective == "cheapest_above" else self.unsure_below,
            reason=_reason(trained, names, scores, costs, chosen) + _left_out(names, fits),
        )
        if self.unsure_below is not None and scores[0][fits].max() < self.unsure_below:
            return Fired(ports={UNSURE: query}, decision=decision)
        return Fired(ports={"choice": ModelChoice(model=names[chosen])}, decision=decision)

    async def _fits(self, text: str, entry: ModelEntry, models: Models) -> bool:
        """Says whether a question fits into the context window of a model, with room for prompt and answer."""
        window = entry.context_window
        # A token has at least one byte, so that most questions need not be counted.
        if window is None or len(text.encode("utf-8", "replace")) + self.room_tokens <= window:
            return True
        return await models.count_tokens(entry.name, text) + self.room_tokens <= window

    def _too_long(self, query: Query, entries: Sequence[ModelEntry]) -> Fired:
        """Fires the question by the way of the unsure.

        Raises:
            ConfigurationError: if there is no such way.
        """
        widest = max(entries, key=lambda entry: entry.context_window or 0)
        reason = (
            f"the question fits into the window of no model; the widest is {widest.name} ({widest.context_window:,})"
        )
        if self.unsure_below is None:
            raise ConfigurationError(
                f"For the router '{self.router}' {reason}; add a model with a larger window, or set 'unsure below' and"
                " wire the way out."
            )
        return Fired(ports={UNSURE: query}, decision=Decision(reason=reason))

    def _chosen(self, scores: Scores, costs: Scores) -> Choices:
        if self.objective == "score":
            return best(scores)
        if np.isnan(costs).any():
            raise ConfigurationError(
                f"The router '{self.router}' does not know what every model costs; choose by the best score alone."
            )
        if self.objective == "trade_off":
            return best(scores - self.score_per_usd * costs)
        good = scores >= self.enough
        # Where nobody is good enough the best is asked.
        return np.where(good.any(axis=1), np.where(good, -costs, -np.inf).argmax(axis=1), best(scores)).astype(np.intp)


def _reason(trained: TrainedRouter, names: Sequence[str], scores: Scores, costs: Scores, chosen: int) -> str:
    def told(number: int) -> str:
        cost = "" if np.isnan(costs[0][number]) else f" for ${costs[0][number]:.4g}"
        return f"{names[number]} {scores[0][number]:.2f}{cost}"

    others = [number for number in np.argsort(-scores[0], kind="stable") if number != chosen]
    after = f"; else {told(int(others[0]))}" if others else ""
    return f"{trained.strategy.title.lower()} expects {told(chosen)}{after}"


def _left_out(names: Sequence[str], fits: NDArray[np.bool_]) -> str:
    narrow = [name for name, fit in zip(names, fits, strict=True) if not fit]
    return f"; too long for {', '.join(narrow)}" if narrow else ""
