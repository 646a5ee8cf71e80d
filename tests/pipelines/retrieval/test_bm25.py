"""What BM25 finds: stems, other spellings, and nothing where nothing is shared."""

from __future__ import annotations

from pipelines.retrieval.bm25 import Bm25Index

PIECES = [
    "The tenant pays the rent on the first day of every month.",
    "Soup is cooked slowly in the kitchen, and bread is baked in the oven.",
    "Every function of the program returns a number.",
]


def test_the_piece_with_the_words_of_the_query_scores_best() -> None:
    scores = Bm25Index(PIECES).scores("When is the rent paid by tenants?")
    assert scores.argmax() == 0


def test_words_are_compared_by_their_stem() -> None:
    scores = Bm25Index(PIECES).scores("cooking baking")
    assert scores[1] > 0
    assert scores[0] == scores[2] == 0


def test_case_and_diacritics_do_not_count() -> None:
    index = Bm25Index(["Crème brûlée needs sugar and cream from the kitchen.", PIECES[0]])
    assert index.scores("CREME BRULEE")[0] > 0


def test_a_query_that_shares_no_word_scores_zero() -> None:
    assert Bm25Index(PIECES).scores("zebra").tolist() == [0.0, 0.0, 0.0]
    assert Bm25Index(PIECES).scores("").tolist() == [0.0, 0.0, 0.0]


def test_pieces_without_words_are_found_by_nothing() -> None:
    assert Bm25Index(["...", "!"]).scores("a").tolist() == [0.0, 0.0]


def test_unspaced_scripts_are_found_by_character() -> None:
    scores = Bm25Index(["今天天气很好", "明年再见"]).scores("天气")
    assert scores[0] > 0
    assert scores[1] == 0
