"""One row of a file before it is an example, and how its cells are read as text, lists and numbers."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from pipelines.data.problem import RowRefused

LONGEST_CELL: Final = 1_000_000
DEEPEST: Final = 40
LONGEST_NAME: Final = 200
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RawRow:
    """Holds the cells of one row by column; `line` is None where the file has no lines."""

    number: int
    line: int | None
    cells: Mapping[str, Any]

    def text(self, column: str) -> str:
        """Returns a cell as text; an absent one is empty."""
        return text_of(self.cells.get(column))

    def required(self, column: str) -> str:
        """Returns a cell that may not be empty, as text.

        Raises:
            RowRefused: if it is absent or empty.
        """
        found = self.text(column)
        if not found.strip():
            has = ", ".join(f"'{name}'" for name in list(self.cells)[:20]) or "nothing"
            is_there = column in self.cells
            what = "the cell is empty; it needs a text" if is_there else f"there is no such column; the row has {has}"
            raise RowRefused(what, column)
        return found

    def texts(self, column: str, separator: str | None = None) -> tuple[str, ...]:
        """Returns a cell as a list of texts: a list, a JSON list as text, or text parted by the separator."""
        return texts_of(self.cells.get(column), separator)


def refuse_oversized(row: RawRow) -> None:
    """Returns where every cell is within the limits.

    Raises:
        RowRefused: if a cell is longer than 1,000,000 characters or nested deeper than 40 levels.
    """
    for column, value in row.cells.items():
        if isinstance(value, str):
            size = len(value)
        elif isinstance(value, (list, dict)):
            _refuse_depth(value, column)
            # A list of documents is read as several cells.
            size = max(map(_size_of, value.values() if isinstance(value, dict) else value), default=0)
        else:
            continue
        if size > LONGEST_CELL:
            raise RowRefused(f"the cell has {size:,} characters; it may have at most {LONGEST_CELL:,}", column)


def text_of(value: object) -> str:
    """Returns a cell as text: numbers as they are written, lists and objects as JSON, nothing as empty."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)


def texts_of(value: object, separator: str | None = None) -> tuple[str, ...]:
    """Returns a cell as a list of texts without the empty ones."""
    if isinstance(value, str):
        parsed = parsed_json(value)
        value = parsed if isinstance(parsed, list) else value.split(separator) if separator else [value]
    items = value if isinstance(value, (list, tuple)) else [value]
    return tuple(text for text in (text_of(item).strip() for item in items) if text)


def parsed_json(value: object) -> Any:
    """Returns the list or object that a text spells as JSON, any other value as it is, and None for other text."""
    if not isinstance(value, str):
        return value
    if value.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def name_of(text: str) -> str | None:
    """Returns a text as the name of a group or a tag: shortened with a hash where it is long, None where empty."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_NAME:
        return line or None
    return f"{line[:150]}… {hashlib.sha256(line.encode('utf-8', 'replace')).hexdigest()[:12]}"


def names_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Returns texts as names, each once."""
    return tuple(dict.fromkeys(name for name in map(name_of, texts) if name))


def _size_of(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (list, dict)):
        return sum(map(_size_of, value.values() if isinstance(value, dict) else value))
    return 0


def _refuse_depth(value: object, column: str) -> None:
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (list, dict))
        ]
        if not level:
            return
    raise RowRefused(f"the cell is nested deeper than {DEEPEST} levels", column)
