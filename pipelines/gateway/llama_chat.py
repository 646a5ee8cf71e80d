"""Translates between Routeloom's chat records and the bodies and chunks of llama.cpp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Reply, TokenLogprob, Usage
from pipelines.error import ModelAnsweredGarbage, ModelOverloaded, ModelRejectedRequest
from pipelines.gateway.llama import Chunk
from pipelines.gateway.llama_grammar import grammar
from pipelines.weights import MAX_OUTPUT_TOKENS

TOP_LOGPROBS = 5
# The largest 32-bit seed means "random" to llama.cpp.
SEEDS = 2**32 - 1
LOWEST_LOGPROB = -1e4


def body_of(entry: ModelEntry, request: ChatRequest) -> dict[str, Any]:
    """Returns the body that asks llama.cpp for the request, streamed so that it can be stopped.

    Raises:
        ModelRejectedRequest: if the JSON schema of the answer cannot be followed.
    """
    sampling = request.sampling
    body: dict[str, Any] = {
        "messages": [{"role": each.role, "content": _utf8(each.content)} for each in request.messages],
        "max_tokens": sampling.max_tokens or entry.max_output_tokens or MAX_OUTPUT_TOKENS,
        "stream": True,
        "stream_options": {"include_usage": True},
        # Without progress chunks a long prompt could not be stopped before its first token.
        "return_progress": True,
    }
    optional = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": [_utf8(each) for each in sampling.stop] or None,
        "seed": None if request.seed is None else request.seed % SEEDS,
        "grammar": None if request.response_schema is None else grammar(request.response_schema),
        "logprobs": request.logprobs or None,
        "top_logprobs": TOP_LOGPROBS if request.logprobs else None,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def reply_of(entry: ModelEntry, chunks: Sequence[Chunk], first_token_s: float | None) -> Reply:
    """Returns the reply that the chunks of a finished answer make up.

    Raises:
        ModelRejectedRequest: if the runtime refused the request.
        ModelOverloaded: if the runtime failed.
        ModelAnsweredGarbage: if the answer has no end or no usage.
    """
    for chunk in chunks:
        if "error" in chunk:
            raise _refusal(entry, chunk["error"])
    choices = [choice for chunk in chunks for choice in chunk.get("choices") or ()]
    finish_reason = next((each["finish_reason"] for each in choices if each.get("finish_reason")), None)
    usage = next((chunk["usage"] for chunk in reversed(chunks) if chunk.get("usage")), None)
    if finish_reason is None or usage is None:
        raise ModelAnsweredGarbage(f"The embedded model '{entry.name}' stopped in the middle of its answer.")
    tokens = [token for each in choices for token in (each.get("logprobs") or {}).get("content") or ()]
    return Reply(
        text="".join(each.get("delta", {}).get("content") or "" for each in choices),
        usage=Usage(
            input_tokens=usage["prompt_tokens"],
            output_tokens=usage["completion_tokens"],
            cached_input_tokens=(usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0),
        ),
        finish_reason=finish_reason,
        logprobs=tuple(_logprob_of(token) for token in tokens) or None,
        first_token_s=first_token_s,
    )


def _refusal(entry: ModelEntry, error: dict[str, Any]) -> ModelRejectedRequest | ModelOverloaded:
    if error.get("type") == "exceed_context_size_error":
        return ModelRejectedRequest(
            f"The prompt has {error.get('n_prompt_tokens')} tokens, and the model '{entry.name}' takes at most "
            f"{error.get('n_ctx')} tokens of prompt and answer together; shorten it or choose another model."
        )
    said = str(error.get("message", "no reason given"))[:300]
    if error.get("code") in (400, 404, 413, 422, 501):
        return ModelRejectedRequest(f"The embedded model '{entry.name}' refused the request: {said}.")
    return ModelOverloaded(f"The embedded model '{entry.name}' failed: {said}.")


def _logprob_of(token: dict[str, Any]) -> TokenLogprob:
    top: dict[str, float] = {}
    for other in token.get("top_logprobs") or ():
        top.setdefault(str(other.get("token", "")), _finite(other.get("logprob")))
    return TokenLogprob(token=str(token.get("token", "")), logprob=_finite(token.get("logprob")), top=top)


def _finite(logprob: Any) -> float:
    """Returns a log-probability that a record can hold: a forbidden token has none or minus infinity."""
    if not isinstance(logprob, int | float) or not math.isfinite(logprob):
        return LOWEST_LOGPROB
    return min(0.0, float(logprob))


def _utf8(text: str) -> str:
    """Returns the text with what UTF-8 cannot hold, a lone surrogate, replaced."""
    return text.encode("utf-8", "replace").decode()
