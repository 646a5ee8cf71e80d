"""Finds the numbers in a text: with thousands separators, fractions, percent signs, powers, and units."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from pipelines.record import Record

MAX_CHARACTERS: Final = 50_000
UNITS: Final[Mapping[str, tuple[str, float]]] = {
    **{n: ("length", f) for n, f in {"mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1_000.0, "mi": 1_609.344}.items()},
    **dict.fromkeys(("metre", "metres", "meter", "meters"), ("length", 1.0)),
    **dict.fromkeys(("kilometre", "kilometres", "kilometer", "kilometers"), ("length", 1_000.0)),
    **dict.fromkeys(("centimetre", "centimetres", "centimeter", "centimeters"), ("length", 0.01)),
    **dict.fromkeys(("mile", "miles"), ("length", 1_609.344)),
    **{n: ("mass", f) for n, f in {"mg": 1e-6, "g": 0.001, "kg": 1.0, "t": 1_000.0}.items()},
    **dict.fromkeys(("gram", "grams"), ("mass", 0.001)),
    **dict.fromkeys(("kilogram", "kilograms"), ("mass", 1.0)),
    **{n: ("time", f) for n, f in {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3_600.0}.items()},
    **dict.fromkeys(("second", "seconds"), ("time", 1.0)),
    **dict.fromkeys(("minute", "minutes"), ("time", 60.0)),
    **dict.fromkeys(("hour", "hours"), ("time", 3_600.0)),
    **dict.fromkeys(("day", "days"), ("time", 86_400.0)),
    **{n: ("volume", f) for n, f in {"ml": 0.001, "cl": 0.01, "l": 1.0}.items()},
    **dict.fromkeys(("litre", "litres", "liter", "liters"), ("volume", 1.0)),
}
"""Units that are told apart and converted: dimension and size in its basic unit. Any other word is no unit."""

_MAGNITUDES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_LATEX_FRACTION = re.compile(
    r"(?P<whole>\d)?\\[dt]?frac\s*\{\s*(?P<up>[-+]?\d{1,40})\s*\}\s*\{\s*(?P<down>\d{1,40})\s*\}"
)
_VULGAR = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞])")
_LATEX = re.compile(r"\\(?:text|mathrm|mathbf|textbf)\s*\{([^{}]{0,200})\}|\\[()\[\]!,;]|\\(?=[%$])|\{,\}")
_TIMES_TEN = re.compile(r"(?<=\d)\s?(?:×|x|\*|·|\\times|\\cdot)\s?10\s?(?:\^|\*\*)\s?[{(]?(?P<power>[-+]?\d{1,3})[)}]?")
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {**{w: n for n, w in enumerate(_ONES)}, **{w: 10 * n for n, w in enumerate(_TENS, start=2)}}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPOKEN = re.compile(
    rf"(?P<words>(?:minus\s)?(?:{_WORD})(?:[\s-](?:and\s)?(?:{_WORD}|hundred|thousand|million))*)\b[.,!*]*(?:\s\w+)?\W*",
    re.IGNORECASE,
)
_DIGITS = (
    r"\d{1,3}(?:\.\d{3}){1,20},\d{1,40}(?!\d)|\d{1,2}(?:,\d{2}){1,10},\d{3}(?![\d,])(?:\.\d{1,400})?"
    r"|\d{1,3}(?:[,'_ ]\d{3}){1,20}(?!\d)(?:\.\d{1,400})?|\d{1,400}(?:\.\d{1,400})?|\.\d{1,400}"
)
_NUMBER = re.compile(
    r"(?<![\w.])(?P<sign>[-+]\s?|minus\s)?(?P<currency>[$€£¥]\s?)?(?P<inner>-)?"
    rf"(?P<digits>{_DIGITS})(?:[eE](?P<power>[-+]?\d{{1,3}})(?!\w))?"
    r"(?:\s?/\s?(?P<down>\d{1,40})(?![\d/])|\s(?P<up>\d{1,10})/(?P<under>\d{1,10})(?![\d/]))?"
    r"(?:\s?(?P<percent>%|percent\b|per cent\b)|\s?(?P<magnitude>hundred|thousand|million|billion|trillion)\b)?"
    r"(?:[\s-]?(?P<unit>[A-Za-z]{1,12})(?![A-Za-z0-9²³^/]))?",
    re.IGNORECASE,
)
_BOXED = re.compile(r"\\boxed\s?\{")
_ANNOUNCED = re.compile(
    r"(?:\b(?:answer|final (?:result|total|value))\b[^\n:=]{0,40}?(?:\bis\b|\bare\b|:|=)|#{4}|^[^\S\n]*A:)"
    r"[^\S\n]*(?P<answer>[^\n]{1,300})",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE_END = re.compile(r"(?<=[^\d\s])[.!?;](?:\s|$)|(?<=\d)[.!?;](?:\s|$)")


class Quantity(Record):
    """Is a number as it was written.

    Attributes:
        percent: a percent sign stands behind it; `value` does not take it into account.
        unit: one of `UNITS`, or None.
    """

    value: float
    percent: bool = False
    unit: str | None = None
    text: str = ""

    def values(self) -> tuple[float, ...]:
        """Returns what the number may mean: 25 % is 25 or 0.25."""
        return (self.value, self.value / 100.0) if self.percent else (self.value,)


def quantities(text: str) -> Iterator[Quantity]:
    """Yields the numbers of a text in their order; those too large for a float are left out."""
    for match in _NUMBER.finditer(_plain(text[-MAX_CHARACTERS:])):
        value = _value(match)
        if math.isfinite(value):
            unit = (match["unit"] or "").lower()
            known = unit if unit in UNITS else None
            yield Quantity(value=value, percent=bool(match["percent"]), unit=known, text=match[0].strip())


def announced_quantity(text: str) -> Quantity | None:
    r"""Returns the number that the text gives as its answer.

    That is the last one in the last `\boxed{...}`, else the first one behind the last `answer is`, `A:` or `####` that
    a number follows, else the last one of the text. An English number in words is read where it is the whole of that,
    with a unit at most.
    """
    text = text[-MAX_CHARACTERS:]
    boxes = list(_BOXED.finditer(text))
    if boxes:
        inside = list(quantities(_balanced(text, boxes[-1].end())))
        if inside:
            return inside[-1]
    for match in reversed(list(_ANNOUNCED.finditer(text))):
        said = _SENTENCE_END.split(match["answer"], maxsplit=1)[0]
        found = list(quantities(said))
        if found:
            # "the answer is 3 + 4 = 7" announces what follows the last sign of equality.
            return next(quantities(said.rpartition("=")[2]), None) or found[0]
        if spoken := _spoken(said):
            return spoken
    return next(iter(list(quantities(text))[::-1]), None) or _spoken(text)


def same(found: Quantity, expected: Quantity, tolerance: float, relative_tolerance: float) -> bool:
    """Says whether two quantities agree: known units are converted, an unknown or missing one counts for nothing."""
    if found.unit and expected.unit:
        (kind, size), (other, other_size) = UNITS[found.unit], UNITS[expected.unit]
        if kind != other:
            return False
        scale = size / other_size
    else:
        scale = 1.0
    return any(
        abs(one * scale - two) <= tolerance + relative_tolerance * abs(two)
        for one in found.values()
        for two in expected.values()
    )


def _spoken(text: str) -> Quantity | None:
    """Returns the number that the text is in English words, such as `twenty-one apples`, or None."""
    match = _SPOKEN.fullmatch(text[:200].strip(" \n*_'\""))
    if match is None:
        return None
    total = part = 0.0
    for word in re.split(r"[\s-]+", match["words"].lower()):
        if word in ("thousand", "million"):
            total, part = total + max(1.0, part) * _MAGNITUDES[word], 0.0
        elif word == "hundred":
            part = max(1.0, part) * 100.0
        else:
            part += _WORDS.get(word, 0)
    value = total + part
    return Quantity(value=-value if match["words"].lower().startswith("minus") else value, text=match["words"])


def _plain(text: str) -> str:
    """Returns the text with plain digits, signs and fractions, without LaTeX and bold type."""
    spaced = _VULGAR.sub(" ", text)
    plain = (
        unicodedata.normalize("NFKC", spaced).replace("⁄", "/").replace("−", "-").replace("–", "-").replace("’", "'")
    )
    plain = "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in plain)
    plain = _LATEX_FRACTION.sub(lambda m: f"{m['whole'] or ''} {m['up']}/{m['down']}", plain)
    plain = _TIMES_TEN.sub(lambda m: f"e{m['power']}", _LATEX.sub(lambda m: m[1] or "", plain))
    return plain.replace("**", "").replace("__", "")


def _value(match: re.Match[str]) -> float:
    digits = match["digits"]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    number = float(re.sub(r"[,'_ ]", "", digits) + (f"e{match['power']}" if match["power"] else ""))
    for up, down in ((1.0, match["down"]), (match["up"], match["under"])):
        if down is not None:
            if int(down) == 0:
                return math.nan
            number = number / float(down) if match["down"] else number + float(up) / float(down)
    number *= _MAGNITUDES.get((match["magnitude"] or "").lower(), 1.0)
    negative = (match["sign"] or "").lower().startswith(("-", "minus")) or match["inner"]
    return -number if negative else number


def _balanced(text: str, start: int) -> str:
    depth = 1
    for end in range(start, min(len(text), start + 1_000)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[start:end]
    return text[start : start + 1_000]
