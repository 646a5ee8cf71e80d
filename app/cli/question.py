"""Reads the questions of a command: a text, a JSON object, or many in a file with one JSON object a line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from pipelines.error import DocumentError
from pipelines.record import Record
from pipelines.value import Document, Query

STANDARD_INPUT = Path("-")


class QuestionRow(Record):
    """Is a question as it stands in a JSON file; a row may also be the bare text."""

    query: Annotated[str, Field(min_length=1)]
    tags: tuple[str, ...] = ()
    language: str | None = None
    documents: tuple[Document, ...] = ()


def question(text: str, tags: tuple[str, ...]) -> Query:
    """Returns the question of a text.

    Raises:
        DocumentError: if the text is empty or no text.
    """
    return _query(QuestionRow.model_construct(query=text), tags, "The question")


def read_questions(path: Path, tags: tuple[str, ...]) -> tuple[tuple[Query, ...], bool]:
    """Returns the questions of a file, and whether the file is of a kind that holds several.

    `.jsonl` has a JSON object a line, `.json` an object or a list of them; any other file is the text of one question.

    Raises:
        DocumentError: with the line, if the file cannot be read or a row is not a question.
    """
    text = _text_of(path)
    if path.suffix in (".jsonl", ".ndjson"):
        rows = [(f"Line {n} of '{path}'", line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if not rows:
            raise DocumentError(f"The file '{path}' holds no question; write one JSON object a line.")
        return tuple(_query(_row(_parsed(line, place), place), tags, place) for place, line in rows), True
    if path.suffix != ".json":
        return (_query(QuestionRow.model_construct(query=text.strip()), tags, f"The file '{path}'"),), False
    content = _parsed(text, f"The file '{path}'")
    if not isinstance(content, list):
        return (_query(_row(content, f"The file '{path}'"), tags, f"The file '{path}'"),), False
    if not content:
        raise DocumentError(f"The file '{path}' holds no question; write a list of objects with a query each.")
    places = [(f"Row {n} of '{path}'", row) for n, row in enumerate(content, start=1)]
    return tuple(_query(_row(row, place), tags, place) for place, row in places), True


def _text_of(path: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
        return raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise DocumentError(f"There is no file '{path}' to read the question from.") from None
    except OSError as error:
        raise DocumentError(f"The file '{path}' cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise DocumentError(f"The file '{path}' is not UTF-8 text (byte {error.start}).") from None


def _parsed(text: str, place: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{place} is not JSON: {error}.") from None


def _row(content: object, place: str) -> QuestionRow:
    try:
        return QuestionRow.model_validate({"query": content} if isinstance(content, str) else content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise DocumentError(
            f"{place}{f', field {field},' if field else ''} is not a question ({first['msg'].lower()}); a question is"
            ' {"query": "...", "tags": ["..."], "documents": [{"title": "...", "text": "..."}]}, only query is needed.'
        ) from None


def _query(row: QuestionRow, tags: tuple[str, ...], place: str) -> Query:
    if not row.query.strip():
        raise DocumentError(f"{place} is empty; ask something.")
    try:
        row.query.encode()
    except UnicodeEncodeError:
        raise DocumentError(f"{place} is not valid UTF-8 text.") from None
    given = tuple(dict.fromkeys((*row.tags, *tags)))
    return Query(text=row.query, tags=given, language=row.language, documents=row.documents)
