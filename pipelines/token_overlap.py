"""How far two texts share their words, in the normal form of SQuAD."""

from __future__ import annotations

import string
import unicodedata
from collections import Counter
from functools import cache

_ARTICLES = frozenset({"a", "an", "the"})


def squad_words(text: str) -> list[str]:
    """Returns the words of a text without case, punctuation and English articles.

    Source: `normalize_answer` of the SQuAD evaluation script (Rajpurkar et al., 2016); the punctuation of every script
    is taken away, not that of ASCII only, and a text that is nothing but punctuation keeps it.
    """
    plain = "".join(character for character in text.lower() if not _is_punctuation(character))
    return [word for word in plain.split() if word not in _ARTICLES] or text.lower().split()


def squad_form(text: str) -> str:
    """Returns the words of a text in that form, single-spaced."""
    return " ".join(squad_words(text))


def f1(found: list[str], expected: list[str]) -> tuple[float, float, float]:
    """Returns F1, precision and recall of two bags of words; two empty bags agree."""
    if not found or not expected:
        same = float(found == expected)
        return same, same, same
    shared = (Counter(found) & Counter(expected)).total()
    if shared == 0:
        return 0.0, 0.0, 0.0
    precision, recall = shared / len(found), shared / len(expected)
    return 2 * precision * recall / (precision + recall), precision, recall


@cache
def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")
