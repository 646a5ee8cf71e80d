"""How every chart looks: colours that all eyes tell apart, marks and dashes beside them, titles, export buttons."""

from __future__ import annotations

from typing import Any, Final, Literal

import plotly.graph_objects as go

LIGHT: Final = ("#0072b2", "#c44e00", "#00795a", "#a8477f", "#7d5a00", "#4b4fa8", "#5f6673", "#8f1d2c")
DARK: Final = ("#5ab4f0", "#ff9d5c", "#2fcfa3", "#f0a3cd", "#f2c14e", "#a9adff", "#b4bac8", "#ff8f9a")
"""After Okabe and Ito, darker and brighter, so that each stands out from its page by 3 to 1."""
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "hexagon", "cross")
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
PATTERNS: Final = ("", "/", ".", "x", "\\", "-", "+", "|")
INK: Final = ("#1c2030", "#e6e8f0")
QUIET: Final = ("#5b6274", "#aab1c5")
GRID: Final = ("#e4e7ee", "#2e3342")
HEIGHT_PX: Final = 420
AROUND_PX: Final = 170
"""What the titles, the ticks and the legend take of the height."""
LEGEND_PX: Final = 50
"""How far below the plot the legend begins: under the ticks and the title of the axis."""
MOST_NAMED: Final = 24
"""Series up to which there is a legend; above it would push the chart away, and the hover text names them."""

Picture = Literal["svg", "png"]


def colour(place: int, *, dark: bool) -> str:
    """Returns the colour of the series at a place; with its mark it is unique for 64 of them."""
    return (DARK if dark else LIGHT)[place % len(LIGHT)]


def symbol(place: int) -> str:
    """Returns the mark of the series at a place."""
    return SYMBOLS[(place + place // len(LIGHT)) % len(SYMBOLS)]


def dash(place: int) -> str:
    """Returns the dash of the line at a place."""
    return DASHES[(place + place // len(LIGHT)) % len(DASHES)]


def ink(*, dark: bool) -> str:
    """Returns the colour of text and of lines that are no series."""
    return INK[dark]


def quiet(*, dark: bool) -> str:
    """Returns the colour of lines and words that only help."""
    return QUIET[dark]


def styled(
    figure: go.Figure,
    *,
    title: str,
    x: str = "",
    y: str = "",
    note: str = "",
    dark: bool = False,
    height: int = HEIGHT_PX,
) -> go.Figure:
    """Returns the figure with its title, the titles of its axes (with units) and a note under the title."""
    axis = {"gridcolor": GRID[dark], "linecolor": GRID[dark], "zeroline": False, "automargin": True}
    axis |= {"exponentformat": "none", "separatethousands": True}
    subtitle = {"text": note, "font": {"size": 12, "color": QUIET[dark]}}
    figure.update_layout(
        title={"text": title, "subtitle": subtitle, "x": 0.01, "xref": "container", "font": {"size": 16}},
        font={"color": INK[dark], "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        height=height,
        margin={"l": 12, "r": 16, "t": 76, "b": 12},
        legend={"orientation": "h", "yanchor": "top", "y": -LEGEND_PX / max(40, height - AROUND_PX), "x": 0},
        hoverlabel={"align": "left"},
    )
    if len(figure.data) > MOST_NAMED:
        figure.update_layout(showlegend=False)
    figure.update_xaxes(**axis, title={"text": x, "standoff": 10, "font": {"size": 13}})
    figure.update_yaxes(**axis, title={"text": y, "standoff": 10, "font": {"size": 13}})
    return figure


def chart_config(name: str = "chart", picture: Picture = "svg") -> dict[str, Any]:
    """Returns what Plotly is shown with: the button that saves a picture, and no link to anywhere."""
    return {
        "displaylogo": False,
        "responsive": True,
        "toImageButtonOptions": {"format": picture, "filename": name, "scale": 2 if picture == "png" else 1},
        "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    }
