"""The OpenAI chat format, which most servers and LiteLLM speak: request parameters and replies, whole or streamed."""

from __future__ import annotations

import math
import re
from typing import Any

from pydantic import ValidationError

from pipelines.catalogue import ModelEntry, estimate_tokens
from pipelines.chat import ChatRequest, Reply, TokenLogprob, Usage
from pipelines.error import ModelAnsweredGarbage
from pipelines.gateway.failure import error_for, message_in

TOP_LOGPROBS = 5
MAX_PLAUSIBLE_TOKENS = 10_000_000
_HALF = re.compile("[\ud800-\udfff]")
_FIRST_HALF = re.compile("[\ud800-\udbff]")
_COUNTS = re.compile(rb'"(prompt|completion)_tokens"\s*:\s*(\d{1,8})(?!\d)')


def parameters(entry: ModelEntry, request: ChatRequest) -> dict[str, Any]:
    """Returns the JSON body of the request without `model` and the streaming options; what is unset is left out."""
    sampling = request.sampling
    body: dict[str, Any] = {"messages": [{"role": m.role, "content": m.content} for m in request.messages]}
    for name in ("temperature", "top_p", "max_tokens"):
        value = getattr(sampling, name)
        if value is not None:
            body[name] = value
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if request.seed is not None:
        body["seed"] = request.seed
    if request.logprobs and entry.supports_logprobs:
        body |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
    schema = request.response_schema
    if schema is not None and entry.supports_json_schema:
        form = {"name": "answer", "schema": schema} | ({"strict": True} if _is_strict(schema) else {})
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    return body


def _is_strict(schema: Any) -> bool:
    """Says whether a schema is closed enough for providers that enforce it: objects with all fields required."""
    if isinstance(schema, list):
        return all(_is_strict(part) for part in schema)
    if not isinstance(schema, dict):
        return True
    fields = schema.get("properties")
    if schema.get("type") == "object" or fields is not None:
        closed = schema.get("additionalProperties") is False
        if not closed or set(schema.get("required", ())) != set(fields or {}):
            return False
    return all(_is_strict(part) for part in schema.values())


def estimated_usage(request: ChatRequest, text: str) -> Usage:
    """Returns a rough count of the tokens of a request and its reply, marked as estimated."""
    return Usage(
        input_tokens=sum(estimate_tokens(message.content) for message in request.messages),
        output_tokens=estimate_tokens(text) if text else 0,
        estimated=True,
    )


def read_usage(raw: Any) -> Usage | None:
    """Returns the tokens that a provider counted, or None where the counts are missing or cannot be true."""
    if not isinstance(raw, dict):
        return None
    details = raw.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    input_tokens, output_tokens = _count(raw.get("prompt_tokens")), _count(raw.get("completion_tokens"))
    if input_tokens is None or output_tokens is None:
        return None
    cached_tokens = min(_count(cached) or 0, input_tokens)
    return Usage(input_tokens=input_tokens, output_tokens=output_tokens, cached_input_tokens=cached_tokens)


def salvaged_usage(body: bytes) -> Usage | None:
    """Returns the tokens counted somewhere in a body that is not JSON, or None."""
    counts = {name.decode(): int(count) for name, count in _COUNTS.findall(body)}
    return read_usage({f"{name}_tokens": count for name, count in counts.items()})


def read_reply(data: Any, request: ChatRequest, subject: str) -> Reply:
    """Returns the reply in a parsed, unstreamed answer; `subject` opens the sentence of an error.

    Raises:
        ModelAnsweredGarbage: if it holds no answer; its `usage` is what the provider counted.
        ModelError: if it holds an error in spite of its status.
    """
    usage = read_usage(data.get("usage")) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise ModelAnsweredGarbage(f"{subject} answered with JSON that is not an object.")
    if not data.get("choices"):
        raise_reported(data, subject, usage)
        raise ModelAnsweredGarbage(f"{subject} answered without any choice.", usage=usage)
    try:
        choice = data["choices"][0]
        message = choice["message"]
        text = _whole(_text(message.get("content")))
        refusal = message.get("refusal")
    except (LookupError, TypeError, AttributeError):
        raise ModelAnsweredGarbage(f"{subject} answered with a choice that holds no message.", usage=usage) from None
    finish = _finish(choice.get("finish_reason"))
    if text is None and isinstance(refusal, str):
        text, finish = _whole(refusal), "content_filter"
    if text is None:
        hint = " It spent all its tokens before answering; allow more." if finish == "length" else ""
        raise ModelAnsweredGarbage(f"{subject} answered without text.{hint}", usage=usage)
    logprobs = _logprobs(choice.get("logprobs")) if request.logprobs else None
    usage = usage or estimated_usage(request, text)
    return Reply(text=text, usage=usage, finish_reason=finish or "stop", logprobs=logprobs)


class StreamFold:
    """Folds the chunks of a streamed answer into a reply."""

    def __init__(self, request: ChatRequest, subject: str) -> None:
        """Takes the request and what opens the sentence of an error."""
        self.first_token_s: float | None = None
        self._request = request
        self._subject = subject
        self._pieces: list[str] = []
        self._logprobs: list[Any] = []
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._has_choice = False
        self._half = ""

    @property
    def text(self) -> str:
        """Returns the text that came until now."""
        return "".join(self._pieces)

    @property
    def usage(self) -> Usage:
        """Returns the provider's count of tokens, or an estimate while it has not come."""
        return self._usage or estimated_usage(self._request, self.text)

    @property
    def is_complete(self) -> bool:
        """Says whether the provider gave a reason for the end."""
        return self._finish is not None

    def feed(self, chunk: Any) -> str:
        """Takes one chunk and returns the text that it adds, possibly none.

        Raises:
            ModelError: if the chunk reports an error.
            ModelAnsweredGarbage: if it is no chunk.
        """
        if not isinstance(chunk, dict):
            raise ModelAnsweredGarbage(f"{self._subject} streamed something that is no chunk.", usage=self.usage)
        self._usage = read_usage(chunk.get("usage")) or self._usage
        choices = chunk.get("choices")
        if not choices:
            raise_reported(chunk, self._subject, self.usage)
            return ""
        try:
            choice = choices[0]
            delta = choice.get("delta") or {}
            piece = _text(delta.get("content")) or ""
            logprobs = (choice.get("logprobs") or {}).get("content")
        except (LookupError, TypeError, AttributeError):
            raise ModelAnsweredGarbage(
                f"{self._subject} streamed something that is no chunk.", usage=self.usage
            ) from None
        self._has_choice = True
        self._finish = _finish(choice.get("finish_reason")) or self._finish
        self._logprobs += logprobs if isinstance(logprobs, list) else []
        piece = self._half + piece
        self._half = piece[-1:] if _FIRST_HALF.match(piece[-1:]) else ""
        piece = str(_whole(piece[:-1] if self._half else piece))
        if piece:
            self._pieces.append(piece)
        return piece

    def reply(self) -> Reply:
        """Returns the whole reply.

        Raises:
            ModelAnsweredGarbage: if no choice came.
        """
        if not self._has_choice:
            raise ModelAnsweredGarbage(f"{self._subject} streamed no answer.", usage=self._usage)
        return Reply(
            text=self.text + _whole(self._half),
            usage=self.usage,
            finish_reason=self._finish or "stop",
            logprobs=_logprobs({"content": self._logprobs}) if self._request.logprobs else None,
            first_token_s=self.first_token_s,
        )


def raise_reported(data: dict[str, Any], subject: str, usage: Usage | None) -> None:
    """Raises the error that a body or chunk reports although its status was success, if it does."""
    report = data.get("error")
    if report:
        code = report.get("code") if isinstance(report, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        raise error_for(status, subject, message_in(report), usage=usage)


def _count(raw: Any) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        return None
    return int(raw) if 0 <= raw <= MAX_PLAUSIBLE_TOKENS else None


def _finish(raw: Any) -> str | None:
    return raw[:40] if isinstance(raw, str) and raw else None


def _text(content: Any) -> str | None:
    """Returns the text of a message, also where it comes in parts, or None."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        content = "".join(part for part in parts if isinstance(part, str)) if parts else None
    return content if isinstance(content, str) else None


def _whole(text: Any) -> Any:
    """Returns a text with the halves of characters joined, and replaced where the other half never came."""
    if not isinstance(text, str) or text.isascii() or not _HALF.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _logprobs(raw: Any) -> tuple[TokenLogprob, ...] | None:
    """Returns the log-probabilities, or None where there are none or they cannot be true."""
    entries = raw.get("content") if isinstance(raw, dict) else None
    if not isinstance(entries, list) or not entries:
        return None
    try:
        return tuple(
            TokenLogprob(
                token=_whole(entry["token"]),
                logprob=entry["logprob"],
                top={_whole(other["token"]): other["logprob"] for other in entry.get("top_logprobs") or ()},
            )
            for entry in entries
        )
    except (ValidationError, LookupError, TypeError, AttributeError):
        return None
