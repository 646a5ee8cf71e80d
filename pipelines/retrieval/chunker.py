"""Cuts documents into overlapping pieces that end where sentences end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.value import Document, Passage
from pipelines.word import word_spans

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|[。！？]+[」』”’]*|\n\s*\n")


def chunked(document: Document, chunk_words: int, overlap_words: int) -> tuple[Passage, ...]:
    """Returns the document in pieces of at most `chunk_words` words, each with the title of the document.

    A piece holds whole sentences; only a sentence longer than a piece is cut, between words. A piece begins with the
    last whole sentences of the one before, as many as fit in `overlap_words` words. No words, no piece.
    """
    sentences = list(_sentences(document.text, chunk_words))
    pieces: list[str] = []
    begin = 0
    while begin < len(sentences):
        end = _end_of_piece(sentences, begin, chunk_words)
        pieces.append(document.text[sentences[begin][0] : sentences[end - 1][1]].strip())
        begin = end if end == len(sentences) else _begin_of_next(sentences, begin, end, chunk_words, overlap_words)
    return tuple(Passage(title=document.title, text=piece, ordinal=n) for n, piece in enumerate(pieces))


_Sentence = tuple[int, int, int]
"""Start, end and number of words."""


def _end_of_piece(sentences: Sequence[_Sentence], begin: int, chunk_words: int) -> int:
    size, end = 0, begin
    while end < len(sentences) and (end == begin or size + sentences[end][2] <= chunk_words):
        size += sentences[end][2]
        end += 1
    return end


def _begin_of_next(sentences: Sequence[_Sentence], begin: int, end: int, chunk_words: int, overlap_words: int) -> int:
    """Returns where the next piece begins: it repeats sentences only as far as something new fits behind them."""
    room = min(overlap_words, chunk_words - sentences[end][2])
    size, start = 0, end
    while start - 1 > begin and size + sentences[start - 1][2] <= room:
        start -= 1
        size += sentences[start][2]
    return start


def _sentences(text: str, longest: int) -> Iterator[_Sentence]:
    start = 0
    for stop in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
        spans = [(start + a, start + b) for a, b in word_spans(text[start:stop])]
        for first in range(0, len(spans), longest):
            part = spans[first : first + longest]
            last = first + longest >= len(spans)
            yield (start if first == 0 else part[0][0]), (stop if last else spans[first + longest][0]), len(part)
        if spans:
            start = stop
