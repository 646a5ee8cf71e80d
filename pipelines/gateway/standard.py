"""Puts the providers together that a studio starts with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.catalogue import Provider
from pipelines.gateway.address import AddressRule
from pipelines.gateway.direct import DirectProvider
from pipelines.gateway.litellm_provider import LiteLlmProvider
from pipelines.gateway.provider import ChatProvider
from pipelines.gateway.recording import Recording
from pipelines.gateway.replay import ReplayProvider


def standard_providers(
    allowed_hosts: Iterable[str] = (),
    recordings: Mapping[str, Recording] | None = None,
    further: Mapping[Provider, ChatProvider] | None = None,
) -> dict[Provider, ChatProvider]:
    """Returns the providers by kind: direct, LiteLLM and replay, and `further` ones such as the embedded models.

    `allowed_hosts` are the hosts beyond this machine that a `base_url` may name (see `AddressRule`).
    """
    rule = AddressRule(allowed_hosts)
    return {
        "openai_compatible": DirectProvider(rule),
        "litellm": LiteLlmProvider(rule),
        "replay": ReplayProvider(recordings or {}),
        **(further or {}),
    }
