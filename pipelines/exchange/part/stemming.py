"""Stems English words as the Snowball stemmer `english` does, for the search of an exported program."""

from __future__ import annotations

import re
from functools import cache

VOWELS = "aeiouy"
DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")
STEP_2 = {
    "ization": "ize", "ational": "ate", "fulness": "ful", "ousness": "ous", "iveness": "ive", "tional": "tion",
    "biliti": "ble", "lessli": "less", "entli": "ent", "ation": "ate", "alism": "al", "aliti": "al", "ousli": "ous",
    "iviti": "ive", "fulli": "ful", "enci": "ence", "anci": "ance", "abli": "able", "izer": "ize", "ator": "ate",
    "alli": "al", "bli": "ble",
}  # fmt: skip
STEP_3 = {
    "ational": "ate", "tional": "tion", "alize": "al", "icate": "ic", "iciti": "ic", "ical": "ic", "ness": "",
    "ful": "",
}  # fmt: skip
STEP_4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er",
    "ic",
)  # fmt: skip
WHOLE = {
    "skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl",
    "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl",
    **{word: word for word in ("sky", "news", "howe", "atlas", "cosmos", "bias", "andes")},
}  # fmt: skip
FIXED = ("inning", "outing", "canning", "herring", "earring", "evening")
_REGION = re.compile(r"[aeiouy][^aeiouy]")


@cache
def english_stem(word: str) -> str:
    """Returns the stem of a folded word.

    Source: Porter, "The English (Porter2) stemming algorithm", Snowball.
    """
    if word in WHOLE:
        return WHOLE[word]
    if len(word) < 3:
        return word
    stem = with_consonant_y(word.lstrip("'"))
    first, second = regions(stem)
    stem = without_plural(without_possessive(stem))
    if stem in FIXED:
        return stem.lower()
    stem = without_past(stem, first)
    if len(stem) > 2 and stem[-1] in "yY" and stem[-2] not in VOWELS:
        stem = stem[:-1] + "i"
    stem = without_long_suffix(stem, first, second)
    stem = without_last_suffix(stem, second)
    if stem.endswith("e"):
        if len(stem) - 1 >= second or (len(stem) - 1 >= first and not is_short_ending(stem[:-1])):
            stem = stem[:-1]
    elif stem.endswith("ll") and len(stem) - 1 >= second:
        stem = stem[:-1]
    return stem.lower()


def with_consonant_y(word: str) -> str:
    """Returns the word with each y that sounds like a consonant as Y: at the start, and behind a vowel."""
    stem = ""
    for sign in word:
        stem += "Y" if sign == "y" and (not stem or stem[-1] in VOWELS) else sign
    return stem


def regions(stem: str) -> tuple[int, int]:
    """Returns where the regions R1 and R2 of a word begin."""
    begun = re.match(r"gener|commun|arsen|univers|later|emerg|organ|inter", stem)
    first = begun.end() if begun else after_vowel_and_consonant(stem, 0)
    return first, after_vowel_and_consonant(stem, first)


def after_vowel_and_consonant(stem: str, start: int) -> int:
    """Returns the place behind the first consonant that follows a vowel."""
    found = _REGION.search(stem, start)
    return found.end() if found else len(stem)


def is_short_ending(stem: str) -> bool:
    """Says whether a word ends in a short syllable."""
    if len(stem) == 2:
        return stem[0] in VOWELS and stem[1] not in VOWELS
    return bool(re.search(r"[^aeiouy][aeiouy][^aeiouywxY]$|past$", stem))


def without_possessive(stem: str) -> str:
    """Returns the word without 's."""
    return re.sub(r"('s'|'s|')$", "", stem)


def without_plural(stem: str) -> str:
    """Returns the word without the ending of a plural."""
    if stem.endswith("sses"):
        return stem[:-2]
    if stem.endswith(("ied", "ies")):
        return stem[:-2] if len(stem) > 4 else stem[:-1]
    if stem.endswith("s") and not stem.endswith(("us", "ss")) and re.search(r"[aeiouy]", stem[:-2]):
        return stem[:-1]
    return stem


def without_past(stem: str, first: int) -> str:
    """Returns the word without the ending of a past or an adverb of it."""
    for suffix in ("eedly", "eed"):
        if stem.endswith(suffix):
            rest = stem[: -len(suffix)]
            return rest + ("eed" if rest in ("proc", "exc", "succ") else "ee") if len(rest) >= first else stem
    for suffix in ("ingly", "edly", "ing", "ed"):
        if stem.endswith(suffix):
            rest = stem[: -len(suffix)]
            if suffix == "ing" and len(rest) == 2 and rest[1] == "y" and rest[0] not in VOWELS:
                return rest[0] + "ie"
            return repaired(rest, first) if re.search(r"[aeiouy]", rest) else stem
    return stem


def repaired(stem: str, first: int) -> str:
    """Returns what stands before `ing` or `ed` as the word it came from."""
    if stem.endswith(("at", "bl", "iz")) or stem == "past":
        return stem + "e"
    if stem.endswith(DOUBLES):
        return stem if len(stem) == 3 and stem[0] in "aeo" else stem[:-1]
    return stem + "e" if first >= len(stem) and is_short_ending(stem) else stem


def without_long_suffix(stem: str, first: int, second: int) -> str:
    """Returns the word with long suffixes made shorter."""
    found = next(
        (suffix for suffix in sorted((*STEP_2, "ogi", "ogist", "li"), key=len, reverse=True) if stem.endswith(suffix)),
        "",
    )
    if found and len(stem) - len(found) >= first:
        rest = stem[: -len(found)]
        if found in STEP_2:
            stem = rest + STEP_2[found]
        elif found == "ogist" or (found == "ogi" and rest.endswith("l")):
            stem = rest + "og"
        elif found == "li" and rest.endswith(tuple("cdeghkmnrt")):
            stem = rest
    found = next((suffix for suffix in (*STEP_3, "ative") if stem.endswith(suffix)), "")
    if found == "ative" and len(stem) - 5 >= second and len(stem) - 5 >= first:
        return stem[:-5]
    if found in STEP_3 and len(stem) - len(found) >= first:
        return stem[: -len(found)] + STEP_3[found]
    return stem


def without_last_suffix(stem: str, second: int) -> str:
    """Returns the word without a suffix that stands far enough behind."""
    for suffix in STEP_4:
        if stem.endswith(suffix):
            return stem[: -len(suffix)] if len(stem) - len(suffix) >= second else stem
    if stem.endswith(("sion", "tion")) and len(stem) - 3 >= second:
        return stem[:-3]
    return stem
