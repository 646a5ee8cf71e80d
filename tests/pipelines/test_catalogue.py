"""Counts of tokens where no tokenizer is at hand."""

from __future__ import annotations

import pytest

from pipelines.catalogue import estimate_tokens, upper_bound_tokens


@pytest.mark.parametrize(("text", "tokens"), [("", 1), ("four", 1), ("fives", 2), ("漢字", 2)])
def test_an_estimate_is_a_token_for_four_bytes(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_no_tokenizer_makes_more_tokens_than_the_bound() -> None:
    assert upper_bound_tokens(["1234567890"]) == 20
    assert upper_bound_tokens(["漢字", ""]) == 26
