"""What a scorer is: it gives one answer to one example a number between 0 and 1, with a reason."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.chat import Usd
from pipelines.data.example import Example
from pipelines.expected_calls import ExpectedCalls
from pipelines.prompt import shortened
from pipelines.record import Record
from pipelines.service import Embedder, Models
from pipelines.value import Answer, Probability

ScorerNeed = Literal["nothing", "references", "models", "embedder", "person"]


class Score(Record):
    """Is the judgement of one answer: 1 is right, 0 is wrong.

    Attributes:
        reason: one short line for a person, such as `expected 42, found 41`.
        cost_usd: what the judgement itself was paid, counted apart from the answer.
        list_cost_usd: the same at list price, cached or not.
    """

    value: Probability
    reason: str = Field(default="", max_length=2_000)
    cost_usd: Usd = 0.0
    list_cost_usd: Usd = 0.0


def judged(value: float, reason: str) -> Score:
    """Returns a free score, clipped to [0, 1], with its reason on one line of valid text."""
    plain = reason.encode("utf-8", "replace").decode()
    return Score(value=min(1.0, max(0.0, value)), reason=shortened(plain, 500))


def shown(text: str) -> str:
    """Returns a text as a reason quotes it: on one line of at most 80 characters, `nothing` where it is blank."""
    return shortened(text[:2_000], 80) or "nothing"


@dataclass(frozen=True, slots=True)
class Bench:
    """Holds what scorers may use: models for a judge (on a purse of their own) and an embedder; None where absent."""

    models: Models | None = None
    embedder: Embedder | None = None


class Scorer(Record):
    """Is the base of every scorer; a subclass has a `kind` field with the name of its file.

    Attributes:
        title: what the form calls it.
        need: what it cannot work without; `person` scores come from the labelling queue.
    """

    title: ClassVar[str]
    need: ClassVar[ScorerNeed] = "references"

    @abstractmethod
    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score | None:
        """Returns the score of an answer, or None where a person has to give it.

        Raises:
            RouteloomError: if the example lacks what the scorer needs, or a judge failed: the row says so and has no
                score, which is not the same as a score of 0.
        """

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns what the judgement of one answer asks of models."""
        return ()

    def lack(self, example: Example) -> str | None:
        """Returns what the scorer needs and the example lacks, such as `a reference`, or None."""
        return "a reference" if self.need == "references" and not example.references else None
