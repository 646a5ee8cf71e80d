"""The OpenAI format of embeddings, which most servers and LiteLLM speak: what is sent, and what is read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.chat import ChatRequest, Reply, Usage
from pipelines.error import ModelAnsweredGarbage
from pipelines.gateway.openai_format import estimated_usage, raise_reported
from pipelines.vectors import packed


def texts_of(request: ChatRequest) -> list[str]:
    """Returns the texts whose vectors are asked for."""
    return [message.content for message in request.messages]


def read_vectors(data: Any, request: ChatRequest, subject: str) -> Reply:
    """Returns the vectors in a parsed answer; `subject` opens the sentence of an error.

    Raises:
        ModelAnsweredGarbage: if it does not hold one vector of finite numbers for each text, all of one length.
        ModelError: if it holds an error in spite of its status.
    """
    if not isinstance(data, dict):
        raise ModelAnsweredGarbage(f"{subject} answered with JSON that is not an object.")
    usage = _usage(data.get("usage")) or estimated_usage(request, "")
    if not data.get("data"):
        raise_reported(data, subject, usage)
    found = _rows(data.get("data"), len(request.messages))
    if found is None:
        raise ModelAnsweredGarbage(f"{subject} answered without a vector for each text; does it make any?", usage=usage)
    n_texts, dims = found.shape
    text = f"{n_texts:,} {'vector' if n_texts == 1 else 'vectors'} of {dims:,} numbers"
    return Reply(text=text, usage=usage, vectors=packed(found))


def _rows(raw: Any, n_texts: int) -> NDArray[np.float32] | None:
    """Returns the vectors in the order of the texts, an array (n_texts, n_dimensions)."""
    if not isinstance(raw, list) or len(raw) != n_texts:
        return None
    try:
        ordered = sorted(raw, key=lambda each: int(each.get("index") or 0))
        found = np.array([each["embedding"] for each in ordered], dtype=np.float32)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return found if found.ndim == 2 and found.shape[1] and bool(np.isfinite(found).all()) else None


def _usage(raw: Any) -> Usage | None:
    """Returns the tokens that were counted; vectors have no output tokens."""
    count = raw.get("prompt_tokens") if isinstance(raw, dict) else None
    if isinstance(count, bool) or not isinstance(count, int | float) or not math.isfinite(count) or count < 0:
        return None
    return Usage(input_tokens=int(count), output_tokens=0)
