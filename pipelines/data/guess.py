"""Guesses what the columns of a table mean, by their names and a few rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pipelines.data.mapping import ColumnMapping
from pipelines.data.row import parsed_json, text_of

NAMES: Final = {
    "query": "question query prompt input instruction problem ask task sentence message userinput",
    "references": (
        "answer answers reference references expected expectedanswer expectedoutput target targets ideal gold"
        " goldanswer label groundtruth correctanswer bestanswer correct output solution truth response"
    ),
    "choices": "choices options answerchoices",
    "documents": "context document passage paragraph contexts documents passages article source sourcetext",
    "document_title": "title documenttitle articletitle",
    "tags": "tag tags category categories topic subject type task kind domain",
    "id": "id qid uid key questionid exampleid rowid taskid",
    "group": "group groupid documentid docid file filename conversation conversationid session cluster",
    "difficulty": "difficulty level hardness",
}
"""By field, how people call its column; earlier names win."""
_CHOICE = re.compile(r"^(?:(?:choice|option|opt|answer)[ _.-]?)?\(?([a-j]|10|[0-9])\)?$", re.IGNORECASE)


def guess_mapping(columns: Sequence[str], sample: Iterable[Mapping[str, Any]] = ()) -> ColumnMapping:
    """Returns the likeliest meaning of the columns; a table always gets a question, the column with the longest texts.

    Columns that mean nothing known are kept as `extra`.
    """
    rows = list(sample)
    left = list(columns)
    choices = _choice_columns(left)
    left = [name for name in left if name not in choices]
    query = _take(left, "query") or _longest(left, rows) or (columns[0] if columns else "query")
    left = [name for name in left if name != query]
    found = {field: _take(left, field) for field in NAMES if field != "query"}
    if choices:
        found["choices"] = None
    used = {query, *choices, *(name for name in found.values() if name)}
    reference, choice = found["references"], found["choices"]
    return ColumnMapping(
        query=query,
        references=(reference,) if reference else (),
        separator=_separator(rows, reference),
        choices=choices or ((choice,) if choice else ()),
        documents=(found["documents"],) if found["documents"] else (),
        document_title=found["document_title"] if found["documents"] else None,
        tags=(found["tags"],) if found["tags"] else (),
        id=found["id"] if _is_unique(rows, found["id"]) else None,
        group=found["group"],
        difficulty=found["difficulty"],
        extra=tuple(name for name in columns if name not in used),
    )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _take(columns: list[str], field: str) -> str | None:
    """Takes the column of a field out of the list: of that very name, or of two words that end in it."""
    by_name = {_plain(name): name for name in reversed(columns)}
    for wanted in NAMES[field].split():
        if wanted in by_name:
            columns.remove(by_name[wanted])
            return by_name[wanted]
    for wanted in NAMES[field].split():
        for name in columns:
            words = re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
            if field in ("query", "references") and len(wanted) > 4 and wanted in words:
                columns.remove(name)
                return name
    return None


def _choice_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Returns the columns A, B, C ... or choice 1, choice 2 ..., if they are at least two in a row."""
    marks = {found.group(1).upper(): name for name in columns if (found := _CHOICE.match(name.strip()))}
    for order in ("ABCDEFGHIJ", "0123456789", "123456789"):
        run = []
        for mark in order:
            if mark not in marks:
                break
            run.append(marks[mark])
        if len(run) > 1:
            return tuple(run)
    return ()


def _longest(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str | None:
    sizes = {name: sum(len(row[name]) for row in rows if isinstance(row.get(name), str)) for name in columns}
    return max(sizes, key=lambda name: sizes[name]) if any(sizes.values()) else None


def _separator(rows: Sequence[Mapping[str, Any]], column: str | None) -> str | None:
    """Returns `|` where it parts every answer that has one from another; other signs are common in one answer."""
    texts = [text_of(row.get(column)) for row in rows] if column else []
    parted = [text for text in texts if "|" in text and parsed_json(text) is None]
    return "|" if parted and all(all(part.strip() for part in text.split("|")) for text in parted) else None


def _is_unique(rows: Sequence[Mapping[str, Any]], column: str | None) -> bool:
    ids = [text_of(row.get(column)) for row in rows] if column else []
    return column is not None and len(set(ids)) == len(ids)
