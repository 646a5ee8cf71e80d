"""What is demanded of a model beside a good answer: what it must keep to, and what is wished of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pydantic import Field

from pipelines.catalogue import ModelEntry
from pipelines.field import Lines
from pipelines.record import Record
from pipelines.trait import PROPRIETARY, day_in, size_in

Wish = Literal["small", "recent", "cheap", "open", "roomy"]
WISHES: Final[tuple[Wish, ...]] = ("small", "recent", "cheap", "open", "roomy")
OPEN: Final = "open"

_WEIGHT: Final = "Score that the {} model loses against the {} one; 0 does not look at it."


class Demands(Record):
    """Says which models may be chosen, and how much score small, recent, cheap, open or roomy ones are given ahead."""

    largest_b: float | None = Field(
        default=None, gt=0.0, le=1e5, title="Largest size", description="At most so many billions of parameters."
    )
    released_since: date | None = Field(default=None, description="Released on this day or later, such as 2025-01-31.")
    dearest_usd_per_mtok: float | None = Field(
        default=None,
        ge=0.0,
        le=1e6,
        title="Dearest price",
        description="USD per million tokens at most, input and output price together.",
    )
    licences: Lines = Field(default=(), description="One of these, one a line; 'open' is any but proprietary.")
    regions: Lines = Field(default=(), description="Answers are made in one of these, one a line.")
    modalities: Lines = Field(default=(), description="The model reads all of these (text, image, ...), one a line.")
    context_tokens: int | None = Field(
        default=None, ge=1, le=100_000_000, title="Least window", description="A window of at least so many tokens."
    )
    small: float = Field(default=0.0, ge=0.0, le=1.0, description=_WEIGHT.format("largest", "smallest"))
    recent: float = Field(default=0.0, ge=0.0, le=1.0, description=_WEIGHT.format("oldest", "newest"))
    cheap: float = Field(default=0.0, ge=0.0, le=1.0, description=_WEIGHT.format("dearest", "cheapest"))
    open: float = Field(default=0.0, ge=0.0, le=1.0, description=_WEIGHT.format("proprietary", "open"))
    roomy: float = Field(default=0.0, ge=0.0, le=1.0, description=_WEIGHT.format("narrowest", "widest"))

    @property
    def asks(self) -> bool:
        """Says whether anything is demanded at all."""
        limits = (self.largest_b, self.released_since, self.dearest_usd_per_mtok, self.context_tokens)
        lists = (self.licences, self.regions, self.modalities)
        return any(each is not None for each in limits) or any(lists) or any(self.weight(wish) for wish in WISHES)

    def weight(self, wish: Wish) -> float:
        """Returns how much score the wish is worth."""
        return float(getattr(self, wish))


@dataclass(frozen=True, slots=True)
class Profile:
    """Is what demands look at; None is not known.

    Attributes:
        price_usd_per_mtok: input and output price together.
    """

    name: str
    size_b: float | None = None
    released_on: date | None = None
    price_usd_per_mtok: float | None = None
    licence: str | None = None
    region: str | None = None
    modalities: tuple[str, ...] = ()
    context_tokens: int | None = None

    @classmethod
    def of(cls, entry: ModelEntry) -> Profile:
        """Returns the profile of a model; size and age are read off its name where nobody entered them."""
        traits, price = entry.traits, entry.price
        told = f"{entry.name} {entry.target}"
        return cls(
            name=entry.name,
            size_b=traits.parameters_b or size_in(told),
            released_on=traits.released_on or day_in(told),
            price_usd_per_mtok=None if price is None else price.input_usd_per_mtok + price.output_usd_per_mtok,
            licence=None if traits.licence is None else traits.licence.strip().lower(),
            region=None if traits.region is None else traits.region.strip().lower(),
            modalities=tuple(each.strip().lower() for each in traits.modalities),
            context_tokens=entry.context_window,
        )

    @property
    def is_open(self) -> bool | None:
        """Says whether the weights are given away."""
        return None if self.licence is None else not self.licence.startswith(PROPRIETARY)


def fault(profile: Profile, demands: Sequence[Demands]) -> str | None:
    """Returns in a few words what a model does not keep to, or None; what is not known is not kept to."""
    return next((found for each in demands for found in _faults(profile, each)), None)


def _faults(profile: Profile, wanted: Demands) -> Iterator[str]:
    limits = (
        ("size", profile.size_b, wanted.largest_b, "{:g}B is above {:g}B"),
        ("price", profile.price_usd_per_mtok, wanted.dearest_usd_per_mtok, "${:g} per Mtok is above ${:g}"),
        ("window", profile.context_tokens, wanted.context_tokens, "a window of {:,} is below {:,}"),
    )
    for name, value, limit, words in limits:
        if limit is None:
            continue
        if value is None:
            yield f"{name} not known"
        elif value < limit if name == "window" else value > limit:
            yield words.format(value, limit)
    if wanted.released_since is not None:
        if profile.released_on is None:
            yield "age not known"
        elif profile.released_on < wanted.released_since:
            yield f"released {profile.released_on}, before {wanted.released_since}"
    yield from _unlisted(profile, wanted)


def _unlisted(profile: Profile, wanted: Demands) -> Iterator[str]:
    licences, regions, modalities = map(_words, (wanted.licences, wanted.regions, wanted.modalities))
    if licences and profile.licence is None:
        yield "licence not known"
    elif licences and profile.licence not in licences and not (OPEN in licences and profile.is_open):
        yield f"licence {profile.licence}"
    if regions and profile.region is None:
        yield "region not known"
    elif regions and profile.region not in regions:
        yield f"region {profile.region}"
    unread = [each for each in modalities if each not in profile.modalities]
    if unread:
        yield f"does not read {', '.join(unread)}"


def _words(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip().lower() for line in lines if line.strip())
