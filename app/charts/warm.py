"""Loads what the first chart of a process needs."""

from __future__ import annotations

from importlib import import_module

import plotly.graph_objects as go


def warm() -> None:
    """Makes a chart that nobody sees: plotly loads its parts when they are first used, which takes a while."""
    go.Figure(go.Scatter(x=[0], y=[0]), layout={"template": "plotly"}).to_json()


def ready() -> None:
    """Waits until pandas is loaded as a whole: Plotly looks into it and fails on one that a thread is still loading."""
    import_module("pandas")
