"""How an exported program asks a model: with the same parameters as Routeloom, and again where that may help."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.error import ConfigurationError
from pipelines.exchange.part.outside import (
    APIConnectionError,
    InternalServerError,
    RateLimitError,
    ServiceUnavailableError,
    Timeout,
    acompletion,
)
from pipelines.gateway.openai_format import _is_strict
from pipelines.gateway.request import derived_seed
from pipelines.value import Answer

SEED = 0
PAUSES_S = (0.5, 1.0, None)
Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Model:
    """Is a model as LiteLLM reaches it. Keys stay in the environment: `key_env` is the name of the variable."""

    name: str
    target: str
    api_base: str | None = None
    api_base_env: str | None = None
    key_env: str | None = None
    timeout_s: float = 120.0
    context_window: int | None = None
    max_tokens: int | None = None
    logprobs: bool = True
    json_schema: bool = True


@dataclass(frozen=True)
class Reply:
    """Is what a model said; the confidence is the geometric mean probability of its words, where it is known."""

    text: str
    model: str
    confidence: float | None = None

    def answer(self, confidence: float | None = None) -> Answer:
        """Returns the reply as the answer of a node."""
        return Answer(text=self.text, model=self.model, confidence=confidence)


async def ask(
    model: Model,
    messages: Messages,
    sampling: Mapping[str, Any],
    *,
    node: str,
    sample: int = 0,
    schema: Mapping[str, Any] | None = None,
    logprobs: bool = False,
) -> Reply:
    """Returns the reply of a model; `node` and `sample` make the seed where the temperature is above 0."""
    if model.context_window and sum(len(turn["content"]) for turn in messages) // 8 > model.context_window:
        raise ConfigurationError(f"The request is too long for the model '{model.name}'.")
    options: dict[str, Any] = {"max_tokens": model.max_tokens} if model.max_tokens else {}
    options |= sampling
    if sampling.get("temperature"):
        options["seed"] = derived_seed(SEED, node, sample)
    if logprobs and model.logprobs:
        options |= {"logprobs": True, "top_logprobs": 5}
    if schema is not None and model.json_schema:
        form = {"name": "answer", "schema": schema} | ({"strict": True} if _is_strict(schema) else {})
        options["response_format"] = {"type": "json_schema", "json_schema": form}
    async with asyncio.timeout(model.timeout_s):
        choice = await completed(model, messages, options)
    text, confidence = choice["message"]["content"], confidence_of(choice) if logprobs else None
    return Reply(text=text, model=model.name, confidence=confidence)


async def completed(model: Model, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the first choice of the model, asking again after faults that may pass."""
    for pause_s in PAUSES_S:
        try:
            response = await acompletion(
                model=model.target,
                messages=list(messages),
                drop_params=True,
                max_retries=0,
                **address(model),
                **options,
            )
            choices = response.model_dump()["choices"]
            if choices and choices[0]["message"].get("content") is not None:
                return dict(choices[0])
        except (RateLimitError, Timeout, APIConnectionError, InternalServerError, ServiceUnavailableError):
            if pause_s is None:
                raise
        await asyncio.sleep(pause_s or 0.0)
    raise ConfigurationError(f"The model '{model.name}' answered without text.")


def address(model: Model) -> dict[str, str]:
    """Returns where the model is reached and with which key, both only where it needs them."""
    found: dict[str, str] = {}
    base = os.environ.get(model.api_base_env, "") if model.api_base_env else model.api_base
    if model.api_base_env and not base:
        raise ConfigurationError(f"Set {model.api_base_env} to the address of a server for '{model.name}'.")
    if base:
        found |= {"api_base": base, "api_key": "none"}
    if model.key_env:
        if model.key_env not in os.environ:
            raise ConfigurationError(f"Set {model.key_env} to the key of the model '{model.name}'.")
        found["api_key"] = os.environ[model.key_env]
    return found


def confidence_of(choice: Mapping[str, Any]) -> float | None:
    """Returns exp(mean log-probability) of the words, or None where the provider does not tell it."""
    tokens = (choice.get("logprobs") or {}).get("content") or []
    values = [token["logprob"] for token in tokens]
    return min(1.0, math.exp(sum(values) / len(values))) if values else None


async def ask_samples(
    model: Model, messages: Messages, sampling: Mapping[str, Any], count: int, *, node: str
) -> list[Reply]:
    """Returns several replies to the same messages, each with a seed of its own."""
    wanted = (ask(model, messages, sampling, node=node, sample=number) for number in range(count))
    return await asyncio.gather(*wanted)
