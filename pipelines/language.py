"""Tells the language of a text; the only importer of py3langid."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

from pipelines.value import Query

LEAST_CONFIDENCE = 0.3
MOST_CHARACTERS = 4_000


@cache
def _identifier() -> Any:
    """Returns the classifier; loading it takes about a second of one core."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect(text: str) -> str | None:
    """Returns the ISO 639-1 code of the language of a text, or None where nothing points clearly to one.

    Only the first 4,000 characters count. Very short texts and formulas have no clear language.
    """
    code, confidence = _identifier().classify(text[:MOST_CHARACTERS])
    return None if confidence < LEAST_CONFIDENCE or code == "zxx" else str(code)


async def language_of(query: Query) -> str | None:
    """Returns the declared language of the question, or the detected one; the classifier loads off the event loop."""
    return query.language or await asyncio.to_thread(detect, query.text)
