"""What is known of a model beside its price and its window: size, age, licence, region, and what it reads."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pydantic import Field

from pipelines.record import Record

PROPRIETARY: Final = "proprietary"
TEXT: Final = "text"

_MIXTURE: Final = re.compile(r"(?<![a-z\d.])(\d{1,3})x(\d{1,3}(?:\.\d+)?)b(?![a-z\d])")
_SIZE: Final = re.compile(r"(?<![a-z\d.])(\d{1,4}(?:\.\d+)?)b(?![a-z\d])")
_SMALL_SIZE: Final = re.compile(r"(?<![a-z\d.])(\d{2,3})m(?![a-z\d])")
_DAY: Final = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


class ModelTraits(Record):
    """Is what choices by size, age, licence, region and kind of input look at; None is not known.

    Attributes:
        parameters_b: in billions, of a mixture of experts all of them.
        licence: of the weights, such as `apache-2.0`; `proprietary` where they are not given away.
        region: where the answers are made, such as `eu`.
        modalities: what the model reads.
    """

    parameters_b: float | None = Field(default=None, gt=0.0, le=1e5)
    released_on: date | None = None
    licence: str | None = Field(default=None, min_length=1, max_length=100)
    region: str | None = Field(default=None, min_length=1, max_length=60)
    modalities: tuple[str, ...] = Field(default=(TEXT,), min_length=1, max_length=10)


def size_in(name: str) -> float | None:
    """Returns the parameters, in billions, that the name of a model tells (`qwen2.5-7b`, `mixtral-8x7b`), or None."""
    small = name.lower()
    if found := _MIXTURE.search(small):
        return float(found[1]) * float(found[2])
    if found := _SIZE.search(small):
        return float(found[1]) or None
    found = _SMALL_SIZE.search(small)
    return float(found[1]) / 1_000 or None if found else None


def day_in(name: str) -> date | None:
    """Returns the day that the name of a model tells (`gpt-4o-2024-08-06`, `claude-3-5-sonnet-20240620`), or None."""
    found = _DAY.search(name)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
