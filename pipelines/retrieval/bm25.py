"""Finds pieces by their words; the only importer of bm25s and PyStemmer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.language import detect
from pipelines.word import fold, words

STEMMERS: Final = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


class Bm25Index:
    """Scores pieces of text by the words they share with a query.

    Words are compared without case and diacritics, and by their stem where the language of the pieces has a stemmer.

    Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the inverse
    document frequency of Lucene, k1 = 1.5 and b = 0.75.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        """Takes at least one piece; the work grows with the number of words."""
        import bm25s

        self._stem = _stemmer(pieces)
        self._empty = not any(words(piece) for piece in pieces)
        self._size = len(pieces)
        self._index: Any = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        if not self._empty:
            self._index.index([self._tokens(piece) for piece in pieces], show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Returns an array (n_pieces,); 0 where a piece shares no word with the query."""
        tokens = [] if self._empty else [t for t in self._tokens(query) if t in self._index.vocab_dict]
        if not tokens:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._index.get_scores(tokens), dtype=np.float32)

    def _tokens(self, text: str) -> list[str]:
        folded = words(fold(text))
        return self._stem.stemWords(folded) if self._stem else folded


def _stemmer(pieces: Sequence[str]) -> Any:
    """Returns the Snowball stemmer for the language of the first pieces, or None where there is none."""
    import Stemmer

    name = STEMMERS.get(detect(" ".join(pieces[:10])) or "")
    return Stemmer.Stemmer(name) if name else None
