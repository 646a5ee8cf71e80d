"""How an exported program finds and counts documents."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from struct import pack, unpack

from pipelines.catalogue import estimate_tokens
from pipelines.error import ConfigurationError
from pipelines.retrieval.chunker import chunked
from pipelines.value import Document, Passage, Passages
from pipelines.word import fold, word_spans, words


def single(number: float) -> float:
    """Returns the number with the 32 bits in which Routeloom adds up scores."""
    return float(unpack("f", pack("f", number))[0])


def as_it_is(word: str) -> str:
    """Returns a word as it is, for languages without a stemmer."""
    return word


def search(
    question: str,
    documents: Sequence[Document],
    *,
    top_k: int,
    chunk_words: int,
    overlap_words: int,
    stem: Callable[[str], str],
) -> Passages:
    """Returns the pieces of the documents that share most with the question, by BM25 (k1 = 1.5, b = 0.75)."""
    pieces = [piece for document in documents for piece in chunked(document, chunk_words, overlap_words)]
    if not pieces:
        raise ConfigurationError("The documents to search hold no words.")
    texts = [[stem(word) for word in words(fold(f"{piece.title}\n{piece.text}"))] for piece in pieces]
    scores = bm25([stem(word) for word in words(fold(question))], texts)
    best = sorted(range(len(pieces)), key=lambda place: (-scores[place], place))[:top_k]
    return Passages(passages=tuple(pieces[place] for place in best if scores[place] > 0))


def bm25(asked: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    """Returns a score for each text: what it shares with the asked words, rare words counting more."""
    counts = [Counter(text) for text in texts]
    mean = sum(len(text) for text in texts) / len(texts)
    scores = [0.0] * len(texts)
    for word in asked:
        holders = sum(word in count for count in counts)
        rarity = single(math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5)))
        for place, count in enumerate(counts):
            if word in count:
                often = count[word] / (1.5 * (0.25 + 0.75 * len(texts[place]) / mean) + count[word])
                scores[place] = single(scores[place] + single(rarity * often))
    return scores


def tokens(document: Document) -> int:
    """Returns how many tokens a document has, roughly."""
    return estimate_tokens(f"{document.title}\n{document.text}")


def whole(question: str, documents: Sequence[Document], limit: int | None) -> Passages:
    """Returns the documents as far as they fit into `limit` tokens beside the question, the last one cut."""
    counts = [tokens(document) for document in documents]
    left = None if limit is None else limit - estimate_tokens(question)
    passages: list[Passage] = []
    for place, (document, count) in enumerate(zip(documents, counts, strict=True)):
        if left is not None and sum(counts) > left and count > left - sum(counts[:place]):
            passages.append(cut(document, count, left - sum(counts[:place]), len(documents) - place - 1))
            break
        passages.append(Passage(title=document.title, text=document.text))
    return Passages(passages=tuple(passages))


def cut(document: Document, count: int, room: int, left_out: int) -> Passage:
    """Returns the longest beginning by whole words that fits into `room` tokens, with a note where the cut is."""
    ends = [end for _, end in word_spans(document.text)]
    low, high = 0, min(len(ends), 2 * len(ends) * max(room, 0) // count + 10)
    while low < high:
        middle = (low + high + 1) // 2
        if estimate_tokens(f"{document.title}\n{document.text[: ends[middle - 1]]}") <= room:
            low = middle
        else:
            high = middle - 1
    note = f"[Cut here: {low:,} of {len(ends):,} words fit"
    note += f"; {left_out} document{'' if left_out == 1 else 's'} left out.]" if left_out else ".]"
    text = document.text[: ends[low - 1]] if low else ""
    return Passage(title=document.title, text=f"{text}\n{note}".lstrip())
