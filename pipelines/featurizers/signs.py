"""Words, and the mix of letters, digits and signs a question is written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featurizer import Arrays, Features, Featurizer
from pipelines.featurizers.tfidf import Tfidf, TfidfLens
from pipelines.space import Space

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

N_SIGNS: Final = 130
"""One for each ASCII character, one for other alphabets, one for signs beyond them (such as Chinese ones)."""

_BEYOND_ALPHABETS: Final = 0x2000
_READ: Final = 4_000
_ASCII: Final = [chr(code) for code in range(128)]
_KINDS: Final = {
    "(small letters)": [code for code, sign in enumerate(_ASCII) if sign.islower()],
    "(capitals)": [code for code, sign in enumerate(_ASCII) if sign.isupper()],
    "(digits)": [code for code, sign in enumerate(_ASCII) if sign.isdigit()],
    "(spaces and lines)": [code for code, sign in enumerate(_ASCII) if not sign.isalnum() and not "!" <= sign <= "~"],
    "(punctuation)": [code for code, sign in enumerate(_ASCII) if not sign.isalnum() and "!" <= sign <= "~"],
    "(other alphabets)": [128, 129],
}


class Signs(Featurizer):
    """Sees the words of a question and how often each character occurs: choices, code and formulas look alike anywhere.

    The words say what a question is about, the characters what form it has, so that a question about something new is
    still told to be a sum, a program or a choice.

    Source: TF-IDF as in the featurizer of words; beside it the square roots of the character shares (Hellinger
    distance; character profiles as in Cavnar and Trenkle 1994, here of single characters), less their mean.
    """

    title: ClassVar[str] = "Words and signs"

    kind: Literal["signs"] = "signs"
    words: Tfidf = Field(default=Tfidf(), description="How the words are counted.")
    weight: float = Field(default=0.5, ge=0.0, le=10.0, description="How much the characters count beside the words.")

    def learn(self, queries: Sequence[str], *, space: Space | None = None, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Returns what the words need, and the mean mix of characters."""
        mixes = _mixes(queries)
        return {**self.words.learn(queries, space=space, seed=seed), "mix": mixes.sum(axis=0) / max(1, len(mixes))}

    def lens(self, learned: Arrays) -> SignsLens:
        """Returns the lens."""
        return SignsLens(self.words.lens(learned), learned["mix"], self.weight)


class SignsLens:
    """Puts the characters behind the words."""

    def __init__(self, words: TfidfLens, mix: NDArray[Any], weight: float) -> None:
        """Takes the lens of words, the mean mix of characters and their weight."""
        self._words, self._mix, self._weight = words, mix, np.float32(weight)

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns rows (n_queries, n_words + 130), sparse unless the words are condensed."""
        words = self._words.features(queries, space)
        signs = self._weight * (_mixes(queries) - self._mix)
        if isinstance(words, np.ndarray):
            return np.hstack([words, signs])
        return _beside(words, signs)

    def parts(self, query: str, direction: NDArray[np.float64]) -> dict[str, float]:
        """Returns what each known term, and the mix of each kind of sign, adds to the features times a direction."""
        signs = (self._weight * (_mixes([query])[0] - self._mix)) * direction[-N_SIGNS:]
        kinds = {name: float(signs[places].sum()) for name, places in _KINDS.items()}
        return {**self._words.parts(query, direction[:-N_SIGNS]), **kinds}


def _beside(words: csr_matrix, signs: NDArray[np.float32]) -> csr_matrix:
    """Returns both in one sparse matrix; faster than stacking for a single row."""
    from scipy.sparse import csr_matrix

    n_rows, n_words = words.shape
    columns = np.arange(n_words, n_words + N_SIGNS, dtype=words.indices.dtype)
    starts = words.indptr
    data = np.insert(words.data, np.repeat(starts[1:], N_SIGNS), signs.ravel())
    indices = np.insert(words.indices, np.repeat(starts[1:], N_SIGNS), np.tile(columns, n_rows))
    ends = starts + N_SIGNS * np.arange(n_rows + 1)
    return csr_matrix((data, indices, ends), shape=(n_rows, n_words + N_SIGNS))


def _mixes(queries: Sequence[str]) -> NDArray[np.float32]:
    """Returns the square roots of the shares of the characters, an array (n_queries, 130); an empty text is zeros."""
    found = np.zeros((len(queries), N_SIGNS), dtype=np.float32)
    for row, query in zip(found, queries, strict=True):
        codes = np.frombuffer(query[:_READ].encode("utf-32-le", "replace"), dtype=np.uint32)
        placed = np.where(codes < 128, codes, np.where(codes < _BEYOND_ALPHABETS, 128, 129))
        row[:] = np.sqrt(np.bincount(placed, minlength=N_SIGNS) / max(1, len(codes)))
    return found
