"""What the columns of a table mean, and the examples that follow from it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from string import ascii_uppercase
from typing import Any, Final

from pydantic import Field, ValidationError

from pipelines.data.example import MOST_CHOICES, Example
from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow, name_of, names_of, parsed_json, text_of, texts_of
from pipelines.record import Record
from pipelines.value import Document

LARGEST_INTEGER: Final = 2**63 - 1


class ColumnMapping(Record):
    """Says which columns of a table are what.

    Attributes:
        references: the accepted answers, the main one first; with a `separator` a cell holds several.
        choices: one column with a list (JSON, or parted by `|`), or one column for each choice.
        documents: columns whose text the question is about; `document_title` names them.
        group: rows with the same value are never parted by a split.
        extra: columns kept as they are for scorers, under their own names.
    """

    query: str
    references: tuple[str, ...] = ()
    separator: str | None = Field(default=None, min_length=1)
    choices: tuple[str, ...] = Field(default=(), max_length=MOST_CHOICES)
    documents: tuple[str, ...] = ()
    document_title: str | None = None
    tags: tuple[str, ...] = ()
    id: str | None = None
    group: str | None = None
    difficulty: str | None = None
    extra: tuple[str, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """Returns every column that it names."""
        single = (self.query, self.document_title, self.id, self.group, self.difficulty)
        several = (*self.references, *self.choices, *self.documents, *self.tags, *self.extra)
        return tuple(dict.fromkeys(name for name in (*single, *several) if name))

    def without(self, columns: Collection[str]) -> ColumnMapping:
        """Returns the mapping in which these columns, apart from the question's, mean nothing."""
        fields = self.model_dump(exclude={"query", "separator"})
        kept: dict[str, Any] = {
            name: tuple(item for item in value if item not in columns)
            if isinstance(value, tuple)
            else (None if value in columns else value)
            for name, value in fields.items()
        }
        return self.model_copy(update=kept)

    def example(self, row: RawRow) -> Example:
        """Returns the example of a row; without an id it is the number of the row.

        Raises:
            RowRefused: if the question is empty, or the answer of a multiple choice is none of the choices.
        """
        choices = self._choices(row)
        references = [text for column in self.references for text in row.texts(column, self.separator)]
        if choices:
            references = [_letter(row, column, choices) for column in self.references if row.text(column).strip()]
        return built(
            id=(row.text(self.id).strip() if self.id else "") or str(row.number),
            query=row.required(self.query),
            references=tuple(dict.fromkeys(references)),
            choices=choices,
            documents=tuple(self._documents(row)),
            tags=names_of(text for column in self.tags for text in row.texts(column, ",")),
            group=name_of(row.text(self.group)) if self.group else None,
            difficulty=name_of(row.text(self.difficulty)) if self.difficulty else None,
            extra={column: json_of(row.cells.get(column)) for column in self.extra if row.text(column)},
        )

    def _choices(self, row: RawRow) -> tuple[str, ...]:
        if len(self.choices) != 1:
            return tuple(text for column in self.choices if (text := row.text(column).strip()))
        column = self.choices[0]
        value = row.cells.get(column)
        value = value if (parsed := parsed_json(value)) is None else parsed
        if isinstance(value, dict):
            # So the Hugging Face hub writes ARC and OpenBookQA: the texts beside their labels.
            value = value.get("text", list(value.values()))
        items = (
            [item.get("text") if isinstance(item, dict) else item for item in value]
            if isinstance(value, list)
            else value
        )
        found = texts_of(items, "|")
        if len(found) > MOST_CHOICES:
            raise RowRefused(f"there are {len(found)} choices; at most {MOST_CHOICES} have a letter", column)
        return found

    def _documents(self, row: RawRow) -> Iterator[Document]:
        title = row.text(self.document_title).strip() if self.document_title else ""
        for column in self.documents:
            for text in row.texts(column):
                yield Document(title=(title or column)[:500], text=text)


def built(**fields: Any) -> Example:
    """Returns an example.

    Raises:
        RowRefused: if a field is outside its limits, with the field.
    """
    try:
        return Example(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise RowRefused(f"the {first['loc'][0]} cannot be used: {first['msg']}") from None


def json_of(value: Any) -> Any:
    """Returns a cell as what JSON can hold: other values become text, and what is not a number nothing."""
    if isinstance(value, dict):
        return {text_of(key): json_of(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_of(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= LARGEST_INTEGER else str(value)
    return value if value is None or isinstance(value, bool) else text_of(value)


def _letter(row: RawRow, column: str, choices: tuple[str, ...]) -> str:
    """Returns the letter of the right choice, given as letter, as text, or as a number from 0."""
    answer = row.text(column).strip()
    letters = ascii_uppercase[: len(choices)]
    folded = [choice.casefold() for choice in choices]
    bare = answer.strip("().: ").upper()
    if answer.casefold() in folded:
        return letters[folded.index(answer.casefold())]
    if len(bare) == 1 and bare in letters:
        return bare
    if bare.isdecimal() and int(bare[:9]) < len(choices):
        return letters[int(bare[:9])]
    raise RowRefused(
        f"found '{answer[:50]}'; with choices the answer is a letter from A to {letters[-1]}, the text of a choice,"
        f" or its number from 0 to {len(choices) - 1}",
        column,
    )
