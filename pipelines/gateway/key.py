"""Where keys come from, whether one is there, and how they are kept out of every text."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from pydantic import SecretStr

from pipelines.catalogue import ModelEntry
from pipelines.error import ModelRefusedKey

KeyState = Literal["not_needed", "present", "missing"]

SERVICE = "routeloom"
_KEY_LIKE = re.compile(r"(?i)\bbearer\s+[^\s\"',]+|\b(?:sk|pk|gsk|xai|rk|tgp|AIza)[-_][\w*.\-]{6,}|\bAIza[\w\-]{20,}")
_LITELLM_KEYS = {
    "anthropic": "ANTHROPIC_API_KEY",
    "azure": "AZURE_API_KEY",
    "cohere": "COHERE_API_KEY",
    "cohere_chat": "COHERE_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "fireworks_ai": "FIREWORKS_AI_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "groq": "GROQ_API_KEY",
    "huggingface": "HF_TOKEN",
    "mistral": "MISTRAL_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "perplexity": "PERPLEXITYAI_API_KEY",
    "together_ai": "TOGETHERAI_API_KEY",
    "xai": "XAI_API_KEY",
}
_BARE_NAMES = re.compile(r"^(?:(?P<openai>gpt-|chatgpt-|o\d)|(?P<anthropic>claude-))")


def key_name(entry: ModelEntry) -> str | None:
    """Returns the environment variable that holds the key of the model, or None where it needs none.

    A model with its own `base_url` gets only the key named with it, so no other key can reach that server.
    """
    if entry.key_env or entry.provider != "litellm" or entry.base_url:
        return entry.key_env
    prefix, slash, _ = entry.target.partition("/")
    bare = _BARE_NAMES.match(entry.target)
    if not slash and bare:
        prefix = bare.lastgroup or ""
    return _LITELLM_KEYS.get(prefix)


def key_of(entry: ModelEntry) -> SecretStr | None:
    """Returns the key of the model from the environment, else from the operating system's keyring, else None."""
    name = key_name(entry)
    if name is None:
        return None
    found = os.environ.get(name) or _from_keyring(name)
    return SecretStr(found) if found else None


def required_key(entry: ModelEntry) -> SecretStr | None:
    """Returns the key of the model, or None where its entry names none and none is known.

    Raises:
        ModelRefusedKey: if the entry names a key that is not there.
    """
    found = key_of(entry)
    if found is None and entry.key_env:
        raise ModelRefusedKey(
            f"The model '{entry.name}' needs a key; put it into the environment variable {entry.key_env}"
            " or into the keyring."
        )
    return found


def key_state(entry: ModelEntry) -> KeyState:
    """Says whether the model needs a key and has one."""
    if key_name(entry) is None:
        return "not_needed"
    return "present" if key_of(entry) else "missing"


def redact(text: str, secrets: Iterable[SecretStr | str | None] = ()) -> str:
    """Returns the text without the given secrets and without anything that looks like a key."""
    for secret in secrets:
        value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
        if value:
            text = text.replace(value, "[key]")
    return _KEY_LIKE.sub("[key]", text)


def _from_keyring(name: str) -> str | None:
    try:
        return _keyring_entry(name)
    except LookupError:
        return None


@cache
def _keyring_entry(name: str) -> str:
    """Asks the keyring once for each key it has; what it lacks is asked again, as it may be added meanwhile."""
    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        raise LookupError(name) from None
    try:
        found = keyring.get_password(SERVICE, name)
    except errors.KeyringError:
        found = None
    if not found:
        raise LookupError(name)
    return str(found)
