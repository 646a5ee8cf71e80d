"""The one configuration of every immutable record of the domain."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Is an immutable record that refuses unknown fields and non-finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def now() -> datetime:
    """Returns the present moment, aware of UTC."""
    return datetime.now(UTC)
