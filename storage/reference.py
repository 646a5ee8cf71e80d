"""Slugs, and the references `slug` and `slug@version` by which saved pipelines are found."""

from __future__ import annotations

import re
import unicodedata

from pipelines.error import NotFound

LONGEST_SLUG = 60
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
REFERENCE = re.compile(rf"({SLUG.pattern})(?:@([1-9][0-9]{{0,8}}))?")


def slug_of(name: str) -> str:
    """Returns a slug made of the letters and digits of a name, or `workflow` where it has none that ASCII knows."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:LONGEST_SLUG].strip("-")
    return slug or "workflow"


def parse_reference(reference: str) -> tuple[str, int | None]:
    """Returns slug and version of a reference; no version means the current one.

    Raises:
        NotFound: if it is neither `slug` nor `slug@version`.
    """
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise NotFound(
            f"'{reference}' names no saved pipeline; write a slug such as 'cascade', or 'cascade@3' for a version."
        )
    return found[1], int(found[2]) if found[2] else None
