"""How the rows of a new experiment are run: model, repeats, width, budget."""

from __future__ import annotations

import streamlit as st

from app.experiment.draft import Draft
from app.state import choices


def draw_settings(draft: Draft, key: str) -> None:
    """Draws the settings; what is filled in stays in the draft."""
    settings, known = draft.settings, choices()
    options = ["", *known.models]
    model = st.selectbox(
        "Model of nodes without one of their own", options,
        options.index(settings.model) if settings.model in options else 0,
        lambda name: name or f"Default model ({known.default_model})", key=f"{key}:model",
    )  # fmt: skip
    repeats, width, budget = st.columns(3)
    times = repeats.number_input(
        "Repeats", 1, 100, settings.repeats, key=f"{key}:repeats",
        help="Each time with another seed, so that chance in the models is told from the difference of examples.",
    )  # fmt: skip
    rows = width.number_input("Rows at a time", 1, 1_024, settings.concurrency, key=f"{key}:width")
    usd = budget.number_input(
        "Budget, USD", 0.0, None, settings.budget_usd, 1.0, "%g", placeholder="no limit", key=f"{key}:usd",
        help="Reserved before each call; a call that would exceed it is not made.",
    )  # fmt: skip
    with st.expander("More settings", icon=":material/tune:"):
        seed, cache, limit = st.columns(3, vertical_alignment="bottom")
        number = seed.number_input("Seed", 0, 2_147_483_647, settings.seed, key=f"{key}:seed")
        again = cache.toggle(
            "Use the cache", settings.cache, key=f"{key}:cache", help="Answers bought before are not bought again."
        )
        row_usd = limit.number_input(
            "Budget of a row, USD", 0.0, None, settings.row_budget_usd, 0.01, "%g", placeholder="no limit",
            key=f"{key}:row-usd",
        )  # fmt: skip
    changes = {
        "model": model or None,
        "repeats": int(times),
        "concurrency": int(rows),
        "budget_usd": usd,
        "seed": int(number),
        "cache": again,
        "row_budget_usd": row_usd,
    }
    draft.settings = settings.model_copy(update=changes)
