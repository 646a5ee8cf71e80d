"""What a word is, in every script: folding for comparison, and the places of words in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[\w])+")
_UNSPACED_CHARACTER = re.compile(rf"[{_UNSPACED}]")


def fold(text: str) -> str:
    """Returns the text without case, diacritics and invisible characters, single-spaced, for comparison."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in unicodedata.normalize("NFKD", decomposed) if unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join("".join(kept).split())


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields start and end of each word; in scripts that put no spaces between words each character is one."""
    return (match.span() for match in _WORD.finditer(text))


def words(text: str) -> list[str]:
    """Returns the words of a text as they stand in it."""
    return _WORD.findall(text)


def is_unspaced(character: str) -> bool:
    """Says whether the character belongs to a script that puts no spaces between words."""
    return bool(_UNSPACED_CHARACTER.match(character))
