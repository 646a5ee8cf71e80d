"""The form that says what the columns of a table of outcomes mean, filled with the likeliest meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import streamlit as st

from pipelines.data.problem import RowRefused
from pipelines.outcome.importers import importer_kinds
from pipelines.outcome.intake import mapping_of
from pipelines.outcome.mapping import OutcomeMapping, guess_outcome_mapping
from pipelines.outcome.outcome import number_of
from pipelines.outcome.outcome_file import OutcomeFile

LONG: Final = "long_table"
WIDE: Final = "wide_table"
PREVIEW_ROWS: Final = 8
OF_ROWS: Final = {"id": "Id", "task": "Task", "group": "Group", "split": "Split"}
OF_OUTCOMES: Final = {
    "cost_usd": "Cost, USD", "input_tokens": "Tokens in", "output_tokens": "Tokens out", "latency_s": "Seconds",
    "answer": "Answer",
}  # fmt: skip
NONE: Final = "None"
MOSTLY: Final = 0.8
"""Share of the cells that have to be numbers for a column of numbers; the others are told as problems."""


class Looks(NamedTuple):
    """Says what the cells of a column look like: numbers, numbers from 0 to 1, how long, how various."""

    is_number: bool
    is_share: bool
    mean_characters: float
    n_values: int


def draw_outcome_mapping(file: OutcomeFile, kind: str, key: str) -> OutcomeMapping | None:
    """Draws a choice of columns for each meaning and returns what is chosen; None while something is lacking."""
    guess = likely_mapping(file, kind)
    options = list(file.columns)
    found: dict[str, Any] = {}
    if kind == WIDE:
        left, right = st.columns((1, 2))
        with left:
            found["query"] = _draw_column("Question", options, guess.query, f"{key}:query", required=True)
        with right:
            known = [model for model in guess.models if model in options]
            found["models"] = tuple(
                st.multiselect(
                    "A column of scores for each model", options, known, key=f"{key}:models", placeholder=NONE
                )
            )
    else:
        fields = {"query": "Question", "model": "Model", "score": "Score"}
        for column, (name, title) in zip(st.columns(len(fields)), fields.items(), strict=True):
            with column:
                found[name] = _draw_column(title, options, getattr(guess, name), f"{key}:{name}", required=True)
    more = OF_ROWS if kind == WIDE else {**OF_ROWS, **OF_OUTCOMES}
    with st.expander(", ".join(more.values()), icon=":material/view_column:", key=f"{key}:more"):
        for place, column in enumerate(st.columns(5) * 2):
            if place < len(more):
                name, title = list(more.items())[place]
                with column:
                    found[name] = _draw_column(title, options, getattr(guess, name), f"{key}:{name}")
    if not found["query"] or not (found.get("models") or (found.get("model") and found.get("score"))):
        return None
    return OutcomeMapping.model_validate(found)


def draw_outcome_preview(file: OutcomeFile, kind: str, mapping: OutcomeMapping) -> None:
    """Draws what the first rows come to, with the problem of each that has one, and what is not used."""
    lines: list[dict[str, Any]] = []
    importer = importer_kinds()[kind](file, mapping)
    for row in file.sample[:PREVIEW_ROWS]:
        try:
            lines += [
                {
                    "Row": found.row,
                    "Question": found.query[:200],
                    "Model": found.model,
                    "Score": None if found.score != found.score else found.score,
                    "Task": found.task,
                    "Cost, USD": None if found.cost_usd != found.cost_usd else found.cost_usd,
                    "Answer": found.answer[:200],
                    "Problem": "",
                }
                for found in importer.outcomes(row)
            ]
        except RowRefused as error:
            place = f"column '{error.column}': " if error.column else ""
            lines.append({"Row": row.number, "Problem": f"{place}{error}"})
    used = [name for name in ("Row", "Question", "Model", "Score", "Task", "Cost, USD", "Answer", "Problem")
            if any(line.get(name) not in (None, "") for line in lines)]  # fmt: skip
    st.dataframe(lines, column_order=used, hide_index=True, height=min(38 + 35 * len(lines), 248), key="outcomes:rows")
    unused = [column for column in file.columns if column not in mapping.columns()]
    rest = f" Not used: {', '.join(unused)}." if unused else ""
    st.caption(f"What the first {min(PREVIEW_ROWS, len(file.sample))} rows come to.{rest}".replace("$", "\\$"))


def likely_kind(file: OutcomeFile) -> str:
    """Returns whether a table of no known format likely has one outcome a row, or a column for each model."""
    looks = _all_looks(file)
    shares = sum(look.is_share for look in looks.values())
    names = [look for look in looks.values() if not look.is_number and 1 < look.n_values <= len(file.sample) / 2]
    return WIDE if shares > 2 or (shares == 2 and not names) else LONG


def likely_mapping(file: OutcomeFile, kind: str) -> OutcomeMapping:
    """Returns the likeliest meaning of the columns by their names, or else by what their cells look like."""
    guess = mapping_of(file)
    if guess is not None and bool(guess.models) == (kind == WIDE):
        return guess
    looks = _all_looks(file)
    texts = [column for column, look in looks.items() if not look.is_number]
    query = max(texts or file.columns, key=lambda column: looks[column].mean_characters)
    shares = [column for column, look in looks.items() if look.is_share and column != query]
    if kind == WIDE:
        return _named(file, query, None, None).model_copy(update={"models": tuple(shares)})
    names = [column for column in texts if column != query and looks[column].n_values > 1]
    model = min(names, key=lambda column: looks[column].n_values, default=None)
    return _named(file, query, model, next(iter(shares), None))


def _all_looks(file: OutcomeFile) -> dict[str, Looks]:
    return {column: _looks(column, [row.cells for row in file.sample]) for column in file.columns}


def _named(file: OutcomeFile, query: str, model: str | None, score: str | None) -> OutcomeMapping:
    """Returns the mapping in which these are found, and the rest by the usual names of columns."""
    usual = {query: "query", model: "model", score: "score"}
    back = {usual.get(column, column): column for column in file.columns}
    guess = guess_outcome_mapping(list(back), ())
    if guess is None:
        return OutcomeMapping(query=query, model=model, score=score)
    return OutcomeMapping.model_validate(
        {name: back[column] for name, column in guess.model_dump().items() if isinstance(column, str)}
    )


def _looks(column: str, sample: Sequence[Mapping[str, Any]]) -> Looks:
    texts = [str(value) for row in sample if (value := row.get(column)) not in (None, "")]
    numbers = [number for text in texts if (number := _number(text, column)) is not None]
    is_number = bool(texts) and len(numbers) >= MOSTLY * len(texts)
    return Looks(
        is_number=is_number,
        is_share=is_number and all(0 <= number <= 1 for number in numbers),
        mean_characters=sum(map(len, texts)) / max(1, len(texts)),
        n_values=len(set(texts)),
    )


def _number(text: str, column: str) -> float | None:
    try:
        return number_of(text, column)
    except RowRefused:
        return None


def _draw_column(title: str, options: list[str], guess: str | None, key: str, *, required: bool = False) -> str | None:
    place = options.index(guess) if guess in options else None
    told = f"{title} *" if required else title
    return st.selectbox(told, options, place, key=key, placeholder=NONE)
