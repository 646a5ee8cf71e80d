"""Self-consistency: one model answers several times and the most common answer wins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from pipelines.chat import ChatRequest, Sampling
from pipelines.expected_calls import ExpectedCalls
from pipelines.node import Group
from pipelines.normalise import Comparison
from pipelines.prompted_node import DocumentsInput, PromptedNode, QuestionInput
from pipelines.run import Decision, Fired
from pipelines.sample import complete_samples
from pipelines.service import Extras, Models
from pipelines.value import Answer, Value
from pipelines.vote import vote


class SelfConsistency(PromptedNode):
    """Asks one model several times and takes the answer that comes most often.

    The confidence of the answer is the share of the samples that agree; of equal groups the one sampled first wins.

    Source: self-consistency (Wang et al., 2022, section 2), with the unweighted vote.
    """

    title: ClassVar[str] = "Self-consistency"
    group: ClassVar[Group] = "expert"
    icon: ClassVar[str] = "copy-check"
    outputs: ClassVar[dict[str, type[Value]]] = {"answer": Answer}

    sampling: Sampling = Field(
        default=Sampling(temperature=0.7),
        description="How the model picks its words; above temperature 0, or all samples are the same.",
    )
    samples: int = Field(default=5, ge=1, le=50, description="How many times the model answers.")
    compare: Comparison = Field(
        default="auto",
        description="What must agree: auto (number, choice or words), text (the words of the whole answer), number "
        "(the last number), choice (the last single letter).",
    )

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns the samples."""
        count = self.samples
        longest = self.sampling.max_tokens
        return (ExpectedCalls(model=self.model, fewest=count, most=count, parallel=True, max_tokens=longest),)

    def summary(self) -> str:
        """Returns who answers and how often."""
        return f"{super().summary()}, {self.samples} samples"

    def problems(self) -> Iterator[str]:
        """Yields what makes the prompt or the vote useless."""
        yield from super().problems()
        if self.samples < 2:
            yield "A single sample cannot agree with anything; take at least 2."
        if self.sampling.temperature == 0.0:
            yield "At temperature 0 all samples are the same; set it above 0, 0.7 for example."

    async def run(
        self, query: QuestionInput, models: Models, extras: Extras, documents: DocumentsInput = None
    ) -> Fired:
        """Fires the most common answer."""
        request = ChatRequest(
            messages=self.messages(query, documents, extras), model=self.model, sampling=self.sampling
        )
        completions = await complete_samples(models, request, self.samples)
        result = vote([completion.text for completion in completions], self.compare)
        winner = completions[result.winner]
        decision = Decision(scores=result.shares, reason=f"{result.share:.0%} of {self.samples} samples agree")
        return Fired(
            ports={"answer": Answer(text=winner.text, model=winner.model, confidence=result.share)}, decision=decision
        )
