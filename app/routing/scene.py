"""What every look at trained routers is about: the chosen router, at one weight of cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import streamlit as st

from app.charts.router_curve import weight_text
from app.figure import cost_text
from app.routing.table_shelf import TableEntry
from app.routing.training import Trained
from app.workspace import Workspace
from pipelines.choice import Choices
from pipelines.routing.board import Point
from pipelines.routing.curve import Curve
from pipelines.routing.headroom import verdict
from pipelines.space import Space
from pipelines.trained import TrainedRouter


class Place(NamedTuple):
    """Is a router at a place of its curve."""

    name: str
    at: int


class Scene:
    """Holds the training, the router that is looked at, and the weight of cost."""

    def __init__(self, space: Workspace, entry: TableEntry, trained: Trained, place: Place) -> None:
        """Takes what was trained and what is chosen."""
        self.space, self.entry, self.trained, self.place = space, entry, trained, place
        self.dark = st.context.theme.type == "dark"
        self.key = f"r:{entry.card.name}"

    @cached_property
    def content(self) -> str:
        """Returns what tells the router and its rows from all others."""
        train, test = self.trained.train.content_hash, self.trained.board.test.content_hash
        return f"{train} {test} {self.router.strategy.model_dump_json()} {self.router.card.seed}"

    @property
    def router(self) -> TrainedRouter:
        """Returns the chosen router, unsaved."""
        return self.trained.routers[self.place.name]

    @cached_property
    def curve(self) -> Curve:
        """Returns its curve."""
        return self.trained.board.curve(self.place.name)

    def vectors(self, queries: Sequence[str]) -> Space | None:
        """Returns the vectors of questions, None where the router looks at none."""
        if not self.router.strategy.needs_space:
            return None
        return self.space.trainings.vectors.space(queries, self.router.card.embedding_model)

    @property
    def choices(self) -> Choices:
        """Returns which model it chooses for each test row."""
        return np.asarray(self.curve.choices[self.place.at], dtype=np.intp)

    @cached_property
    def point(self) -> Point:
        """Returns what it does at this weight."""
        return self.trained.board.point(self.curve, self.place.at)


def draw_scene(space: Workspace, entry: TableEntry, trained: Trained) -> Scene:
    """Draws the choice of the router and of the weight of cost."""
    names = list(trained.routers)
    key = f"r:{entry.card.name}"
    left, right = st.columns((1, 2))
    with left:
        name = st.selectbox("Router", names, names.index(_praised(trained)), key=f"{key}:router:{'|'.join(names)}")
    curve = trained.board.curve(name)
    at, stops = 0, _stops(curve)
    if len(stops) > 1:
        with right:
            at = st.select_slider(
                "λ: what one USD is worth, in accuracy", stops, 0,
                lambda place: weight_text(float(curve.weight[place])), key=f"{key}:lambda:{name}",
                help="The router asks the model with the highest expected score − λ × expected cost in USD. To the left"
                " only the score counts, to the right only the cost.",
            )  # fmt: skip
    scene = Scene(space, entry, trained, Place(name, at))
    _draw_point(scene)
    return scene


def _praised(trained: Trained) -> str:
    """Returns the router that the verdict names first, or the one with the highest curve."""
    told = verdict(trained.comparison)
    best = max(trained.comparison.routers, key=lambda router: (router.aiq.value or 0.0, router.accuracy.value or 0.0))
    return told.for_accuracy or told.for_cost or best.name


def _stops(curve: Curve) -> list[int]:
    """Returns the places of the curve at which the router begins to choose otherwise."""
    moved = (np.diff(curve.choices, axis=0) != 0).any(axis=1)
    return [0, *(int(place) + 1 for place in np.flatnonzero(moved))]


def _draw_point(scene: Scene) -> None:
    point, comparison = scene.point, scene.trained.comparison
    single = comparison.references["best single"]
    gain = scene.trained.board.gain(scene.choices, comparison.best_single)
    told = (
        f"{gain.value or 0.0:+.3f} against {comparison.best_single} ({gain.low or 0.0:+.3f} to {gain.high or 0.0:+.3f})"
    )
    cells = [("Accuracy", f"{point.accuracy.value or 0.0:.3f}", told)]
    if point.cost_usd is not None:
        share = point.cost_usd / single.cost_usd.value - 1 if single.cost_usd.value else None
        told = "" if share is None else f"{share:+.0%} against {comparison.best_single}"
        cells.append(("Cost of 1,000 questions", cost_text(point.cost_usd * 1_000), told))
    asked = sorted(point.shares.items(), key=lambda item: -item[1])[:3]
    cells.append(("Asks most", f"{asked[0][0]}", " · ".join(f"{model} {share:.0%}" for model, share in asked)))
    for column, (label, value, below) in zip(st.columns(len(cells)), cells, strict=True):
        with column.container(gap=None):
            st.metric(label, value.replace("$", "\\$"))
            st.caption(below.replace("$", "\\$") or " ")
