"""Shows a text of a stranger as it is where Streamlit reads Markdown."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:^=&@/])")


def plain(text: str, limit: int | None = None) -> str:
    """Returns the text with every sign of Markdown escaped, on one line and shortened to `limit` characters."""
    line = " ".join(text.split())
    if limit is not None and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return SPECIAL.sub(r"\\\1", line)
