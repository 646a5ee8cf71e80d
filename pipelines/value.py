"""The values that cross an edge, and which of them an input of another type takes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from pydantic import Field

from pipelines.error import DocumentError
from pipelines.record import Record

_MEASURED: Final = frozenset({"output_tokens", "latency_s"})
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Value(Record):
    """Is what an edge carries; `accepts` names the value types that an input of this type also takes.

    A subclass has a `type` field with its own name and turns foreign values into itself in `of`.
    """

    title: ClassVar[str] = ""
    colours: ClassVar[tuple[str, str]] = ("#64748b", "#94a3b8")
    accepts: ClassVar[frozenset[str]] = frozenset()

    def as_text(self) -> str:
        """Returns the value as a person or a prompt reads it."""
        raise TypeError(f"{type(self).__name__} has no text.")

    @classmethod
    def of(cls, value: Value) -> Any:
        """Returns `value` as this type.

        Raises:
            DocumentError: if the type does not take it.
        """
        if isinstance(value, cls):
            return value
        raise DocumentError(f"A {value.type_name()} cannot be used as a {cls.type_name()}.")

    @classmethod
    def type_name(cls) -> str:
        """Returns the name of the port type, such as `query`."""
        field = cls.model_fields.get("type")
        return str(field.default) if field else "any"


class Document(Record):
    """Is one whole text that a pipeline may consult."""

    title: str = Field(max_length=500)
    text: str


class Passage(Record):
    """Is a piece of a document with its score for the query (higher is better, not bounded)."""

    title: str
    text: str
    score: float = 0.0
    ordinal: int = Field(default=0, ge=0, description="Place of the piece in its document, from 0.")


class Query(Value):
    """Is the question on its way through the pipeline."""

    title: ClassVar[str] = "Question"
    colours: ClassVar[tuple[str, str]] = ("#2563eb", "#60a5fa")
    accepts: ClassVar[frozenset[str]] = frozenset({"answer"})

    type: Literal["query"] = "query"
    text: str
    tags: tuple[str, ...] = ()
    language: str | None = Field(default=None, description="ISO 639-1 code; detected when absent.")
    documents: tuple[Document, ...] = ()

    def as_text(self) -> str:
        """Returns the text of the question."""
        return self.text

    @classmethod
    def of(cls, value: Value) -> Query:
        """Returns the query, or the text of an answer as the next question."""
        return cls(text=value.text) if isinstance(value, Answer) else super().of(value)


class Answer(Value):
    """Is what a model, an aggregator or a guard says."""

    title: ClassVar[str] = "Answer"
    colours: ClassVar[tuple[str, str]] = ("#059669", "#34d399")

    type: Literal["answer"] = "answer"
    text: str
    model: str | None = Field(default=None, description="Catalogue name of the model that wrote it.")
    candidate: str | None = Field(
        default=None, description="Name in outcome tables of the expert that wrote it, where that is not its model."
    )
    confidence: Probability | None = None
    output_tokens: int | None = Field(default=None, ge=0, description="Tokens that its model wrote, where counted.")
    latency_s: float | None = Field(default=None, ge=0.0, description="How long its model took, where known.")
    data: Any | None = Field(default=None, description="The parsed JSON where a schema was asked for.")
    refused: bool = False

    def __eq__(self, other: object) -> bool:
        """Says whether the same was answered; how much and how long the model wrote is no part of what it said."""
        return self._said() == other._said() if isinstance(other, Answer) else NotImplemented

    def __hash__(self) -> int:
        """Returns the hash of what was answered."""
        return hash(self._said())

    def _said(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in type(self).model_fields if name not in _MEASURED)

    def as_text(self) -> str:
        """Returns the text of the answer."""
        return self.text


class Passages(Value):
    """Is what a retriever or a long context brings to an expert."""

    title: ClassVar[str] = "Documents"
    colours: ClassVar[tuple[str, str]] = ("#b45309", "#fbbf24")

    type: Literal["documents"] = "documents"
    passages: tuple[Passage, ...] = ()

    def as_text(self) -> str:
        """Returns the pieces one below the other, each behind its number and title."""
        return "\n\n".join(f"[{n}] {p.title}\n{p.text}" for n, p in enumerate(self.passages, start=1))


class ModelChoice(Value):
    """Is the model that a router chose for an expert downstream."""

    title: ClassVar[str] = "Model"
    colours: ClassVar[tuple[str, str]] = ("#7c3aed", "#a78bfa")

    type: Literal["model"] = "model"
    model: str

    def as_text(self) -> str:
        """Returns the catalogue name of the model."""
        return self.model


class Verdict(Value):
    """Is the judgement of an answer: 1 is perfect, 0 is worthless."""

    title: ClassVar[str] = "Verdict"
    colours: ClassVar[tuple[str, str]] = ("#be185d", "#f472b6")

    type: Literal["verdict"] = "verdict"
    score: Probability
    reason: str = ""

    def as_text(self) -> str:
        """Returns the score and the reason on one line."""
        return f"{self.score:.2f}: {self.reason}"


class Text(Value):
    """Is any value read as text; no port fires it, inputs made from a prompt's placeholders take it."""

    title: ClassVar[str] = "Text"
    accepts: ClassVar[frozenset[str]] = frozenset({"query", "answer", "documents", "model", "verdict"})

    type: Literal["text"] = "text"
    text: str

    def as_text(self) -> str:
        """Returns the text."""
        return self.text

    @classmethod
    def of(cls, value: Value) -> Text:
        """Returns any value as its text."""
        return value if isinstance(value, cls) else cls(text=value.as_text())


VALUE_TYPES: dict[str, type[Value]] = {t.type_name(): t for t in (Query, Answer, Passages, ModelChoice, Verdict, Text)}
AnyValue = Annotated[Query | Answer | Passages | ModelChoice | Verdict | Text, Field(discriminator="type")]
V = TypeVar("V", bound=Value)


def is_compatible(source: str, target: str) -> bool:
    """Says whether an output of type `source` may feed an input of type `target` (type names)."""
    return source == target or source in VALUE_TYPES[target].accepts
