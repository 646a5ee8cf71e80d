"""What is seen of a question without reading it: length, digits, code, script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.featurizer import Arrays, Features, Featurizer
from pipelines.space import Space

NAMES: Final = (
    "log characters",
    "log words",
    "log lines",
    "share of digits",
    "share of capitals",
    "share of punctuation",
    "share of letters beyond Latin",
    "code",
    "formula",
    "choices",
    "question marks",
    "longest word",
)
_CODE: Final = re.compile(r"```|def \w+\(|\breturn\b|\bimport \w|[{};]\s*\n|=>|\bSELECT\b|</\w+>")
_FORMULA: Final = re.compile(r"\\[a-zA-Z]+|\$[^$]+\$|\d\s*[-+*/^=]\s*\d")
_CHOICE: Final = re.compile(r"^\s*\(?[A-J][).:]\s", re.MULTILINE)
_READ: Final = 20_000


class Surface(Featurizer):
    """Measures length, digits, code, formulas, choices and script of a question.

    Source: the rule features of LiteLLM's complexity router and of routing-by-rules baselines, as numbers.
    """

    title: ClassVar[str] = "Looks (length, digits, code)"

    kind: Literal["surface"] = "surface"

    def learn(self, queries: Sequence[str], *, space: Space | None = None, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Returns mean and spread of each measure, to bring them to one scale."""
        del space, seed
        rows = _measures(queries)
        return {"mean": rows.mean(axis=0), "spread": np.maximum(rows.std(axis=0), 1e-6)}

    def lens(self, learned: Arrays) -> SurfaceLens:
        """Returns the lens."""
        return SurfaceLens(learned["mean"], learned["spread"])


class SurfaceLens:
    """Measures questions on the scale of the training questions."""

    def __init__(self, mean: NDArray[Any], spread: NDArray[Any]) -> None:
        """Takes mean and spread of each measure."""
        self._mean, self._spread = mean, spread

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns an array (n_queries, n_measures), within 4 spreads of the mean."""
        del space
        return np.clip((_measures(queries) - self._mean) / self._spread, -4.0, 4.0).astype(np.float32)

    def parts(self, query: str, direction: NDArray[np.float64]) -> dict[str, float]:
        """Returns what each measure adds to the features times a direction."""
        row = np.asarray(self.features([query], None), dtype=np.float64)[0]
        return dict(zip(NAMES, (row * direction).tolist(), strict=True))


def _measures(queries: Sequence[str]) -> NDArray[np.float64]:
    return np.array([_measure(query[:_READ]) for query in queries], dtype=np.float64).reshape(-1, len(NAMES))


def _measure(text: str) -> tuple[float, ...]:
    size = max(1, len(text))
    words = text.split()
    return (
        float(np.log1p(len(text))),
        float(np.log1p(len(words))),
        float(np.log1p(text.count("\n"))),
        sum(c.isdigit() for c in text) / size,
        sum(c.isupper() for c in text) / size,
        sum(not c.isalnum() and not c.isspace() for c in text) / size,
        sum(ord(c) > 0x24F for c in text) / size,
        float(bool(_CODE.search(text))),
        float(len(_FORMULA.findall(text)) > 0),
        float(min(10, len(_CHOICE.findall(text)))),
        float(min(5, text.count("?"))),
        float(min(60, max((len(word) for word in words), default=0))),
    )
