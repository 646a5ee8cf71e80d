"""What the dialog of a model makes of what is filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.model.edit import build_entry
from pipelines.catalogue import ModelEntry, Price
from pipelines.error import ConfigurationError
from pipelines.trait import ModelTraits

FILLED: dict[str, Any] = {
    "name": "mine",
    "target": "m",
    "base_url": None,
    "key_env": None,
    "price_in": None,
    "price_out": None,
    "context_window": None,
    "max_concurrency": 8,
}
OLD = ModelEntry(
    name="mine",
    provider="litellm",
    target="m",
    note="Kept",
    timeout_s=7.0,
    price=Price(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of=date(2026, 1, 1), source="the list"),
)


def test_traits_that_are_filled_in_are_kept() -> None:
    traits = {"parameters_b": 4.0, "released_on": date(2025, 4, 28), "licence": "mit", "modalities": ("text",)}
    made = build_entry(OLD, "litellm", {**FILLED, "traits": traits})
    assert made.traits == ModelTraits(parameters_b=4.0, released_on=date(2025, 4, 28), licence="mit")
    assert build_entry(made, "litellm", FILLED).traits == made.traits


def test_what_is_filled_in_is_the_entry() -> None:
    made = build_entry(None, "openai_compatible", {**FILLED, "base_url": "http://127.0.0.1:8080/v1"})
    assert (made.name, made.provider, made.base_url) == ("mine", "openai_compatible", "http://127.0.0.1:8080/v1")
    assert (made.price, made.max_concurrency) == (None, 8)


def test_fields_without_a_widget_stay_and_an_unchanged_price_keeps_its_day() -> None:
    made = build_entry(OLD, "litellm", {**FILLED, "price_in": 1.0, "price_out": 2.0})
    assert (made.note, made.timeout_s) == ("Kept", 7.0)
    assert made.price == OLD.price


def test_a_changed_price_is_dated_today_and_by_hand() -> None:
    made = build_entry(OLD, "litellm", {**FILLED, "price_in": 1.5, "price_out": 2.0})
    assert made.price is not None
    assert made.price.input_usd_per_mtok == 1.5
    assert (made.price.as_of, made.price.source) == (datetime.now(UTC).date(), "typed in by hand")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base_url": "http://169.254.169.254/v1"}, "169.254.169.254"),
        ({"base_url": "http://example.org/v1"}, "is not allowed"),
        ({"price_in": 1.0}, "Give both prices"),
        ({"name": ""}, "name: String should have at least 1 character"),
        ({"key_env": "sk-secret"}, "key_env"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        build_entry(None, "litellm", {**FILLED, **changes})


def test_a_server_needs_an_address() -> None:
    with pytest.raises(ConfigurationError, match="needs its address"):
        build_entry(None, "openai_compatible", FILLED)


def test_a_host_that_the_operator_lists_is_allowed() -> None:
    made = build_entry(None, "litellm", {**FILLED, "base_url": "http://example.org/v1"}, ("example.org",))
    assert made.base_url == "http://example.org/v1"


def test_a_refusal_does_not_repeat_what_may_be_a_key() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        build_entry(None, "litellm", {**FILLED, "key_env": "sk-canary-123"})
    assert "canary" not in str(refusal.value)
