"""The majority vote: of several answers, the one that most agree on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.node import Group, Node
from pipelines.normalise import Comparison
from pipelines.run import Decision, Fired
from pipelines.value import Answer, Value
from pipelines.vote import vote


class MajorityVote(Node):
    """Takes the answer that most branches agree on, however they word it.

    Refused and blank answers abstain unless all are. Of equal groups the one wins whose first answer comes first in
    the order of the edges. The confidence of the answer is the share of the vote.

    Source: self-consistency (Wang et al., 2022, section 2) over several models; the weights are those of its weighted
    sum, with the mean confidence standing in for an answer that has none.
    """

    title: ClassVar[str] = "Majority vote"
    group: ClassVar[Group] = "aggregator"
    icon: ClassVar[str] = "vote"
    outputs: ClassVar[dict[str, type[Value]]] = {"answer": Answer}

    compare: Comparison = Field(
        default="auto",
        description="What must agree: auto (number, choice or words), text (the words of the whole answer), number "
        "(the last number), choice (the last single letter).",
    )
    weigh_by_confidence: bool = Field(
        default=False, title="Weigh by confidence", description="Let a surer answer count for more."
    )

    def summary(self) -> str:
        """Returns what is compared and how it counts."""
        return f"compares {self.compare}{', by confidence' if self.weigh_by_confidence else ''}"

    async def run(self, answers: Annotated[list[Answer], "The answers to count, one edge from each expert."]) -> Fired:
        """Fires the first answer of the largest group."""
        voters = [answer for answer in answers if not answer.refused] or answers
        weights = _confidences(voters) if self.weigh_by_confidence else None
        result = vote([answer.text for answer in voters], self.compare, weights)
        winner = voters[result.winner].model_copy(update={"confidence": result.share})
        reason = f"{result.share:.0%} of {len(voters)} {'answer' if len(voters) == 1 else 'answers'} agree"
        return Fired(ports={"answer": winner}, decision=Decision(scores=result.shares, reason=reason))


def _confidences(answers: list[Answer]) -> list[float] | None:
    known = [answer.confidence for answer in answers if answer.confidence is not None]
    if not known:
        return None
    mean = sum(known) / len(known)
    return [mean if answer.confidence is None else answer.confidence for answer in answers]
