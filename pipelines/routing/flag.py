"""Flags that whoever asks writes into a question: they say what kind of model shall answer, and are taken out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import Field, ValidationError

from pipelines.node import Port
from pipelines.routing.demand import Demands, Wish
from pipelines.value import Query

OUTRIGHT: Final = 1.0
"""What a superlative is worth: as much as the whole range of scores."""

_AT_START: Final = re.compile(r"\A\s*\[([^\[\]\n]{1,200})\]")
_AT_END: Final = re.compile(r"\[([^\[\]\n]{1,200})\]\s*\Z")
_NAMED: Final = re.compile(r"[ \t]*\[\s*flags?\s*:([^\[\]\n]{1,200})\]", re.IGNORECASE)
_WISH: Final = re.compile(r"([a-z -]+?)\s*(?:[=:]\s*(\d(?:\.\d+)?))?")
_LIMIT: Final = re.compile(r"([a-z]+)\s*(<=|>=|=|:|<|>|\s)\s*(\S.*)")
_NUMBER: Final = re.compile(r"\$?\s*(\d+(?:\.\d+)?)\s*([bkm]?)")
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_THOUSANDS: Final = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}

_SOFT: Final[dict[str, tuple[Wish, bool]]] = {
    **dict.fromkeys(("small", "smaller"), ("small", False)),
    **dict.fromkeys(("recent", "new", "newer"), ("recent", False)),
    **dict.fromkeys(("cheap", "cheaper", "low cost"), ("cheap", False)),
    **dict.fromkeys(("open", "open source", "open weights", "open licence", "open license"), ("open", False)),
    **dict.fromkeys(("roomy", "long context", "large context"), ("roomy", False)),
    "smallest": ("small", True),
    **dict.fromkeys(("newest", "latest", "most recent"), ("recent", True)),
    **dict.fromkeys(("cheapest", "lowest cost"), ("cheap", True)),
    **dict.fromkeys(("longest context", "largest context"), ("roomy", True)),
}
_LISTS: Final = {
    **dict.fromkeys(("licence", "license"), "licences"),
    "region": "regions",
    **dict.fromkeys(("modality", "reads"), "modalities"),
}
_AT_MOST: Final = ("<=", "<", "=", ":", " ")
_AT_LEAST: Final = (">=", ">", "=", ":", " ")


@dataclass(frozen=True, slots=True)
class Flagged:
    """Is a question without its flags.

    Attributes:
        demands: one for each flag, so that of several limits the strictest counts.
        heard: the flags as they were written.
        unknown: what stood behind `flag:` and is no flag.
    """

    text: str
    demands: tuple[Demands, ...] = ()
    heard: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Returns what was read, for a line that says what was chosen; empty where nothing was."""
        heard = f"; flags: {', '.join(self.heard)}" if self.heard else ""
        return heard + "".join(f"; '{flag}' is no flag" for flag in self.unknown)


class FlaggedDemands(Demands):
    """Says what a node demands of models, and whether whoever asks may demand more by flags in the question."""

    reads_flags: bool = Field(
        default=False,
        description="Whoever asks may write flags in front of the question or behind it: [small], [recent], [cheap],"
        " [open], [long context], stronger as [smallest] or [small=0.5]; limits such as [size <= 8b], [price <= 1],"
        " [since 2025], [licence: open], [region: eu], [context >= 32k], [reads image]; [flag: small, cheap] counts"
        " anywhere. They are taken out of the question, so wire it on from this router.",
    )
    flag_weight: float = Field(
        default=0.2, ge=0.0, le=1.0, description="Score that a flag such as [small] is worth; [smallest] is worth 1."
    )

    def heard(self, text: str) -> Flagged:
        """Returns the question without its flags where these are read, else as it is."""
        return read_flags(text, self.flag_weight) if self.reads_flags else Flagged(text)

    def output_ports(self) -> tuple[Port, ...]:
        """Returns the port of the question without its flags where these are read."""
        return (Port(name="query", type="query"),) if self.reads_flags else ()

    def passed_on(self, query: Query) -> dict[str, Query]:
        """Returns what that port fires."""
        return {"query": query} if self.reads_flags else {}


def read_flags(text: str, weight: float) -> Flagged:
    """Returns the question without its flags, and what they say.

    `[flag: small, price <= 1]` counts anywhere; without the word `flag:` a flag counts in front of the question or
    behind it only, and brackets that hold anything else stay where they are. `[small]` is worth `weight`, `[small=0.5]`
    as much as it says, `[smallest]` the whole range of scores. Sizes end in b, windows may end in k or m.

    Source: user flags in the prompt (Tryage, arXiv 2308.11601, "[Flag: Smallest model]").
    """
    found: list[Demands] = []
    heard: list[str] = []
    unknown: list[str] = []

    def named(match: re.Match[str]) -> str:
        for item in filter(None, map(str.strip, re.split("[,;]", match[1]))):
            read = _read(item, weight)
            if read is None:
                unknown.append(item)
            else:
                found.append(read)
                heard.append(item)
        return ""

    rest = _NAMED.sub(named, text)
    for edge in (_AT_START, _AT_END):
        while match := edge.search(rest):
            items = re.split("[,;]", match[1])
            read = [_read(item, weight) for item in items]
            told = [each for each in read if each is not None]
            if len(told) < len(read):
                break
            found += told
            heard += map(str.strip, items)
            rest = rest[match.end() :] if edge is _AT_START else rest[: match.start()]
    if not found and not unknown:
        return Flagged(text)
    return Flagged(rest.strip() or text, tuple(found), tuple(heard), tuple(unknown))


def _read(item: str, weight: float) -> Demands | None:
    """Returns what one flag says, or None where it is none."""
    words = re.sub(r"\s+(?:model|models)$", "", " ".join(item.lower().split()))
    wish = _WISH.fullmatch(words)
    if wish and wish[1] in _SOFT:
        name, is_outright = _SOFT[wish[1]]
        worth = float(wish[2]) if wish[2] else OUTRIGHT if is_outright else weight
        return _demands({name: worth})
    limit = _LIMIT.fullmatch(words)
    return _demands(_limit(limit[1], limit[2], limit[3].strip())) if limit else None


def _limit(name: str, sign: str, value: str) -> dict[str, Any]:
    """Returns the field that a limit sets; empty where it makes no sense."""
    if name in _LISTS and sign in ("=", ":", " "):
        return {_LISTS[name]: (value,)}
    if name in ("released", "since") and sign in _AT_LEAST and (day := _DAY.fullmatch(value)):
        return {"released_since": _day(day)}
    number = _NUMBER.fullmatch(value)
    if number is None:
        return {}
    amount, unit = float(number[1]), number[2]
    if name == "size" and sign in _AT_MOST and unit in ("", "b"):
        return {"largest_b": amount}
    if name in ("price", "cost") and sign in _AT_MOST and not unit:
        return {"dearest_usd_per_mtok": amount}
    if name in ("context", "window") and sign in _AT_LEAST:
        return {"context_tokens": round(amount * _THOUSANDS[unit])}
    return {}


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None


def _demands(fields: dict[str, Any]) -> Demands | None:
    if not fields or None in fields.values():
        return None
    try:
        return Demands(**fields)
    except ValidationError:
        return None
