"""What a reader must know before believing a number, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pipelines.experiment.results import Ints
from pipelines.statistics.board import Board
from pipelines.statistics.correction import Correction
from pipelines.statistics.report import ContenderReport, PairReport

FEW_EXAMPLES: Final = 100
FEW_GROUPS: Final = 10
NAMES: Final = {"holm": "Holm", "benjamini_hochberg": "Benjamini and Hochberg"}


def warnings_of(
    board: Board, contenders: tuple[ContenderReport, ...], pairs: tuple[PairReport, ...], correction: Correction
) -> tuple[str, ...]:
    """Returns the warnings, the gravest first."""
    return (
        *_of_rows(board, contenders),
        *_of_size(contenders, pairs),
        *_of_groups(board),
        *_of_repeats(board),
        *_of_money(contenders),
        *_of_number(pairs, correction),
    )


def _of_rows(board: Board, contenders: tuple[ContenderReport, ...]) -> Iterator[str]:
    if not any(contender.n_rows for contender in contenders):
        yield "No row has a score yet, so there is nothing to compare."
        return
    common = len(board.common)
    for contender in contenders:
        if contender.missing:
            are = "is" if contender.missing == 1 else "are"
            rest = f"; pairs are compared on the examples both have, {common:,} are common to all"
            rest = rest if len(contenders) > 1 else ""
            yield f"{_rows(contender.missing)} of '{contender.label}' {are} missing{rest}."
        if wrong := contender.errors - contender.unknown:
            yield f"{_rows(wrong)} of '{contender.label}' failed, which counts as wrong."
        if contender.no_answer:
            yield f"{_rows(contender.no_answer)} of '{contender.label}' gave no answer, which counts as wrong."


def _of_size(contenders: tuple[ContenderReport, ...], pairs: tuple[PairReport, ...]) -> Iterator[str]:
    n = max((contender.n_examples for contender in contenders), default=0)
    if not 0 < n < FEW_EXAMPLES:
        return
    seen = [pair.detectable for pair in pairs if pair.detectable is not None]
    if seen:
        yield f"Only {_examples(n)}: differences under {min(seen):.2f} cannot be seen."
    elif pairs:
        yield f"Only {_examples(n)}: hardly any difference can be seen."
    else:
        yield f"Only {_examples(n)}: the interval is wide."


def _of_groups(board: Board) -> Iterator[str]:
    groups = 0 if board.clusters is None else int(board.clusters.max(initial=-1)) + 1
    if 0 < groups < FEW_GROUPS:
        yield f"The examples come from only {groups} groups (such as documents), so every interval is rough."


def _of_repeats(board: Board) -> Iterator[str]:
    """Tells of repeats that were copied: nothing is drawn by chance where the temperature is 0."""
    results = board.results
    for label, rows in zip(results.contenders, board.rows, strict=True):
        again = rows[results.repeat[rows] > 0]
        asked = results.calls[again] > 0
        if asked.any() and np.array_equal(results.calls[again], results.cached_calls[again]) and _equal(board, rows):
            yield (
                f"The repeats of '{label}' were answered from the cache and are all alike, so they tell nothing of"
                " chance; give its models a temperature above 0, or turn the cache off."
            )


def _equal(board: Board, rows: Ints) -> bool:
    """Says whether all repeats of an example have one score and one count of tokens."""
    results = board.results
    looks = (results.example[rows], results.score[rows], results.input_tokens[rows], results.output_tokens[rows])
    return len(np.unique(np.stack(looks, axis=1), axis=0)) == len(np.unique(looks[0]))


def _of_money(contenders: tuple[ContenderReport, ...]) -> Iterator[str]:
    free = [contender.label for contender in contenders if contender.calls and contender.list_cost_usd == 0]
    if free:
        names = ", ".join(f"'{label}'" for label in free)
        yield f"No price is known, or it is 0, for the models of {names}: their costs mean nothing."


def _of_number(pairs: tuple[PairReport, ...], correction: Correction) -> Iterator[str]:
    if len(pairs) > 1 and correction == "none":
        yield f"{len(pairs)} pairs are compared without correction: some differences will look real by chance."
    elif len(pairs) > 1:
        yield f"{len(pairs)} pairs are compared; the corrected p-values allow for it ({NAMES[correction]})."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _examples(count: int) -> str:
    return "1 example" if count == 1 else f"{count:,} examples"
