"""One row of a data set: a question with what is known of its right answer."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Annotated, Any, Final

from pydantic import Field

from pipelines.record import Record
from pipelines.value import Document, Query

MOST_CHOICES: Final = len(ascii_uppercase)
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Example(Record):
    """Is one question, with what is known of its right answer and where it belongs.

    Attributes:
        id: unique in its data set.
        references: the accepted answers, the main one first; for a multiple choice the letter of the right choice.
        choices: the choices of a multiple choice, shown under the question as `A) ...`.
        documents: what the question is about, if it is about documents.
        group: rows of one group (a document, a conversation) are never parted by a split, and count as one cluster.
        difficulty: a name such as `easy` or `level 5`, or None.
        extra: what a scorer needs beyond: `tests`, `schema`, `functions`, `database`, `rubric` and the like.
    """

    id: Name
    query: str
    references: tuple[str, ...] = ()
    choices: tuple[str, ...] = Field(default=(), max_length=MOST_CHOICES)
    documents: tuple[Document, ...] = ()
    tags: tuple[Name, ...] = ()
    group: Name | None = None
    difficulty: Name | None = None
    extra: dict[str, Any] = Field(default_factory=dict)

    def as_query(self) -> Query:
        """Returns the question as a pipeline gets it: with lettered choices and documents, without references."""
        lines = [f"{letter}) {choice}" for letter, choice in zip(ascii_uppercase, self.choices, strict=False)]
        text = "\n".join([self.query, "", *lines]) if lines else self.query
        return Query(text=text, tags=self.tags, documents=self.documents)
