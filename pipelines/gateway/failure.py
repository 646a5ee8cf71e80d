"""Turns what an HTTP server says in refusing into the error tree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import orjson

from pipelines.chat import Usage
from pipelines.error import (
    ModelError,
    ModelOverloaded,
    ModelRefusedKey,
    ModelRejectedRequest,
)
from pipelines.record import now

MAX_MESSAGE_CHARS = 300
_REFUSED_KEY = frozenset({401, 403})
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})


def error_type(status: int) -> type[ModelError]:
    """Returns the error that an HTTP status other than success stands for."""
    if status in _REFUSED_KEY:
        return ModelRefusedKey
    if status in _WORTH_ANOTHER_TRY or status >= 500:
        return ModelOverloaded
    return ModelRejectedRequest


def error_for(
    status: int, subject: str, message: str, *, retry_after_s: float | None = None, usage: Usage | None = None
) -> ModelError:
    """Returns the error for an HTTP status; `subject` opens the sentence, `message` is what the server said."""
    if 300 <= status < 400:
        message = "it redirects to another address, which is never followed; enter the final address as base URL"
    said = f": {message}" if message else "."
    return error_type(status)(f"{subject} answered {status}{said}", retry_after_s=retry_after_s, usage=usage)


def said_by(body: bytes) -> str:
    """Returns the message inside an error body, shortened to one line; the start of the body where it is not JSON."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _one_line(body.decode("utf-8", "replace"))
    return message_in(data)


def message_in(data: object) -> str:
    """Returns the message inside parsed error JSON, in any of the shapes that servers use."""
    for name in ("error", "message", "detail"):
        if isinstance(data, dict) and data.get(name):
            return message_in(data[name])
    return _one_line(data if isinstance(data, str) else orjson.dumps(data).decode())


def retry_after(headers: Mapping[str, str], *, at: datetime | None = None) -> float | None:
    """Returns the seconds that the server asks to wait, never below 0, or None where it says nothing legible."""
    for name, scale in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        said = headers.get(name)
        if said is None:
            continue
        try:
            seconds = float(said) * scale
        except ValueError:
            return _until(said, at or now())
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _until(date: str, present: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
        return max(0.0, (moment - present).total_seconds())
    except (TypeError, ValueError):
        return None


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_MESSAGE_CHARS else line[: MAX_MESSAGE_CHARS - 1] + "…"
