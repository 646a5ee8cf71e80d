"""An outcome table as a card and a file of arrays, to be stored or sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import DocumentError
from pipelines.outcome.table import OutcomeTable
from pipelines.packed import pack, unpack
from pipelines.record import Record, now

_NUMBERS: Final = ("score", "cost_usd", "input_tokens", "output_tokens", "latency_s")
_TEXTS: Final = ("ids", "queries", "tasks", "groups", "splits")


class TableCard(Record):
    """Says what an outcome table is, without its rows.

    Attributes:
        name: a slug.
        source, licence: where the outcomes come from and what may be done with them, for a person.
        missing: how many cells have no score.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    title: str = Field(default="", max_length=200)
    source: str = ""
    licence: str = ""
    models: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    n_queries: int = Field(ge=0)
    missing: int = Field(ge=0)
    priced: bool = False
    content_hash: str
    created_at: datetime = Field(default_factory=now)


def card_of(table: OutcomeTable, name: str, **about: Any) -> TableCard:
    """Returns the card of a table; `about` fills title, source and licence."""
    return TableCard(
        name=name,
        models=table.models,
        tasks=tuple(sorted({task for task in table.tasks if task})),
        n_queries=table.n_queries,
        missing=int(table.missing.sum()),
        priced=bool((~np.isnan(table.cost_usd)).any()),
        content_hash=table.content_hash,
        **about,
    )


def table_to_bytes(table: OutcomeTable) -> bytes:
    """Returns the rows of a table as a file of arrays."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(table, name) for name in _NUMBERS}
    texts = {name: getattr(table, name) for name in _TEXTS}
    texts |= {"models": table.models, "options": table.options, "name": table.name}
    texts["answers"] = None if table.answers is None else table.answers.tolist()
    # Texts as JSON bytes: an array of fixed width would give every question the room of the longest.
    arrays["texts"] = np.frombuffer(orjson.dumps(texts, default=str), dtype=np.uint8)
    return pack(arrays)


def table_from_bytes(content: bytes) -> OutcomeTable:
    """Returns the table that `table_to_bytes` wrote.

    Raises:
        DocumentError: if it is no such file.
    """
    arrays = unpack(content)
    try:
        texts = orjson.loads(arrays["texts"].tobytes())
        answers = None if texts["answers"] is None else np.array(texts["answers"], dtype=object)
        rows: dict[str, Any] = {name: tuple(map(str, texts[name])) for name in _TEXTS}
        rows |= {name: arrays[name].astype(np.float64) for name in _NUMBERS}
        return OutcomeTable(
            name=str(texts["name"]),
            models=tuple(map(str, texts["models"])),
            options=tuple(map(int, texts["options"])),
            answers=answers,
            **rows,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"The file is no outcome table: {error}.") from None
