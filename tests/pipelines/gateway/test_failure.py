"""What a server says in refusing, read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.error import ModelError, ModelOverloaded, ModelRefusedKey, ModelRejectedRequest
from pipelines.gateway.failure import error_type, retry_after, said_by

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, ModelRejectedRequest),
        (400, ModelRejectedRequest),
        (401, ModelRefusedKey),
        (402, ModelRejectedRequest),
        (403, ModelRefusedKey),
        (404, ModelRejectedRequest),
        (408, ModelOverloaded),
        (409, ModelOverloaded),
        (413, ModelRejectedRequest),
        (422, ModelRejectedRequest),
        (429, ModelOverloaded),
        (500, ModelOverloaded),
        (503, ModelOverloaded),
        (529, ModelOverloaded),
    ],
)
def test_each_status_is_one_error(status: int, kind: type[ModelError]) -> None:
    assert error_type(status) is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, at=NOON) == seconds


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "too\\nlong", "code": 1}}', "too long"),
        (b'{"error": "no such model"}', "no such model"),
        (b'{"detail": [{"loc": ["x"]}]}', '[{"loc":["x"]}]'),
        (b'{"message": "hi"}', "hi"),
        (b"<h1>Bad  Gateway</h1>", "<h1>Bad Gateway</h1>"),
        (b"", ""),
        (b"x" * 1000, "x" * 299 + "…"),
    ],
)
def test_the_message_of_an_error_body_is_found(body: bytes, said: str) -> None:
    assert said_by(body) == said
