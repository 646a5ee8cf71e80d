"""The weighted vote: each answer counts as much as a trained router thinks of its model for this question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.at_hand import AtHand
from pipelines.node import Group
from pipelines.normalise import Comparison
from pipelines.router_node import RouterNode
from pipelines.run import Decision, Fired
from pipelines.service import Embedder, Models
from pipelines.store import RouterLibrary
from pipelines.value import Answer, Query, Value
from pipelines.vote import vote


class WeightedVote(RouterNode):
    """Takes the answer with the most skill behind it, as a trained router judges its models for this question.

    The vote of a model has the log-odds of its expected score as its weight. Train the strategy 'vote' on a table with
    recorded answers for weights that were learned for voting, also from how long answers are; any other router does
    too. A model that the router does not know counts like the average one. Refused and blank answers abstain unless all
    are; of equal groups the one wins whose first answer comes first in the order of the edges.

    Source: optimal weights of independent voters (Nitzan and Paroush 1982), with skills by question as in
    Symbolic-MoE.
    """

    title: ClassVar[str] = "Weighted vote"
    group: ClassVar[Group] = "aggregator"
    weighs_answers: ClassVar[bool] = True
    icon: ClassVar[str] = "scale"
    outputs: ClassVar[dict[str, type[Value]]] = {"answer": Answer}

    compare: Comparison = Field(
        default="auto",
        description="What must agree: auto (number, choice or words), text (the words of the whole answer), number "
        "(the last number), choice (the last single letter).",
    )

    def summary(self) -> str:
        """Returns whose skills count and what is compared."""
        return f"skills of {self.router[:60] or 'no router chosen'}, compares {self.compare}"

    def problems(self) -> Iterator[str]:
        """Yields a sentence where no router is chosen."""
        if not self.router.strip():
            yield "No trained router is chosen; name one, or use the majority vote, which needs none."
        yield from super().problems()

    async def run(
        self,
        query: Annotated[Query, "The question that was answered."],
        answers: Annotated[list[Answer], "The answers to count, one edge from each expert."],
        models: Models,
        routers: RouterLibrary,
        embedder: Embedder,
    ) -> Fired:
        """Fires the first answer of the heaviest group.

        Raises:
            NotFound: if there is no such router.
            ConfigurationError: if a model of the router is not in the catalogue.
        """
        from pipelines.routers.vote import Vote
        from pipelines.routing.vote import vote_weights

        voters = [answer for answer in answers if not answer.refused] or answers
        hand = await AtHand.of(self, query.text, voters, models, routers, embedder)
        strategy = hand.trained.strategy
        if isinstance(strategy, Vote):
            lengths = hand.evidence(voters, self.compare).output_tokens
            worth = strategy.weights([query.text], lengths, space=hand.space)[0]
        else:
            worth = vote_weights(hand.trained.predict([query.text], space=hand.space)[0][0])
        weights = [float(worth.mean() if column is None else worth[column]) for column in hand.columns]
        result = vote([answer.text for answer in voters], self.compare, weights)
        winner = voters[result.winner].model_copy(update={"confidence": result.share})
        reason = f"{result.share:.0%} of the weight of {len(voters)} {'answer' if len(voters) == 1 else 'answers'}"
        return Fired(ports={"answer": winner}, decision=Decision(scores=result.shares, reason=reason))
