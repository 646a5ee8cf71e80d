"""The models page."""


def draw() -> None:
    """Draws the page."""
