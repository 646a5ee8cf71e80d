"""Series are told apart by more than colour, and colours stand out from the page."""

from __future__ import annotations

import pytest

from app.charts.look import DARK, LIGHT, chart_config, colour, dash, symbol


def luminance(shade: str) -> float:
    parts = [int(shade[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dim, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize(("shades", "page"), [(LIGHT, "#ffffff"), (DARK, "#12141c")])
def test_every_colour_stands_out_from_its_page(shades: tuple[str, ...], page: str) -> None:
    assert min(contrast(shade, page) for shade in shades) >= 3.0


@pytest.mark.parametrize("dark", [False, True])
def test_sixty_four_series_differ_in_colour_or_mark(dark: bool) -> None:
    assert len({(colour(place, dark=dark), symbol(place)) for place in range(64)}) == 64


def test_lines_of_one_colour_have_other_dashes() -> None:
    assert dash(0) != dash(8)
    assert colour(0, dark=False) == colour(8, dark=False)


def test_the_button_saves_the_picture_that_was_asked_for() -> None:
    assert chart_config("plane", "png")["toImageButtonOptions"] == {"format": "png", "filename": "plane", "scale": 2}
