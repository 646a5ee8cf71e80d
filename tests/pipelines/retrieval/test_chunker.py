"""Pieces hold whole sentences, overlap as told, and lose no word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.retrieval.chunker import chunked
from pipelines.value import Document
from pipelines.word import words


def _pieces(text: str, chunk_words: int, overlap_words: int) -> list[str]:
    return [p.text for p in chunked(Document(title="T", text=text), chunk_words, overlap_words)]


def test_pieces_end_where_sentences_end() -> None:
    text = "One two three. Four five! Six seven eight? Nine."
    assert _pieces(text, 5, 0) == ["One two three. Four five!", "Six seven eight? Nine."]


def test_a_piece_repeats_the_last_sentences_that_fit_in_the_overlap() -> None:
    text = "One two. Three four. Five six. Seven eight."
    assert _pieces(text, 6, 2) == ["One two. Three four. Five six.", "Five six. Seven eight."]
    assert _pieces(text, 4, 3) == ["One two. Three four.", "Three four. Five six.", "Five six. Seven eight."]


def test_the_overlap_leaves_room_for_something_new() -> None:
    assert _pieces("One two. Three four. Five six seven eight.", 4, 4) == [
        "One two. Three four.",
        "Five six seven eight.",
    ]


def test_a_sentence_longer_than_a_piece_is_cut_between_words() -> None:
    assert _pieces("a b c d e f g. h", 3, 0) == ["a b c", "d e f", "g. h"]


def test_a_paragraph_ends_a_sentence() -> None:
    assert _pieces("Heading\n\nBody text here", 3, 0) == ["Heading", "Body text here"]


def test_unspaced_scripts_are_cut_too() -> None:
    assert _pieces("今天好。明天也好。", 4, 0) == ["今天好。", "明天也好。"]


def test_pieces_keep_title_and_place() -> None:
    pieces = chunked(Document(title="Handbook", text="One two. Three four."), 2, 0)
    assert [(p.title, p.ordinal) for p in pieces] == [("Handbook", 0), ("Handbook", 1)]


def test_a_text_without_words_gives_no_piece() -> None:
    assert _pieces(" ... \n\n --- ", 10, 2) == []


@given(
    st.lists(st.sampled_from(["alpha ", "beta", ". ", "!\n\n", "好", "。", "x ", "\n"]), max_size=60),
    st.integers(1, 9),
    st.integers(0, 9),
)
def test_no_word_is_lost_and_no_piece_is_too_long(parts: list[str], chunk_words: int, overlap_words: int) -> None:
    text = "".join(parts)
    pieces = _pieces(text, chunk_words, overlap_words)
    assert all(0 < len(words(piece)) <= chunk_words for piece in pieces)
    assert all(piece in text for piece in pieces)
    position = 0
    for word in words(text):
        while word not in words(pieces[position]):
            position += 1
    if overlap_words == 0:
        assert [w for piece in pieces for w in words(piece)] == words(text)
