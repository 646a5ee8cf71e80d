"""The column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.codec import plain


class UtcTime(TypeDecorator[datetime]):
    """Holds a moment: aware on the way in, in UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Returns the moment in UTC.

        Raises:
            ValueError: if the time has no zone.
        """
        if value is not None and value.tzinfo is None:
            raise ValueError(f"The time {value.isoformat()} has no zone; stored times are aware of UTC.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Returns the stored moment in UTC; SQLite keeps no zone, so one is put back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Holds a text of any length; characters that one of the databases refuses are replaced, not fatal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Returns the text as both databases take it."""
        return _plain_or_none(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002
        """Returns what turns values into texts that both databases take, without a detour for each of them."""
        return _plain_or_none


def _plain_or_none(value: str | None) -> str | None:
    return None if value is None else plain(value)


class RowNumber(TypeDecorator[int]):
    """Numbers rows in the order of writing; SQLite counts by itself only in a column declared INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Returns the integer type of the database."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())
