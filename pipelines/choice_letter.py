"""Reads from an answer which lettered choice it takes, by a documented order of rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import Final, Literal

from pipelines.token_overlap import squad_form

Choice = str | Literal["several"] | None
"""A capital letter; `several` where the answer names more than one as its answer; None where the rule finds nothing."""

SEVERAL: Final = "several"
MAX_CHARACTERS: Final = 50_000

_PLAIN = str.maketrans({"’": "'", "‘": "'", "（": "(", "）": ")"})
_DECORATION = re.compile(r"\*\*|__|`|\$|\\(?:text|mathrm|mathbf|textbf)\s*(?=\{)")
_LETTER = r"[(\[{]?\s?(?P<letter>[A-Za-z])(?:\s?[)\]}]|(?![\w']))"
_WHOLE = re.compile(rf"(?:(?:option|choice|answer)\s?:?\s?)?{_LETTER}[.:,!]?", re.IGNORECASE)
_BOXED = re.compile(rf"\\boxed\s?\{{{{1,3}}\s?{_LETTER}", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|isn't|neither|nor|never|rather than|instead of)\s+(?:the\s+)?(?:option\s+|choice\s+|answer\s+)?"
    r"[(\[]?(?-i:[A-Z])(?:[)\]]|(?![\w']))"
    r"|(?<![\w'])[(\[]?(?-i:[A-Z])[)\]]?(?:\s*(?:,|and|or)\s+[(\[]?(?-i:[A-Z])(?![\w'])[)\]]?){0,5}(?:[)\]:.]\s+[^.\n)\]:]{1,60}?)?"
    r"\s+(?:is|are)\s+(?:wrong|incorrect|false|(?:both|all|also|clearly|therefore)\s+(?:wrong|incorrect|false)|not\b)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"(?:\b(?:answer|choice|option|solution|response)s?\s*(?:\((?!\w\s?\))[^)\n]{0,20}\))?\s*"
    r"(?:(?:is|was|isn't|must be|should be|would be|:|=)\s*)+"
    r"|\b(?:choose|chose|pick|select|go with|going with|answering)\s+|\b(?:so|hence|thus|therefore)\b,?\s+)"
    r"(?:(?:the|likely|probably|clearly|therefore|thus|option|choice|letter|answer|correct|but|rather|instead"
    rf"|it is|it's)\s+|[:,;]\s*){{0,6}}{_LETTER}"
    r"(?P<more>\s*(?:,|and|or|/|&)\s*(?:option\s+|choice\s+)?[(\[]?(?-i:[A-Z])(?:[)\]]|(?![\w'])))?",
    re.IGNORECASE,
)
_IS_RIGHT = re.compile(
    r"(?<![\w'])[(\[]?(?P<letter>[A-Z])[)\]]?\s+(?:is|would be|seems)\s+(?:the\s+|only\s+){0,2}"
    r"(?:correct|right|best|true)\b"
)
_LINE_START = re.compile(r"^[ \t>*-]*[(\[]?(?P<letter>[A-Z])(?:[)\]][.:]?|[.:])(?:\s|$)", re.MULTILINE)
_BRACKETED = re.compile(r"(?<![\w'])(?:\((?P<a>[A-Za-z])\)|\[(?P<b>[A-Za-z])\]|(?P<c>[A-Z])\))")
_PAIR = re.compile(r"(?<![\w'])(?P<one>[A-Z])(?:,? or |,? and |/|, )(?P<two>[A-Z])(?![\w'])")
_STANDING = re.compile(r"(?<![\w'’(.-])(?P<letter>[B-HJ-Z])(?![\w'’-]|\.\w)")


def chosen_letter(text: str, choices: Sequence[str] = (), unlisted: int = 10) -> Choice:
    r"""Returns the letter that the answer takes, `several` where it takes more than one, None where it takes none.

    The first of these rules that finds something decides. Letters past the number of choices do not count, nor do those
    that are denied (`not B`, `A and C are wrong`); where the choices are not known, there are `unlisted` of them:

    1. the whole answer is a letter, also as `(b)`, `B.` or `Option B`;
    2. the last `\boxed{B}`;
    3. the last announced letter: `the answer is B`, `Answer: (B)`, `I choose B`; `is not B but C` is C
       and `is A or C` is several;
    4. a letter that is said to be right: `B is correct`;
    5. the whole answer is the text of a choice, in words;
    6. the last line is only a letter, or a letter with its choice; else the first line is only a letter;
    7. the answer starts with a letter as `B) ...`, and no other line does;
    8. the only letter in brackets, then the only capital that stands alone (not A or I, which are words;
       `A or C` is several);
    9. the only choice whose text is in the answer.
    """
    shown = unicodedata.normalize("NFKC", text[-MAX_CHARACTERS:]).translate(_PLAIN)
    plain = _DENIED.sub("", _DECORATION.sub("", shown)).strip()
    allowed = ascii_uppercase[: len(choices) or unlisted]
    rules: tuple[Callable[[str, str, Sequence[str]], Choice], ...] = (
        _whole, _boxed, _announced, _said_right, _whole_choice, _last_line, _first_line, _line_start, _alone,
        _named_choice,
    )  # fmt: skip
    for rule in rules:
        found = rule(plain, allowed, choices)
        if found is not None:
            return found
    return None


def _kept(letter: str, allowed: str) -> str | None:
    return letter.upper() if letter.upper() in allowed else None


def _one(letters: set[str]) -> Choice:
    return None if not letters else letters.pop() if len(letters) == 1 else SEVERAL


def _whole(text: str, allowed: str, _: Sequence[str]) -> Choice:
    match = _WHOLE.fullmatch(text)
    return _kept(match["letter"], allowed) if match else None


def _boxed(text: str, allowed: str, _: Sequence[str]) -> Choice:
    found = [_kept(match["letter"], allowed) for match in _BOXED.finditer(text)]
    return next((letter for letter in reversed(found) if letter), None)


def _announced(text: str, allowed: str, _: Sequence[str]) -> Choice:
    for match in reversed(list(_ANNOUNCED.finditer(text))):
        letter, bare = match["letter"], match.end("letter") == match.end() or match["more"]
        if letter.islower() and bare and not _ends(text, match.end("letter")):
            continue
        # "the answer is A cat" and "so I think" take no letter; "the answer is A." and "A, because" do.
        if letter in "AI" and bare and not match["more"] and not _ends(text, match.end(), also=",;:-–—"):
            follower = text[match.end() :].lstrip(" ")[:8].lower()
            if not follower.startswith(("because", "since", "as ", "for ", "by ", "with ", "(")):
                continue
        kept = _kept(letter, allowed)
        if kept:
            return SEVERAL if match["more"] else kept
    return None


def _ends(text: str, place: int, also: str = "") -> bool:
    """Says whether a sentence or line ends at that place."""
    rest = text[place : place + 2]
    return not rest or rest[0] in f".!?\n)]}}{also}"


def _said_right(text: str, allowed: str, _: Sequence[str]) -> Choice:
    return _one({match["letter"] for match in _IS_RIGHT.finditer(text)} & set(allowed))


def _whole_choice(text: str, _: str, choices: Sequence[str]) -> Choice:
    form = squad_form(text)
    return _one({ascii_uppercase[n] for n, choice in enumerate(choices) if squad_form(choice) == form})


def _last_line(text: str, allowed: str, choices: Sequence[str]) -> Choice:
    lines = text.splitlines()
    if len(lines) < 2:
        return None
    last = lines[-1].strip()
    match = _LINE_START.match(last)
    letter = _whole(last, allowed, ()) or (_kept(match["letter"], allowed) if match else None)
    # A list of all the choices ends with the last of them.
    listed = {found["letter"] for found in _LINE_START.finditer("\n".join(lines[:-1]))}
    return None if letter is None or (match and len(listed) >= max(2, len(choices) - 1)) else letter


def _first_line(text: str, allowed: str, _: Sequence[str]) -> Choice:
    return _whole(text.partition("\n")[0].strip(), allowed, ())


def _line_start(text: str, allowed: str, _: Sequence[str]) -> Choice:
    if not _LINE_START.match(text):
        return None
    letters = {match["letter"] for match in _LINE_START.finditer(text)} | _bracketed(text)
    return _one({letter for found in letters if (letter := _kept(found, allowed))})


def _bracketed(text: str) -> set[str]:
    return {next(part for part in match.groups() if part).upper() for match in _BRACKETED.finditer(text)}


def _alone(text: str, allowed: str, _: Sequence[str]) -> Choice:
    if any({pair["one"], pair["two"]} <= set(allowed) for pair in _PAIR.finditer(text)):
        return SEVERAL
    bracketed = _bracketed(text) & set(allowed)
    return _one(bracketed or {match["letter"] for match in _STANDING.finditer(text)} & set(allowed))


def _named_choice(text: str, _: str, choices: Sequence[str]) -> Choice:
    form = f" {squad_form(text)} "
    inside = {n: squad_form(choice) for n, choice in enumerate(choices) if f" {squad_form(choice)} " in form}
    # A choice that is part of another named one ("Paris" in "Paris, Texas") does not count beside it.
    longest = [n for n, name in inside.items() if not any(name != other and name in other for other in inside.values())]
    return _one({ascii_uppercase[n] for n in longest})
