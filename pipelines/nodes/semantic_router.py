"""The router by similarity: example questions for each branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from pipelines.branch import Branch, branch_ports, branch_problems, fired
from pipelines.choice import NONE, best, best_above
from pipelines.field import BranchName, Lines
from pipelines.node import Group, Node, Port
from pipelines.prompt import shortened
from pipelines.run import Decision, Fired
from pipelines.service import Embedder
from pipelines.space import Space
from pipelines.strategies.similarity import Similarity
from pipelines.strategy import Candidate
from pipelines.value import Query


class ExampleBranch(Branch):
    """Is a branch that is taken by questions like its examples."""

    examples: Lines = Field(default=(), description="Questions that belong on this branch, one a line.")


class SemanticRouter(Node):
    """Sends the question down the branch whose example questions are most like it.

    Source: aurelio-labs semantic-router (routes of utterances, mean cosine of the nearest, a threshold below which no
    route is taken); here with one threshold for all branches. A default branch for foreign questions follows guarded
    query routing (GQR-Bench).
    """

    title: ClassVar[str] = "Semantic router"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "waypoints"

    branches: tuple[ExampleBranch, ...] = Field(
        default=(), max_length=100, description="Branches with example questions."
    )
    top_k: int = Field(default=3, ge=1, le=50, description="How many of a branch's nearest examples count.")
    threshold: float = Field(
        default=0.2,
        ge=-1.0,
        le=1.0,
        description="A question less similar than this takes the default branch; without one it counts for nothing.",
    )
    default: BranchName | None = Field(default=None, description="Branch taken when no example is similar enough.")

    def output_ports(self) -> tuple[Port, ...]:
        """Returns a port for each branch."""
        return branch_ports(self.branches, self.default)

    def summary(self) -> str:
        """Returns how many examples there are and when the default is taken."""
        examples = sum(len(branch.examples) for branch in self.branches)
        return f"{examples} examples" + (f", below {self.threshold:.2f} {self.default}" if self.default else "")

    def problems(self) -> Iterator[str]:
        """Yields what is wrong with names and examples."""
        yield from branch_problems(self.branches, self.default)
        for branch in self.branches:
            if branch.name != self.default and not any(example.strip() for example in branch.examples):
                yield f"The branch '{branch.name}' has no example question; write at least one."

    async def run(self, query: Annotated[Query, "The question to route."], embedder: Embedder) -> Fired:
        """Fires the question on the most similar branch, or on the default."""
        candidates = [Candidate(name=b.name, examples=tuple(e for e in b.examples if e.strip())) for b in self.branches]
        space = await Space.of(embedder, [query.text], (text for c in candidates for text in c.examples))
        scores = Similarity(top_k=self.top_k).score([query.text], candidates, space)
        chosen = int((best_above(scores, self.threshold) if self.default else best(scores))[0])
        name = self.default if chosen == NONE else candidates[chosen].name
        reason = _nearest(query.text, candidates, space)
        if chosen == NONE:
            top = int(best(scores)[0])
            below = f"best is '{candidates[top].name}' {scores[0][top]:.2f}, below {self.threshold:.2f}"
            reason = f"{below}, so the default '{self.default}'; {reason}"
        if embedder.name.startswith("hashing"):
            reason += " (compared by words and spelling, not by meaning)"
        named = {c.name: float(score) for c, score in zip(candidates, scores[0], strict=True) if c.examples}
        decision = Decision(scores=named, threshold=self.threshold if self.default else None, reason=reason)
        return fired(query, [name] if name else [], decision)


def _nearest(text: str, candidates: list[Candidate], space: Space) -> str:
    examples = [example for candidate in candidates for example in candidate.examples]
    if not examples:
        return "there are no examples"
    cosines = space.vectors(examples) @ space.vectors([text])[0]
    place = int(np.argmax(cosines))
    return f"nearest example: '{shortened(examples[place], 60)}' {cosines[place]:.2f}"
