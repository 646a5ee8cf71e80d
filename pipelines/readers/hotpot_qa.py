"""HotpotQA: questions whose answer needs two of ten given paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, name_of, names_of, text_of
from pipelines.reader import Peek, Reader
from pipelines.value import Document


class HotpotQa(Reader):
    """Reads question, answer and paragraphs in the form of the authors and in that of the Hugging Face hub.

    The group is the first supporting paragraph: questions about the same one are never parted.

    Source: Yang et al. 2018, HotpotQA: A Dataset for Diverse, Explainable Multi-hop Question Answering.
    """

    title: ClassVar[str] = "HotpotQA"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has supporting facts and paragraphs."""
        return 0.95 if {"question", "answer", "supporting_facts", "context"} <= peek.columns else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the question with its paragraphs as documents."""
        documents = tuple(_documents(row.cells.get("context")))
        facts = [text_of(title) for title, _ in _pairs(row.cells.get("supporting_facts"), "title", "sent_id")]
        return built(
            id=row.text("_id") or row.text("id") or str(row.number),
            query=row.required("question"),
            references=(row.required("answer").strip(),),
            documents=documents,
            tags=names_of([row.text("type")]),
            group=name_of(facts[0] if facts else documents[0].title if documents else ""),
            difficulty=name_of(row.text("level")),
            extra={"supporting": list(dict.fromkeys(facts))},
        )


def _documents(context: Any) -> Iterator[Document]:
    for title, sentences in _pairs(context, "title", "sentences"):
        if not isinstance(sentences, list):
            raise RowRefused("a paragraph is not a title with a list of sentences", "context")
        yield Document(title=text_of(title)[:500], text="".join(map(text_of, sentences)).strip())


def _pairs(value: Any, first: str, second: str) -> Iterator[tuple[Any, Any]]:
    """Yields pairs of a list of pairs, or of an object with two lists of equal length."""
    if isinstance(value, Mapping) and isinstance(value.get(first), list) and isinstance(value.get(second), list):
        yield from zip(value[first], value[second], strict=False)
    elif isinstance(value, list):
        yield from ((item[0], item[1]) for item in value if isinstance(item, list) and len(item) == 2)
