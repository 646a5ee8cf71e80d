"""Keys: where they are looked for, and that they stay out of texts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from pipelines.catalogue import ModelEntry
from pipelines.gateway.key import key_name, key_of, key_state, redact
from tests.pipelines.gateway.scene import CANARY, entry


def litellm(target: str, **changes: Any) -> ModelEntry:
    return entry(**({"provider": "litellm", "target": target} | changes))


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("gpt-4o-mini", "OPENAI_API_KEY"),
        ("o3-mini", "OPENAI_API_KEY"),
        ("openai/gpt-4o", "OPENAI_API_KEY"),
        ("claude-sonnet-4", "ANTHROPIC_API_KEY"),
        ("gemini/gemini-2.5-flash", "GEMINI_API_KEY"),
        ("openrouter/openai/gpt-4o", "OPENROUTER_API_KEY"),
        ("ollama/llama3", None),
        ("unheard-of", None),
    ],
)
def test_a_litellm_model_is_known_by_its_prefix(target: str, name: str | None) -> None:
    assert key_name(litellm(target)) == name


def test_a_model_at_its_own_address_gets_only_the_key_named_with_it() -> None:
    assert key_name(litellm("openai/x", base_url="http://127.0.0.1:1/v1")) is None
    assert key_name(litellm("openai/x", base_url="http://127.0.0.1:1/v1", key_env="MINE")) == "MINE"


def test_the_state_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUTELOOM_TEST_KEY", raising=False)
    needing = entry(key_env="ROUTELOOM_TEST_KEY")
    assert key_state(entry()) == "not_needed"
    assert key_state(needing) == "missing"
    monkeypatch.setenv("ROUTELOOM_TEST_KEY", CANARY)
    assert key_state(needing) == "present"
    found = key_of(needing)
    assert found is not None
    assert CANARY not in f"{found!r} {found}"
    assert found.get_secret_value() == CANARY


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {CANARY}.",
        "Incorrect API key provided: sk-proj-abc***********xyz.",
        "header was Authorization: Bearer abcdef.123",
        "key AIzaSyA1234567890abcdefghij",
    ],
)
def test_nothing_like_a_key_stays_in_a_text(text: str) -> None:
    clean = redact(text, [SecretStr(CANARY), None])
    assert "[key]" in clean
    for part in (CANARY, "proj", "abcdef", "AIzaSy"):
        assert part not in clean


def test_ordinary_words_stay() -> None:
    text = "The risk-free task-list of the model 'sk' at 127.0.0.1 is too long."
    assert redact(text) == text
