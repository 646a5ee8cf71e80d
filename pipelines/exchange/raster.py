"""Draws a pipeline as a PNG picture; the only importer of Pillow."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final, Literal

from pipelines.document import Pipeline
from pipelines.error import DocumentError
from pipelines.exchange.picture import PAPER
from pipelines.exchange.sketch import CARD_WIDTH, Card, Colours, Place, Slip, Wire, one_line, sketch

SCALE: Final = 2
SMOOTHING: Final = 2
MAX_PIXELS: Final = 40_000_000
CURVE_STEPS: Final = 48


def raster(pipeline: Pipeline, theme: Literal["light", "dark"] = "light") -> bytes:
    """Returns the picture as PNG, at two pixels for each pixel of the canvas.

    Raises:
        DocumentError: if the pipeline is drawn too far apart for a picture.
    """
    from PIL import Image

    drawn = sketch(pipeline)
    wide, high = int(drawn.width * SCALE), int(drawn.height * SCALE)
    if wide * high > MAX_PIXELS:
        raise DocumentError(
            f"The picture would have {wide:,} × {high:,} pixels; tidy the pipeline up first, or take the SVG picture."
        )
    brush = _Brush(wide * SMOOTHING, high * SMOOTHING, dark=theme == "dark")
    for slip in drawn.slips:
        brush.slip(slip)
    for wire in drawn.wires:
        brush.wire(wire)
    for card in drawn.cards:
        brush.card(card)
    for wire in drawn.wires:
        brush.label(wire)
    written = BytesIO()
    brush.image.resize((wide, high), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()


class _Brush:
    """Draws shapes on an image that is larger than the picture, so that its edges come out smooth."""

    def __init__(self, wide: int, high: int, *, dark: bool) -> None:
        from PIL import Image, ImageDraw

        self._ground = int(dark)
        self.image: Any = Image.new("RGB", (wide, high), self._colour(PAPER["ground"]))
        self._draw: Any = ImageDraw.Draw(self.image)

    def card(self, card: Card) -> None:
        line, ink = PAPER["line"], PAPER["faint" if card.is_disabled else "ink"]
        self._box(card.x, card.y, CARD_WIDTH, card.height, 9, PAPER["card"], outline=line)
        stripe = line if card.is_disabled or card.is_bypassed else card.colours
        self._box(card.x + 8, card.y + 10, 4, card.height - 20, 2, stripe)
        middle = card.y + card.height / 2
        self._text(card.x + 20, middle - (8 if card.subtitle else 0), card.title, ink, 14, CARD_WIDTH - 34)
        self._text(card.x + 20, middle + 11, card.subtitle, PAPER["faint"], 11, CARD_WIDTH - 34)
        for dot in card.dots:
            self._circle(dot.x, dot.y, 6, PAPER["ground"])
            self._circle(dot.x, dot.y, 4.5, dot.colours)

    def wire(self, wire: Wire) -> None:
        points = [_on_curve(wire.points, step / CURVE_STEPS) for step in range(CURVE_STEPS + 1)]
        scaled = [(x * SCALE * SMOOTHING, y * SCALE * SMOOTHING) for x, y in points]
        self._draw.line(scaled, fill=self._colour(wire.colours), width=2 * SCALE * SMOOTHING, joint="curve")

    def label(self, wire: Wire) -> None:
        x, y = wire.points[0]
        self._text(x + 9, y - 9, wire.label, PAPER["faint"], 10, 120)

    def slip(self, slip: Slip) -> None:
        self._box(slip.x, slip.y, slip.width, slip.height, 6, PAPER["slip"])
        for number, line in enumerate(slip.text.splitlines()[: max(1, int((slip.height - 12) / 16))]):
            self._text(slip.x + 10, slip.y + 16 + 16 * number, line, PAPER["ink"], 12, slip.width - 20)

    def _colour(self, colours: Colours) -> str:
        return colours[self._ground]

    def _box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        radius: float,
        fill: Colours,
        outline: Colours | None = None,
    ) -> None:
        unit = SCALE * SMOOTHING
        self._draw.rounded_rectangle(
            (x * unit, y * unit, (x + width) * unit, (y + height) * unit),
            radius * unit,
            fill=self._colour(fill),
            outline=self._colour(outline) if outline else None,
            width=int(1.5 * unit),
        )

    def _circle(self, x: float, y: float, radius: float, fill: Colours) -> None:
        unit = SCALE * SMOOTHING
        box = ((x - radius) * unit, (y - radius) * unit, (x + radius) * unit, (y + radius) * unit)
        self._draw.ellipse(box, fill=self._colour(fill))

    def _text(self, x: float, y: float, text: str, ink: Colours, size: float, room: float) -> None:
        """Writes a text whose middle is at `y`, cut to the room that it has."""
        from PIL import ImageFont

        unit = SCALE * SMOOTHING
        font: Any = ImageFont.load_default(size * unit)
        shown, length = one_line(text, 200), 200
        while len(shown) > 1 and font.getlength(shown) > room * unit:
            length = len(shown) - 1
            shown = one_line(text, length)
        self._draw.text((x * unit, y * unit), shown, fill=self._colour(ink), font=font, anchor="lm")


def _on_curve(points: tuple[Place, Place, Place, Place], t: float) -> Place:
    """Returns a point of a cubic Bézier curve, t from 0 to 1."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
    return x, y
