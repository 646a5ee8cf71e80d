"""Draws a pipeline as an SVG picture, for a light ground, a dark one, or whichever the reader has."""

from __future__ import annotations

from html import escape
from typing import Final, Literal

from pipelines.document import Pipeline
from pipelines.exchange.sketch import CARD_WIDTH, Card, Colours, Dot, Slip, Wire, one_line, sketch

Theme = Literal["auto", "light", "dark"]
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
PAPER: Final[dict[str, Colours]] = {
    "ground": ("#ffffff", "#0f172a"),
    "card": ("#f8fafc", "#1e293b"),
    "line": ("#cbd5e1", "#334155"),
    "ink": ("#0f172a", "#f1f5f9"),
    "faint": ("#64748b", "#94a3b8"),
    "slip": ("#fef9c3", "#422006"),
}


def picture(pipeline: Pipeline, theme: Theme = "auto") -> str:
    """Returns the picture as SVG; every text of the document in it is escaped and cut to its place."""
    drawn = sketch(pipeline)
    pen = _Pen(theme)
    body = "".join(
        [
            *(pen.slip(slip) for slip in drawn.slips),
            *(pen.wire(wire) for wire in drawn.wires),
            *(pen.card(card) for card in drawn.cards),
            *(pen.label(wire) for wire in drawn.wires if wire.label),
        ]
    )
    width, height = f"{drawn.width:.0f}", f"{drawn.height:.0f}"
    ground = f'<rect width="100%" height="100%" {pen.paint(PAPER["ground"])}/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{FONT}" role="img"><title>{escape(one_line(pipeline.name, 200))}</title>'
        f"{pen.style()}{ground}{body}</svg>\n"
    )


class _Pen:
    """Draws shapes and remembers their colours.

    Colours stand in attributes, which every program reads; a style sheet changes them for readers with a dark ground.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._names: dict[tuple[str, Colours], str] = {}

    def paint(self, fill: Colours | None = None, stroke: Colours | None = None) -> str:
        """Returns the attributes that give a shape its colours."""
        ground = int(self._theme == "dark")
        given = [(what, pair) for what, pair in (("fill", fill), ("stroke", stroke)) if pair is not None]
        attributes = [f'{what}="{pair[ground]}"' for what, pair in given]
        if fill is None:
            attributes.append('fill="none"')
        if self._theme == "auto":
            names = (self._names.setdefault(each, f"c{len(self._names)}") for each in given)
            attributes.append(f'class="{" ".join(names)}"')
        return " ".join(attributes)

    def style(self) -> str:
        """Returns the style sheet for readers with a dark ground."""
        rules = "".join(f".{name}{{{what}:{pair[1]}}}" for (what, pair), name in self._names.items())
        return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>" if rules else ""

    def card(self, card: Card) -> str:
        middle = card.y + card.height / 2
        faded = ' opacity="0.45"' if card.is_disabled else ""
        dashed = ' stroke-dasharray="5 4"' if card.is_disabled or card.is_bypassed else ""
        text = self._text(card.x + 20, middle + (5 if not card.subtitle else -3), card.title, "ink", 13, weight=600)
        if card.subtitle:
            text += self._text(card.x + 20, middle + 15, card.subtitle, "faint", 11.5)
        return (
            f"<g{faded}>"
            f'<rect x="{card.x:.1f}" y="{card.y:.1f}" width="{CARD_WIDTH:.0f}" height="{card.height:.1f}" rx="9" '
            f'{self.paint(PAPER["card"], PAPER["line"])} stroke-width="1.5"{dashed}/>'
            f'<rect x="{card.x + 8:.1f}" y="{card.y + 10:.1f}" width="4" height="{card.height - 20:.1f}" rx="2" '
            f"{self.paint(card.colours)}/>{text}{''.join(self._dot(dot) for dot in card.dots)}</g>"
        )

    def wire(self, wire: Wire) -> str:
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = wire.points
        path = f"M{x1:.1f} {y1:.1f}C{x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f} {x4:.1f} {y4:.1f}"
        return f'<path d="{path}" {self.paint(stroke=wire.colours)} stroke-width="2"/>'

    def label(self, wire: Wire) -> str:
        """Returns the name of the output beside the start of its wire."""
        x, y = wire.points[0]
        return self._text(x + 9, y - 5, wire.label, "faint", 10.5)

    def slip(self, slip: Slip) -> str:
        lines = [one_line(line, max(3, int(slip.width / 6.5))) for line in slip.text.splitlines()]
        shown = lines[: max(1, int((slip.height - 12) / 16))]
        text = "".join(self._text(slip.x + 10, slip.y + 20 + 16 * n, line, "ink", 12) for n, line in enumerate(shown))
        return (
            f'<g><rect x="{slip.x:.1f}" y="{slip.y:.1f}" width="{slip.width:.1f}" height="{slip.height:.1f}" rx="6" '
            f"{self.paint(PAPER['slip'])}/>{text}</g>"
        )

    def _dot(self, dot: Dot) -> str:
        paint = self.paint(dot.colours, PAPER["ground"])
        return f'<circle cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="4.5" {paint} stroke-width="1.5"/>'

    def _text(self, x: float, y: float, text: str, ink: str, size: float, *, weight: int = 400) -> str:
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" font-weight="{weight}" '
            f"{self.paint(PAPER[ink])}>{escape(text)}</text>"
        )
