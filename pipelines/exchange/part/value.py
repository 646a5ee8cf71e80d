"""The values that cross the edges of an exported program; they stand in for those of `pipelines.value` and others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Fired = dict[str, Any]


class Unusable(ValueError):
    """Says that something is not what it must be; its text is a sentence for a person."""


@dataclass(frozen=True)
class Query:
    """Is the question on its way through the pipeline."""

    text: str
    tags: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Returns the text of the question."""
        return self.text


@dataclass(frozen=True)
class Answer:
    """Is what a model, a vote or a guard says; the confidence is between 0 and 1."""

    text: str
    model: str | None = None
    confidence: float | None = None
    refused: bool = False

    def as_text(self) -> str:
        """Returns the text of the answer."""
        return self.text


@dataclass(frozen=True)
class Document:
    """Is one whole text that the pipeline may consult."""

    title: str
    text: str


@dataclass(frozen=True)
class Passage:
    """Is a piece of a document with its place there, from 0, and its score for the question."""

    title: str
    text: str
    ordinal: int = 0
    score: float = 0.0


@dataclass(frozen=True)
class Passages:
    """Is what an expert reads before it answers."""

    passages: tuple[Passage, ...] = ()

    def as_text(self) -> str:
        """Returns the pieces one below the other, each behind its number and title."""
        return "\n\n".join(f"[{n}] {p.title}\n{p.text}" for n, p in enumerate(self.passages, start=1))


@dataclass(frozen=True)
class ModelChoice:
    """Is the model that a router chose."""

    model: str

    def as_text(self) -> str:
        """Returns the name of the model."""
        return self.model


@dataclass(frozen=True)
class Rating:
    """Is what a model says of an answer: a score from 0 to 1 and why."""

    score: float
    reason: str = ""

    def as_text(self) -> str:
        """Returns the score and the reason on one line."""
        return f"{self.score:.2f}: {self.reason}"


@dataclass(frozen=True)
class Vote:
    """Is the result of a vote: the place of the first answer of the largest group, and its share of the weight."""

    winner: int
    share: float
    shares: dict[str, float] = field(default_factory=dict)
