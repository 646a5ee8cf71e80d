"""SQuAD: questions about paragraphs of Wikipedia articles, some of them without an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow, name_of, text_of
from pipelines.reader import Peek, Reader
from pipelines.value import Document

UNANSWERABLE: Final = "unanswerable"


class Squad(Reader):
    """Reads the nested file of the authors and the flat rows of the Hugging Face hub; the group is the article.

    A question without an answer has no reference and the tag `unanswerable`.

    Source: Rajpurkar et al. 2016 and 2018, SQuAD 1.1 and 2.0.
    """

    title: ClassVar[str] = "SQuAD"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty for articles with paragraphs, or rows with a context and answers with their start."""
        nested = '"paragraphs"' in peek.head and '"qas"' in peek.head
        flat = {"question", "context", "answers"} <= peek.columns and "answer_start" in peek.head
        return 0.95 if nested or flat else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields a row for each question."""
        number = 0
        for article in json_rows(content):
            if isinstance(article, Problem) or "paragraphs" not in article.cells:
                yield article
                continue
            for cells in _questions(article.cells):
                number += 1
                yield RawRow(number, None, cells)

    def example(self, row: RawRow) -> Example:
        """Returns the question with its paragraph."""
        title = row.text("title").replace("_", " ")
        references = tuple(dict.fromkeys(_answers(row.cells.get("answers"))))
        context = row.required("context")
        return built(
            id=row.text("id") or str(row.number),
            query=row.required("question"),
            references=references,
            documents=(Document(title=title[:500], text=context),),
            tags=() if references else (UNANSWERABLE,),
            group=name_of(title) or name_of(context),
        )


def _questions(article: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for paragraph in _objects(article.get("paragraphs")):
        for question in _objects(paragraph.get("qas")):
            yield {**question, "context": paragraph.get("context"), "title": article.get("title", "")}


def _answers(value: Any) -> Iterator[str]:
    texts = value.get("text") if isinstance(value, Mapping) else [item.get("text") for item in _objects(value)]
    yield from (text_of(text) for text in (texts if isinstance(texts, list) else [texts]) if text_of(text).strip())


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
