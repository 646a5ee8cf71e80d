"""The expert router: a router that was trained on recorded outcomes chooses which drawn expert answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from pipelines.branch import Branch, branch_ports, branch_problems, fired
from pipelines.choice import best
from pipelines.error import ConfigurationError
from pipelines.field import RouterReference
from pipelines.node import Group, Node, Port
from pipelines.routing.expectation import expectation
from pipelines.routing.objective import Objective
from pipelines.run import Decision, Fired
from pipelines.service import Embedder, Models
from pipelines.store import RouterLibrary
from pipelines.value import Query

if TYPE_CHECKING:
    from pipelines.trained import TrainedRouter


class ExpertBranch(Branch):
    """Is a branch to one expert, which has a column of its own in the outcome table."""

    known_as: str = Field(
        default="",
        max_length=200,
        description="Name of the expert in the outcome table; empty takes the name of the branch.",
    )

    @property
    def column(self) -> str:
        """Returns the name of the expert in the outcome table."""
        return self.known_as.strip() or self.name


class ExpertRouter(Node):
    """Sends the question to the expert of which a trained router expects most for its cost.

    An expert is whatever has a column in the outcome table: a model, a model with a prompt of its own (direct or step
    by step), or a whole pipeline. Which strategy learned is on the router's card.

    Source: Composition of Experts (a category, then its expert) with the strategy 'category'; the query level of
    FusionFactory (model x direct or reasoning answers) with any other. Both papers' own models are not reproduced.
    """

    title: ClassVar[str] = "Expert router"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "signpost"

    router: RouterReference = Field(
        default="", description="The trained router: its name, or name@version to stay with one."
    )
    branches: tuple[ExpertBranch, ...] = Field(
        default=(), max_length=100, description="The experts to choose from; those that the router knows further, rest."
    )
    score_per_usd: float = Field(
        default=0.0, ge=0.0, le=1e6, description="How much score one USD is worth (lambda); 0 looks at the score alone."
    )

    def output_ports(self) -> tuple[Port, ...]:
        """Returns a port for each branch."""
        return branch_ports(self.branches, None)

    def summary(self) -> str:
        """Returns the router and how it chooses."""
        rule = f"score less {self.score_per_usd:g} per USD" if self.score_per_usd else "best score"
        return f"{self.router[:60] or 'no router chosen'} · {rule}"

    def models_behind(self, known: Sequence[str]) -> tuple[str | None, ...]:
        """Returns nothing: the experts behind the branches name their models."""
        del known
        return ()

    def problems(self) -> Iterator[str]:
        """Yields a sentence where no router is chosen, or the branches are no choice."""
        if not self.router.strip():
            yield "No trained router is chosen; name one, or train one on the page of routers."
        yield from branch_problems(self.branches, None)

    def router_problems(self, known: Sequence[str]) -> Iterator[str]:
        """Yields a sentence for each branch that the router does not know."""
        for branch in self.branches:
            if branch.column not in known:
                yield (
                    f"The branch '{branch.name}' stands for '{branch.column}', which the router '{self.router}' does"
                    f" not know; it knows {', '.join(known)}."
                )

    async def run(
        self,
        query: Annotated[Query, "The question to choose an expert for."],
        models: Models,
        routers: RouterLibrary,
        embedder: Embedder,
    ) -> Fired:
        """Fires the question on the branch of the chosen expert.

        Raises:
            NotFound: if there is no such router.
            ConfigurationError: if the router does not know a branch, or its costs are needed and unknown.
        """
        trained = await asyncio.to_thread(routers.router, self.router.strip())
        columns = self._columns(trained)
        scores, costs = trained.predict([query.text], space=await trained.space_of(query.text, embedder, models))
        scores, costs = scores[:, columns], costs[:, columns]
        if self.score_per_usd and np.isnan(costs).any():
            raise ConfigurationError(
                f"The router '{self.router}' does not know what every expert costs; set the score per USD to 0."
            )
        aim = Objective(rule="trade_off" if self.score_per_usd else "score", score_per_usd=self.score_per_usd)
        worth = aim.worth(scores[0], costs[0])
        names = [branch.name for branch in self.branches]
        chosen = int(best(worth[None])[0])
        decision = Decision(
            scores={name: float(score) for name, score in zip(names, worth, strict=True)},
            reason=expectation(trained.strategy.title, names, scores[0], costs[0], worth, chosen, aim),
        )
        return fired(query, [names[chosen]], decision)

    def _columns(self, trained: TrainedRouter) -> list[int]:
        known = trained.card.models
        for problem in self.router_problems(known):
            raise ConfigurationError(problem)
        return [known.index(branch.column) for branch in self.branches]
