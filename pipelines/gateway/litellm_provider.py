"""The wide path: every provider that LiteLLM knows; this is the only module that imports it."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import re
import time
import warnings
from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from pipelines.catalogue import ModelEntry, Price
from pipelines.chat import ChatRequest, Reply, Usage
from pipelines.error import (
    ModelAnsweredGarbage,
    ModelError,
    ModelOverloaded,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelTimedOut,
    ModelUnreachable,
)
from pipelines.gateway import litellm_price
from pipelines.gateway.address import AddressRule
from pipelines.gateway.embedding_format import read_vectors, texts_of
from pipelines.gateway.failure import error_type, message_in, retry_after
from pipelines.gateway.key import redact, required_key
from pipelines.gateway.openai_format import StreamFold, parameters, read_reply
from pipelines.gateway.provider import TokenSink

NO_KEY = "none"
_TITLES = re.compile(r"^(?:(?:litellm\.)?\w+(?:Error|Exception|Timeout)(?:: | - ))+")
LATE_WARNINGS = (".*is using the `ReadOnly` qualifier", r"Accessing the 'model_\w+' attribute")
"""What Pydantic says about LiteLLM's own types while it works."""
ERROR_TYPES: dict[str, type[ModelError]] = {
    "MidStreamFallbackError": ModelUnreachable,
    "AuthenticationError": ModelRefusedKey,
    "PermissionDeniedError": ModelRefusedKey,
    "RateLimitError": ModelOverloaded,
    "ServiceUnavailableError": ModelOverloaded,
    "BadGatewayError": ModelOverloaded,
    "InternalServerError": ModelOverloaded,
    "Timeout": ModelTimedOut,
    "APIConnectionError": ModelUnreachable,
    "JSONSchemaValidationError": ModelAnsweredGarbage,
    "APIResponseValidationError": ModelAnsweredGarbage,
    "BadRequestError": ModelRejectedRequest,
    "InvalidRequestError": ModelRejectedRequest,
    "NotFoundError": ModelRejectedRequest,
    "UnprocessableEntityError": ModelRejectedRequest,
    "ModelNotMappedError": ModelRejectedRequest,
    "GuardrailRaisedException": ModelRejectedRequest,
    "BlockedPiiEntityError": ModelRejectedRequest,
    "APIError": ModelOverloaded,
    "OpenAIError": ModelOverloaded,
}
"""Errors of LiteLLM by name, those that derive from others first; an `APIError` is judged by its status."""


class LiteLlmProvider:
    """Asks models through LiteLLM, which knows the parameters of a hundred providers; its own retries are off."""

    def __init__(self, rule: AddressRule | None = None, *, clock: Callable[[], float] = time.perf_counter) -> None:
        """Takes the rule for base URLs, loopback only by default."""
        self._rule = rule or AddressRule()
        self._clock = clock
        self._litellm: Any = None

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the reply of the model.

        Raises:
            ModelError: if it did not answer, said no, or sent nothing usable.
            ConfigurationError: if its address may not be asked.
        """
        if entry.base_url:
            await self._rule.check_resolved(entry.base_url)
        litellm = self._litellm = self._litellm or await asyncio.to_thread(_load)
        subject = f"The model '{entry.name}'"
        secret = required_key(entry)
        options = self._options(entry, request, secret)
        fold = StreamFold(request, subject)
        try:
            if request.purpose == "embed":
                return read_vectors((await litellm.aembedding(**options)).model_dump(), request, subject)
            if on_token is None:
                answer = await litellm.acompletion(**options)
                return read_reply(answer.model_dump(), request, subject)
            await self._stream(litellm, options, fold, on_token)
            return fold.reply()
        except ModelError as error:
            raise type(error)(redact(str(error), [secret]), usage=error.usage) from None
        except tuple(getattr(litellm.exceptions, name) for name in ERROR_TYPES) as error:
            raise translated(litellm, error, subject, secret, fold.usage if fold.text else None) from None

    def price_of(self, target: str) -> Price | None:
        """Returns the price in LiteLLM's bundled table, or None."""
        return litellm_price.price_of(target)

    async def aclose(self) -> None:
        """Closes LiteLLM's connections and stops its background task."""
        if self._litellm is None:
            return
        worker = importlib.import_module("litellm.litellm_core_utils.logging_worker").GLOBAL_LOGGING_WORKER
        await worker.clear_queue()
        await worker.stop()
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    def _options(self, entry: ModelEntry, request: ChatRequest, secret: SecretStr | None) -> dict[str, Any]:
        options = {
            "model": entry.target,
            "api_key": secret.get_secret_value() if secret else None,
            "timeout": entry.timeout_s,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            **({"input": texts_of(request)} if request.purpose == "embed" else parameters(entry, request)),
        }
        if entry.base_url:
            # without a key of its own, LiteLLM would send one of the environment to that address
            options |= {"api_base": entry.base_url, "api_key": options["api_key"] or NO_KEY}
        return options

    async def _stream(self, litellm: Any, options: dict[str, Any], fold: StreamFold, on_token: TokenSink) -> None:
        start_s = self._clock()
        async for chunk in await litellm.acompletion(**options, stream=True, stream_options={"include_usage": True}):
            piece = fold.feed(chunk.model_dump())
            if piece:
                if fold.first_token_s is None:
                    fold.first_token_s = self._clock() - start_s
                on_token(piece)


def translated(litellm: Any, error: Any, subject: str, secret: SecretStr | None, usage: Usage | None) -> ModelError:
    """Returns our error for one of LiteLLM's, without the key in its text."""
    name = next(name for name in ERROR_TYPES if isinstance(error, getattr(litellm.exceptions, name)))
    status = getattr(error, "status_code", None)
    kind = ERROR_TYPES[name]
    if name == "APIError" and isinstance(status, int) and status >= 400:
        kind = error_type(status)
    headers = getattr(error, "litellm_response_headers", None) or getattr(
        getattr(error, "response", None), "headers", None
    )
    said, _, _ = str(getattr(error, "message", None) or error).partition("Traceback (most recent call last)")
    said = message_in(redact(_TITLES.sub("", said), [secret]))
    return kind(f"{subject} failed: {said}", retry_after_s=retry_after(headers) if headers else None, usage=usage)


def _load() -> Any:
    """Imports LiteLLM without its network look-up, its warnings and its chatter."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        litellm: Any = importlib.import_module("litellm")
    for message in LATE_WARNINGS:
        warnings.filterwarnings("ignore", message=message)
    litellm.suppress_debug_info = True
    litellm.disable_hf_tokenizer_download = True
    litellm.turn_off_message_logging = True
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
