"""Stands for what an exported program imports from LangGraph, LiteLLM and jsonschema; nothing here is ever called."""

from __future__ import annotations

from typing import Any


class RateLimitError(Exception):
    """Stands for the error of `litellm.exceptions`."""


class Timeout(Exception):
    """Stands for the error of `litellm.exceptions`."""


class APIConnectionError(Exception):
    """Stands for the error of `litellm.exceptions`."""


class InternalServerError(Exception):
    """Stands for the error of `litellm.exceptions`."""


class ServiceUnavailableError(Exception):
    """Stands for the error of `litellm.exceptions`."""


async def acompletion(**options: Any) -> Any:
    """Stands for `litellm.acompletion`."""
    raise NotImplementedError(options)


async def aembedding(**options: Any) -> Any:
    """Stands for `litellm.aembedding`."""
    raise NotImplementedError(options)


def best_match(errors: Any) -> Any:
    """Stands for `jsonschema.exceptions.best_match`."""
    raise NotImplementedError(errors)


def validator_for(schema: Any, default: Any) -> Any:
    """Stands for `jsonschema.validators.validator_for`."""
    raise NotImplementedError(schema, default)


class Draft202012Validator:
    """Stands for the class of `jsonschema`."""
