"""The form that says what the columns of a table of outcomes mean, filled with the likeliest meaning."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from app.routing.outcome_look import WIDE, likely_mapping
from pipelines.data.problem import RowRefused
from pipelines.outcome.importers import importer_kinds
from pipelines.outcome.mapping import OutcomeMapping
from pipelines.outcome.outcome_file import OutcomeFile

PREVIEW_ROWS: Final = 8
OF_ROWS: Final = {"id": "Id", "task": "Task", "group": "Group", "split": "Split"}
OF_OUTCOMES: Final = {
    "cost_usd": "Cost, USD", "input_tokens": "Tokens in", "output_tokens": "Tokens out", "latency_s": "Seconds",
    "answer": "Answer",
}  # fmt: skip
NONE: Final = "None"


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


def _draw_column(title: str, options: list[str], guess: str | None, key: str, *, required: bool = False) -> str | None:
    place = options.index(guess) if guess in options else None
    told = f"{title} *" if required else title
    return st.selectbox(told, options, place, key=key, placeholder=NONE)
