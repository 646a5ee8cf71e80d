"""The scorers of a new experiment: those that suit the data, each with its form, others to add."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.experiment.draft import Draft
from app.form.form import draw_form
from app.plain import plain
from app.state import choices
from pipelines.data.example import Example
from pipelines.scorer import Scorer
from pipelines.scorer_choice import suggest_scorers
from pipelines.scorers import scorer_kinds


def draw_scorers(draft: Draft, examples: Sequence[Example], key: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Draws the scorers and returns their records, and a sentence for each thing that is wrong with one."""
    if draft.scorers is None:
        draft.scorers = [suggested[0].model_dump()] if (suggested := suggest_scorers(examples)) else []
    _draw_choice(draft, examples, key)
    if not draft.scorers:
        return [], ["Choose at least one scorer; without one nothing tells right from wrong."]
    found: list[dict[str, Any]] = []
    problems: list[str] = []
    for record in draft.scorers:
        cls = scorer_kinds()[str(record["kind"])]
        filled, wrong = _draw_scorer(cls, record, key)
        found.append(filled)
        problems += wrong
        problems += _lacks(cls, filled, examples) if not wrong else []
    draft.scorers = found
    return found, problems


def _draw_choice(draft: Draft, examples: Sequence[Example], key: str) -> None:
    kinds = scorer_kinds()
    named = [str(record["kind"]) for record in draft.scorers or ()]
    suited = [scorer.model_dump()["kind"] for scorer in suggest_scorers(examples)] if examples else []
    order = [*dict.fromkeys((*suited, *kinds))]

    def label(kind: str) -> str:
        return f"{kinds[kind].title}{' · suits this data' if kind in suited else ''}"

    chosen = st.multiselect(
        "Scorers", order, named, label, key=f"{key}:scorers",
        help="The first one gives the score that counts; the others are reported beside it.",
    )  # fmt: skip
    if chosen != named:
        known = {str(record["kind"]): record for record in draft.scorers or ()}
        draft.scorers = [known.get(kind) or kinds[kind]().model_dump(mode="json") for kind in chosen]


def _draw_scorer(cls: type[Scorer], record: dict[str, Any], key: str) -> tuple[dict[str, Any], list[str]]:
    kind = str(record["kind"])
    config = {name: value for name, value in record.items() if name != "kind"}
    first_line = (inspect.getdoc(cls) or "").partition("\n")[0]
    if set(cls.model_fields) == {"kind"}:
        st.caption(f"**{cls.title}** · {plain(first_line)}")
        return record, []
    with st.expander(f"{cls.title} · settings", icon=":material/tune:", key=f"{key}:scorer:{kind}"):
        st.caption(plain(first_line))
        filled = draw_form(cls, config, key=f"{key}:scorer:{kind}:form", choices=choices())
    wrong = [f"{cls.title}: {sentence}" for sentence in filled.errors.values()]
    return {"kind": kind, **filled.values}, wrong


def _lacks(cls: type[Scorer], record: dict[str, Any], examples: Sequence[Example]) -> list[str]:
    """Returns a sentence if the scorer cannot judge any of the examples."""
    scorer = cls.model_validate(record)
    if examples and all(scorer.lack(example) for example in examples):
        return [f"{cls.title} cannot judge these examples: each lacks {scorer.lack(examples[0])}."]
    return []
