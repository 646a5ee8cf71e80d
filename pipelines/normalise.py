"""Brings answers that say the same in different words to one form, so that they can be counted and compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Comparison = Literal["auto", "text", "number", "choice"]
"""How answers are compared.

`auto` looks for a boxed or announced answer and reads it as a number or the letter of a choice, else as words;
`text` always compares the words of the whole; `number` takes the last number; `choice` takes the last single letter.
"""

_ARTICLES = frozenset({"a", "an", "the"})
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SIGNED = rf"(?<![\w.)])[-+]?(?:{_NUMBER})"
_TOKEN = re.compile(rf"(?P<number>{_SIGNED})|(?P<word>[^\W_]+)|(?P<sign>[+*/^=<>%#]|(?<!\s)-(?=\d)|(?<=\s)-(?=\s))")
_WHOLE_NUMBER = re.compile(rf"[-+]?(?:{_NUMBER})\.?")
_LAST_NUMBER = re.compile(rf"{_SIGNED}(?:/\d+)?")
_ANNOUNCED = re.compile(
    r"\b(?:answer|choice|option|result|solution)\b[*_]*\s*(?:\bis\b|:|=)\s*:?\s*(?P<answer>\S[^\n]*)|#{4}\s*(?P<marked>\S[^\n]*)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(r"^(?:it is|it's|that is|that's|this is|sure[,:!]|i think)\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=\d)[.!?;,]\s|(?<=[^\W\d_]{4})[.!?;]\s")
_WHOLE_LETTER = re.compile(r"(?:option |choice )?[(\[]?([A-Ja-j])[)\].:]?", re.IGNORECASE)
_LEADING_LETTER = re.compile(r"\(([A-Ja-j])\)|\[([A-Ja-j])\]|([A-J])\)")
_ANNOUNCED_LETTER = re.compile(r"[(\[]?([A-J])[)\].:](?:\s|$)")
_LAST_LETTER = re.compile(r"(?<![\w'])(?:\(([A-Ja-j])\)|\[([A-Ja-j])\]|([B-HJ])(?![\w'])|([AI])(?=[).:]|\s*$))")
_LATEX = re.compile(r"\\(?:text|mathrm|mathbf|textbf)\s*\{([^{}]*)\}|\\[()\[\]!,]|\$")
_MARKDOWN = re.compile(r"\*\*|__|`|^#{1,6}(?=\s)", re.MULTILINE)
_PLAIN = str.maketrans({"’": "'", "‘": "'", "−": "-", "“": '"', "”": '"'})
_DECORATION = " \t\r\n*_`'\""


def normalise(text: str, compare: Comparison = "auto") -> str:
    r"""Returns the form in which an answer is counted: two answers with the same form agree.

    Case, articles, punctuation and white space do not count; `1,000.0` is `1000`, `(B)` and `Answer: B` are `b`.

    Source: the answer normalisation of SQuAD (Rajpurkar et al., 2016), extended by numbers, choices and `\boxed{}`.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    if compare == "text":
        return _words(plain)
    found = {"number": _last_number, "choice": _last_letter}.get(compare, _automatic)(plain)
    return found or _automatic(plain)


def _automatic(text: str) -> str:
    boxed = _last_boxed(text)
    announced = None if boxed is not None else _last_announced(text)
    found = boxed if boxed is not None else announced if announced is not None else text
    plain = _LATEX.sub(lambda match: match[1] or "", found).strip(_DECORATION)
    plain = _LEAD_IN.sub("", plain).strip(_DECORATION)
    if _WHOLE_NUMBER.fullmatch(plain):
        return _number(plain)
    if letter := _WHOLE_LETTER.fullmatch(plain):
        return letter[1].lower()
    leading = _LEADING_LETTER.match(plain) or (_ANNOUNCED_LETTER.match(plain) if announced is not None else None)
    if leading:
        return next(group for group in leading.groups() if group).lower()
    return _words(plain) or _words(text)


def _last_boxed(text: str) -> str | None:
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth, begin = 1, start + len("\\boxed{")
    for end in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[begin:end]
    return None


def _last_announced(text: str) -> str | None:
    found = None
    for match in _ANNOUNCED.finditer(text):
        found = match["answer"] or match["marked"]
    return None if found is None else _SENTENCE_END.split(found.lstrip(_DECORATION), maxsplit=1)[0]


def _last_number(text: str) -> str | None:
    found = _LAST_NUMBER.findall(_last_boxed(text) or _last_announced(text) or "") or _LAST_NUMBER.findall(text)
    return "/".join(_number(part) for part in found[-1].split("/")) if found else None


def _last_letter(text: str) -> str | None:
    for place in (_last_boxed(text), _last_announced(text), text):
        plain = _LATEX.sub(lambda match: match[1] or "", place or "").strip(_DECORATION)
        if letter := _WHOLE_LETTER.fullmatch(plain) or _ANNOUNCED_LETTER.match(plain):
            return letter[1].lower()
        if found := list(_LAST_LETTER.finditer(plain)):
            return next(group for group in found[-1].groups() if group).lower()
    return None


def _number(text: str) -> str:
    digits = text.strip().rstrip(".").replace(",", "")
    whole, _, fraction = digits.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    value = f"{whole}.{fraction}" if fraction else whole
    return f"-{value}" if digits.startswith("-") and value != "0" else value


def _words(text: str) -> str:
    folded = _MARKDOWN.sub("", text).casefold().replace("'", "")
    tokens = [_number(m[0]) if m["number"] else m[0] for m in _TOKEN.finditer(folded)]
    return " ".join([t for t in tokens if t not in _ARTICLES] or tokens) or " ".join(folded.split())
