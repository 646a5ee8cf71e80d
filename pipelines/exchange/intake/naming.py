"""Names for nodes, ports and branches, made of what people wrote elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 48


def node_id(title: str, fallback: str, taken: Collection[str]) -> str:
    """Returns a node id made of a title, different from those taken."""
    return _free(_slug(title, "-") or _slug(fallback, "-") or "node", "-", taken)


def port_name(title: str, fallback: str, taken: Collection[str]) -> str:
    """Returns a name for a port or branch, different from those taken; it fits into a prompt as a placeholder."""
    slug = _slug(title, "_") or _slug(fallback, "_") or "input"
    return _free(slug if slug[0].isalpha() else f"n_{slug}", "_", taken)


def _slug(text: str, joint: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)[:LONGEST].strip(joint)


def _free(wanted: str, joint: str, taken: Collection[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{joint}{number}"
    return name
