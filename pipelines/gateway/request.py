"""What becomes of a request on its way to a model and back: seed, bound, key, refusal, record and answer."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.catalogue import ModelEntry
from pipelines.chat import Call, ChatRequest, Completion, Measured, Reply
from pipelines.error import ConfigurationError, ModelRejectedRequest
from pipelines.gateway.scope import CallScope
from pipelines.gateway.trial import bounded
from pipelines.vectors import MAKERS

_MOST_CHARS_PER_TOKEN = 8


def settled(request: ChatRequest, entry: ModelEntry, scope: CallScope) -> ChatRequest:
    """Returns the request with everything filled in that can change its answer."""
    changes: dict[str, Any] = {} if request.model == entry.name else {"model": entry.name}
    if request.seed is None and request.sampling.temperature:
        changes["seed"] = derived_seed(scope.seed, scope.node_id, request.sample)
    if changes:
        request = request.model_copy(update=changes)
    return bounded(entry, request) if scope.limits_money else request


def request_key(request: ChatRequest, entry: ModelEntry) -> str:
    """Returns the address of the call in the cache.

    Raises:
        ModelRejectedRequest: if the request holds half a character, which no provider could be sent either.
    """
    try:
        return request.key(f"{entry.provider}:{entry.target}@{entry.base_url or ''}")
    except (TypeError, ValueError):
        raise ModelRejectedRequest("The request holds characters that are not valid Unicode text.") from None


def derived_seed(seed: int, node_id: str, sample: int) -> int:
    """Returns the seed of one sample of a node's call, 31 bits: equal experts vary, a repeated run does not."""
    digest = hashlib.sha256(f"{seed}:{node_id}:{sample}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def refuse_impossible(request: ChatRequest, entry: ModelEntry) -> None:
    """Refuses what cannot fit the model under any tokenizer, or is not in its power, before it is sent and paid.

    Raises:
        ModelRejectedRequest: if even at eight characters a token the request is longer than the context.
        ConfigurationError: if vectors are asked of a kind of model that makes none.
    """
    lengths = [len(message.content) for message in request.messages]
    if request.purpose == "embed" and entry.provider not in MAKERS:
        raise ConfigurationError(
            f"The model '{entry.name}' makes no vectors; name an embedding model at a provider or a server."
        )
    # Texts to embed are looked at one by one.
    at_least = (max(lengths) if request.purpose == "embed" else sum(lengths)) // _MOST_CHARS_PER_TOKEN
    if entry.context_window is not None and at_least > entry.context_window:
        raise ModelRejectedRequest(
            f"The request has at least {at_least:,} tokens and the model '{entry.name}' takes {entry.context_window:,};"
            " shorten the documents or choose a model with a longer context."
        )


def is_batch(request: ChatRequest) -> bool:
    """Says whether vectors of several texts are asked for: whoever does so keeps them by text, not among the calls."""
    return request.purpose == "embed" and len(request.messages) > 1


def as_kept(call: Call) -> Call:
    """Returns the record of a call as it is kept: of a batch of vectors only what it was and cost."""
    if call.reply is None or not is_batch(call.request):
        return call
    return call.model_copy(update={"reply": call.reply.model_copy(update={"vectors": None})})


def completion(call: Call) -> Completion:
    """Returns a successful call as a node sees it."""
    reply = call.reply
    if reply is None:
        raise AssertionError("only successful calls become completions")
    return Completion(
        text=reply.text,
        model=call.model,
        usage=reply.usage,
        cost_usd=call.cost_usd,
        list_cost_usd=call.list_cost_usd,
        cached=call.source != "live",
        finish_reason=reply.finish_reason,
        logprobs=reply.logprobs,
        vectors=reply.vectors,
        measured=reply.recorded or _measured(call, reply),
    )


def _measured(call: Call, reply: Reply) -> Measured:
    counted = None if reply.usage.estimated else reply.usage.output_tokens
    return Measured(output_tokens=counted, latency_s=call.latency_s)
