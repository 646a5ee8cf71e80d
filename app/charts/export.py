"""Takes charts out of the page: their numbers as CSV, their JSON, and Plotly's own program for a page of a file."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import plotly.graph_objects as go

TAG = re.compile(r"<[^>]*>")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | float | int | None


def data_of(figure: go.Figure) -> str:
    """Returns what a figure draws as CSV: a line for each point, cell, bar or link, with its bounds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, (heading, lines) in enumerate(_tables(figure)):
        if number:
            writer.writerow([])
        writer.writerow(heading)
        writer.writerows([_safe(cell) for cell in line] for line in lines)
    return text.getvalue()


def figure_json(figure: go.Figure) -> str:
    """Returns the figure as JSON that may stand inside a script of a page."""
    text = str(figure.to_json(engine="orjson"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def words_of(figure: go.Figure) -> str:
    """Returns the title and the note of a figure as plain text, for those who do not see it."""
    title = figure.layout.title
    return ". ".join(part for part in (_plain(title.text), _plain(title.subtitle.text)) if part)


def plotly_script() -> str:
    """Returns the program that draws figures in a browser, about 5 MB, for a page that must need no network."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs()).replace("</script", "<\\/script")


def _tables(figure: go.Figure) -> Iterator[tuple[list[str], Iterable[list[Cell]]]]:
    points = [trace for trace in figure.data if trace.type in ("scatter", "scattergl", "bar")]
    if points:
        yield ["series", _title(figure, "x"), _title(figure, "y"), *BOUNDS], _points(figure, points)
    for trace in figure.data:
        if trace.type == "heatmap":
            yield ["row", "column", "value", "note"], _cells(figure, trace)
        elif trace.type == "sankey":
            yield ["from", "to", "rows"], _links(trace)


BOUNDS = ("x_low", "x_high", "y_low", "y_high")


def _points(figure: go.Figure, traces: list[Any]) -> Iterator[list[Cell]]:
    for trace in traces:
        rows = zip(_list(trace.x), _list(trace.y), strict=True)
        for place, (x, y) in enumerate(rows):
            bounds = [*_bounds(trace.error_x, place, x), *_bounds(trace.error_y, place, y)]
            yield [_plain(trace.name), _named(figure, "x", x), _named(figure, "y", y), *bounds]


def _cells(figure: go.Figure, trace: Any) -> Iterator[list[Cell]]:
    columns, notes = _list(trace.x), _list(trace.customdata)
    for place, (row, values) in enumerate(zip(_list(trace.y), _list(trace.z), strict=True)):
        for at, value in enumerate(_list(values)):
            note = _plain(_list(notes[place])[at]) if notes else ""
            yield [_plain(row), _named(figure, "x", columns[at]), value, note]


def _links(trace: Any) -> Iterator[list[Cell]]:
    names = [_plain(name) for name in _list(trace.node.label)]
    links = zip(_list(trace.link.source), _list(trace.link.target), _list(trace.link.value), strict=True)
    for source, target, value in links:
        yield [names[source], names[target], value]


def _bounds(error: Any, place: int, value: Cell) -> list[Cell]:
    up, down = _list(error.array), _list(error.arrayminus)
    if error.visible is False or not up or not isinstance(value, int | float):
        return [None, None]
    return [value - (down or up)[place], value + up[place]]


def _title(figure: go.Figure, axis: str) -> str:
    return _plain(figure.layout[f"{axis}axis"].title.text) or axis


def _named(figure: go.Figure, axis: str, value: Cell) -> Cell:
    """Returns what the axis calls a place, where it has names for places."""
    drawn = figure.layout[f"{axis}axis"]
    places = _list(drawn.tickvals)
    return _plain(_list(drawn.ticktext)[places.index(value)]) if value in places and drawn.ticktext else _text(value)


def _text(value: Cell) -> Cell:
    return _plain(value) if isinstance(value, str) else value


def _list(values: Any) -> list[Any]:
    if values is None:
        return []
    return list(values.tolist()) if hasattr(values, "tolist") else list(values)


def _plain(text: object) -> str:
    return html.unescape(TAG.sub(" ", str(text))) if text is not None else ""


def _safe(cell: Cell) -> Cell:
    """Returns a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
