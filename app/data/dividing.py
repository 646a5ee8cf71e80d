"""The dialog that parts a data set into splits, or draws a sample of it."""

from __future__ import annotations

from itertools import combinations

import streamlit as st

from app.data.take import data_name, sample_data, split_data
from app.plain import plain
from app.state import choose_data_set
from app.workspace import Workspace
from pipelines.data.split import overlap
from pipelines.error import RouteloomError
from storage.data_set_info import DataSetInfo

SPLITS = {"train": 80, "dev": 0, "test": 20}


@st.dialog("Split or sample")
def draw_dividing(space: Workspace, info: DataSetInfo, version: int) -> None:
    """Draws the dialog."""
    draw_dividing_form(space, info, version)


def draw_dividing_form(space: Workspace, info: DataSetInfo, version: int) -> None:
    """Draws the choice between both, and their settings."""
    st.caption(f"{plain(info.title or info.name)}: {info.examples:,} rows.")
    way = st.segmented_control("Make", ["Splits", "A sample"], default="Splits", key="divide:way", required=True)
    seed = st.number_input("Seed", 0, 2_147_483_647, 0, key="divide:seed", help="The same seed draws the same rows.")
    stratify = st.checkbox("Keep the shares of the tags", value=way == "Splits", key=f"divide:stratify:{way}")
    try:
        if way == "Splits":
            _draw_splits(space, info, version, int(seed), stratify=stratify)
        else:
            _draw_sample(space, info, version, int(seed), stratify=stratify)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _draw_splits(space: Workspace, info: DataSetInfo, version: int, seed: int, *, stratify: bool) -> None:
    columns = st.columns(len(SPLITS))
    percents = {
        name: int(column.number_input(f"{name}, %", 0, 100, percent, key=f"divide:{name}"))
        for column, (name, percent) in zip(columns, SPLITS.items(), strict=True)
    }
    fractions = {name: percent / 100 for name, percent in percents.items() if percent}
    total = sum(percents.values())
    st.caption("Rows of one group always stay together." if total == 100 else f"Together {total} %; make it 100 %.")
    if st.button("Make the splits", type="primary", key="divide:split", disabled=total != 100):
        made = split_data(space.storage, info.name, fractions, version=version, seed=seed, stratify=stratify)
        told = ", ".join(f"'{part.name}' ({part.examples:,} rows)" for part in made.values())
        shared = _shared_questions(space, list(made.values()))
        leak = f" {shared:,} questions have the same words in two of them; give such rows one group." if shared else ""
        choose_data_set(next(iter(made.values())).name, f"Made {told}.{leak}")


def _shared_questions(space: Workspace, parts: list[DataSetInfo]) -> int:
    examples = [space.storage.data_sets.get(part.name).examples for part in parts]
    return sum(len(overlap(first, second).queries) for first, second in combinations(examples, 2))


def _draw_sample(space: Workspace, info: DataSetInfo, version: int, seed: int, *, stratify: bool) -> None:
    most = max(1, info.examples)
    count = st.number_input("Rows", 1, most, min(100, most), key="divide:rows")
    name = st.text_input("Name", data_name(f"{info.name}-sample"), 100, key="divide:name")
    if st.button("Draw the sample", type="primary", key="divide:sample"):
        target = name.strip()
        made = sample_data(
            space.storage, info.name, int(count), into=target, version=version, seed=seed, stratify=stratify
        )
        choose_data_set(made.name, f"Drew {made.examples:,} rows into '{made.name}'.")
