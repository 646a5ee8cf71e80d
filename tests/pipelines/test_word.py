"""Folding and counting words in several scripts."""

from __future__ import annotations

from pipelines.word import fold, words


def test_folding_drops_case_diacritics_invisible_characters_and_spare_spaces() -> None:
    assert fold("  Crème\u200b  BRÛLÉE\nStraße ") == "creme brulee strasse"


def test_words_are_split_at_punctuation() -> None:
    assert words("Don't panic: 42 times.") == ["Don", "t", "panic", "42", "times"]


def test_each_character_of_an_unspaced_script_is_a_word() -> None:
    assert words("今天 is 好") == ["今", "天", "is", "好"]
