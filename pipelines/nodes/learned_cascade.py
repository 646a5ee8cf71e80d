"""The learned cascade: a trained verifier accepts the answers at hand, or names the model to ask on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import numpy as np
from pydantic import Field

from pipelines.at_hand import AtHand
from pipelines.error import ConfigurationError
from pipelines.node import Group
from pipelines.normalise import Comparison
from pipelines.router_node import RouterNode
from pipelines.run import Decision, Fired
from pipelines.service import Embedder, Models
from pipelines.store import RouterLibrary
from pipelines.value import Answer, ModelChoice, Query, Value

if TYPE_CHECKING:
    from pipelines.routers import learned_cascade as strategy

BLIND: Final = "; how long an answer is or took is not known, so it counts as usual"


class LearnedCascade(RouterNode):
    """Accepts what the models so far agree on, unless asking one more model is expected to be worth its cost.

    Wire the question and the answers at hand into it. It either accepts the winner of their vote, or lets the question
    escalate with the choice of the model to ask: wire both into an expert. Train a router with the strategy
    'learned_cascade' first, on a table that has these models.

    Source: FrugalGPT (Chen et al. 2023): a learned scorer of the answers so far; here it predicts what asking on gains,
    from the question and the agreement of the answers.
    """

    title: ClassVar[str] = "Learned cascade"
    group: ClassVar[Group] = "router"
    weighs_answers: ClassVar[bool] = True
    icon: ClassVar[str] = "trending-up"
    outputs: ClassVar[dict[str, type[Value]]] = {"accepted": Answer, "escalate": Query, "choice": ModelChoice}

    score_per_usd: float = Field(
        default=30.0, ge=0.0, le=1e6, description="How much score one USD is worth: larger asks on less often."
    )
    compare: Comparison = Field(default="auto", description="How answers are compared to tell whether they agree.")

    def summary(self) -> str:
        """Returns the trained cascade and its price of score."""
        return f"{self.router[:60] or 'no cascade chosen'} · {self.score_per_usd:g} score per USD"

    def problems(self) -> Iterator[str]:
        """Yields a sentence where no trained cascade is chosen."""
        if not self.router.strip():
            yield "No trained cascade is chosen; train a router with the strategy 'learned_cascade' and name it."
        yield from super().problems()

    async def run(
        self,
        query: Annotated[Query, "The question that was answered."],
        answers: Annotated[list[Answer], "The answers at hand, one edge from each expert that was asked."],
        models: Models,
        routers: RouterLibrary,
        embedder: Embedder,
    ) -> Fired:
        """Fires the winning answer on `accepted`, or the question on `escalate` and the next model on `choice`.

        Raises:
            NotFound: if there is no such router.
            ConfigurationError: if it is no cascade, or was not trained on the model of an answer.
        """
        hand = await AtHand.of(self, query.text, answers, models, routers, embedder)
        cascade = _cascade_of(hand)
        columns = [_column(hand, place, answer) for place, answer in enumerate(answers)]
        asked = tuple(sorted(set(columns)))
        evidence, (skills, costs) = (
            hand.evidence(answers, self.compare),
            hand.trained.predict([query.text], space=hand.space),
        )
        later = cascade.steps().get(asked, ())
        elected = int(evidence.elected(asked, skills)[0])
        winner = answers[columns.index(elected)]
        if not later:
            told = f"nobody is left to ask after {', '.join(hand.names[place] for place in asked)}"
            return Fired(ports={"accepted": winner}, decision=Decision(reason=told))
        expected = cascade.gains([query.text], evidence, asked, space=hand.space)[0][0]
        price = (costs * cascade.dearness([query.text], space=hand.space))[0][list(later)]
        if self.score_per_usd and np.isnan(price).any():
            raise ConfigurationError(
                f"The cascade '{self.router}' does not know what every model costs; set the score per USD to 0."
            )
        worth = expected - (self.score_per_usd * price if self.score_per_usd else 0.0)
        blind = BLIND if cascade.misses(evidence, asked) else ""
        return _fired(query, winner, {hand.names[place]: float(worth[n]) for n, place in enumerate(later)}, blind)


def _fired(query: Query, winner: Answer, worth: dict[str, float], blind: str) -> Fired:
    model = max(worth, key=lambda name: worth[name])
    going = worth[model] > 0
    way = f"asking {model} on is worth {worth[model]:+.3f} score after its cost{blind}"
    decision = Decision(scores=worth, threshold=0.0, reason=way if going else f"accepted: {way}")
    if going:
        return Fired(ports={"escalate": query, "choice": ModelChoice(model=model)}, decision=decision)
    return Fired(ports={"accepted": winner}, decision=decision)


def _cascade_of(hand: AtHand) -> strategy.LearnedCascade:
    from pipelines.routers import learned_cascade

    found = hand.trained.strategy
    if not isinstance(found, learned_cascade.LearnedCascade):
        raise ConfigurationError(
            f"The router '{hand.trained.card.name}' was trained with the strategy '{found.title}'; a learned cascade"
            " needs one trained with 'learned_cascade'."
        )
    return found


def _column(hand: AtHand, place: int, answer: Answer) -> int:
    column = hand.columns[place]
    if column is None:
        asked = answer.candidate or answer.model
        raise ConfigurationError(
            f"The cascade '{hand.trained.card.name}' was not trained on the model '{asked}'; it knows"
            f" {', '.join(hand.names)}."
        )
    return column
