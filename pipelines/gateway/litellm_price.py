"""What LiteLLM's bundled table knows of a model, read as data: importing LiteLLM takes seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from pipelines.catalogue import TOKENS_PER_MTOK, Price

_TABLE = "model_prices_and_context_window_backup.json"


def price_of(target: str) -> Price | None:
    """Returns the list price of a model by its LiteLLM name, or None where the table has none.

    The day is the one on which the table came to this machine.
    """
    row = _row(target)
    if row is None:
        return None
    # Vectors have no output tokens, and some rows do not say so.
    cost_in, cost_out = (row.get(f"{side}_cost_per_token") for side in ("input", "output"))
    cost_out = 0.0 if cost_out is None and row.get("mode") == "embedding" else cost_out
    if cost_in is None or cost_out is None:
        return None
    cached = row.get("cache_read_input_token_cost")
    return Price(
        input_usd_per_mtok=_per_mtok(cost_in),
        output_usd_per_mtok=_per_mtok(cost_out),
        cached_input_usd_per_mtok=None if cached is None else _per_mtok(cached),
        as_of=_day(),
        source=f"price table of LiteLLM {version('litellm')}",
    )


def context_window_of(target: str) -> int | None:
    """Returns the input tokens that a model takes by its LiteLLM name, or None where the table does not say."""
    return _positive((_row(target) or {}).get("max_input_tokens"))


def max_output_tokens_of(target: str) -> int | None:
    """Returns the longest answer of a model by its LiteLLM name, or None where the table does not say."""
    return _positive((_row(target) or {}).get("max_output_tokens"))


def makes_vectors(target: str) -> bool:
    """Says whether a model may be an embedding model by its LiteLLM name: the table says so, or does not know it."""
    return bool((_row(target) or {}).get("mode", "embedding") == "embedding")


def is_provider(prefix: str) -> bool:
    """Says whether the part of a model name before the slash is a provider with prices in LiteLLM's table."""
    return prefix == "ollama_chat" or any(row.get("litellm_provider") == prefix for row in _table().values())


def _row(target: str) -> Mapping[str, Any] | None:
    table = _table()
    if target in table:
        return table[target]
    prefix, _, name = target.partition("/")
    row = table.get(name)
    return row if row is not None and row.get("litellm_provider") == prefix else None


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    path = _path()
    if path is None:
        return {}
    wanted = (
        "litellm_provider",
        "mode",
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_read_input_token_cost",
        "max_input_tokens",
        "max_output_tokens",
    )
    rows = orjson.loads(path.read_bytes())
    return {name: {key: row[key] for key in wanted if key in row} for name, row in rows.items()}


def _path() -> Path | None:
    try:
        version("litellm")
    except PackageNotFoundError:
        return None
    spec = find_spec("litellm")
    path = Path(spec.origin).with_name(_TABLE) if spec and spec.origin else None
    return path if path and path.exists() else None


@cache
def _day() -> date:
    path = _path()
    return datetime.fromtimestamp(path.stat().st_mtime if path else 0.0, UTC).date()


def _per_mtok(usd_per_token: float) -> float:
    return round(float(usd_per_token) * TOKENS_PER_MTOK, 9)


def _positive(raw: Any) -> int | None:
    return int(raw) if isinstance(raw, int | float) and raw > 0 else None
