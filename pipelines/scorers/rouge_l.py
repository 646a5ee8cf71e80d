"""How long a subsequence of words the answer shares with the reference."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged
from pipelines.value import Answer
from pipelines.word import words

_SEPARATOR = re.compile(r"_")


class RougeL(Scorer):
    """Measures the longest common subsequence of words against the best of the references.

    Source: ROUGE-L (Lin, 2004, section 3.1, equations 2 to 4 with beta 1), with the words of the `rouge-score` package
    without stemming; words of every script count, and in scripts without spaces each character.
    """

    title: ClassVar[str] = "ROUGE-L"

    kind: Literal["rouge_l"] = "rouge_l"
    measure: Literal["f1", "precision", "recall"] = Field(default="f1", description="Which number is the score.")

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns F1, precision or recall of the longest common subsequence."""
        del bench
        found = _tokens(answer.text)
        rated = [_rouge(found, _tokens(reference)) for reference in example.references]
        best = max(rated, key=lambda one: one[self.measure], default={"f1": 0.0, "precision": 0.0, "recall": 0.0})
        return judged(best[self.measure], f"precision {best['precision']:.2f}, recall {best['recall']:.2f}")


def _tokens(text: str) -> list[str]:
    return words(_SEPARATOR.sub(" ", text.lower()))


def _rouge(found: list[str], expected: list[str]) -> dict[str, float]:
    length = common_length(found, expected)
    precision, recall = length / max(1, len(found)), length / max(1, len(expected))
    return {"f1": 2 * precision * recall / max(1e-12, precision + recall), "precision": precision, "recall": recall}


def common_length(first: list[str], second: list[str]) -> int:
    """Returns the length of the longest common subsequence.

    Source: the bit-vector algorithm of Hyyrö (2004): a bit for each place of `second`, an addition for each of `first`.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(second):
        places[word] = places.get(word, 0) | 1 << place
    everywhere = (1 << len(second)) - 1
    row = everywhere
    for word in first:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & everywhere
    return (~row & everywhere).bit_count()
