"""What is asked of a language model, what comes back, and the record that every call leaves."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

import orjson
from pydantic import Field

from pipelines.record import Record, now

Purpose = Literal["answer", "draft", "route", "judge", "rewrite", "guard", "probe", "embed"]
"""`answer` is streamed; `draft` may become the answer and is not; `probe` tests a model, also one that always fails;
`embed` asks for the vector of each message."""
Usd = Annotated[float, Field(ge=0.0)]
Seconds = Annotated[float, Field(ge=0.0)]
Tokens = Annotated[int, Field(ge=0)]


class Sampling(Record):
    """Says how a model picks its words; what is None is left to the model."""

    temperature: float | None = Field(default=0.0, ge=0.0, le=2.0, description="0 is repeatable, higher more varied.")
    top_p: float | None = Field(default=None, gt=0.0, le=1.0, description="Keep the likeliest words up to this share.")
    max_tokens: int | None = Field(default=None, ge=1, le=200_000, description="Longest answer, in tokens.")
    stop: tuple[str, ...] = Field(default=(), max_length=4, description="Texts at which the answer ends.")


class Message(Record):
    """Is one turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(Record):
    """Is one question to one model.

    Attributes:
        model: catalogue name; None asks the default model of the run.
        response_schema: JSON schema that the answer must follow, where the provider can.
        sample: tells apart repeated samples of one question; it changes the seed and the cache key.
        seed: None lets the run derive one, so that the same run gives the same answers.
    """

    messages: tuple[Message, ...] = Field(min_length=1)
    model: str | None = None
    sampling: Sampling = Sampling()
    response_schema: dict[str, Any] | None = None
    logprobs: bool = False
    sample: int = Field(default=0, ge=0)
    seed: int | None = None
    purpose: Purpose = "answer"

    def key(self, target: str = "") -> str:
        """Returns the SHA-256 of everything that can change the answer: the address of the call in the cache.

        `target` says who answers behind the catalogue name, so that a name that is pointed elsewhere starts anew.
        """
        # The same text may be answered and embedded; beyond that a purpose changes nothing.
        essence = self.model_dump(mode="json", exclude=set() if self.purpose == "embed" else {"purpose"})
        return hashlib.sha256(target.encode() + orjson.dumps(essence, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Usage(Record):
    """Counts the tokens of a call; `estimated` where the provider did not say."""

    input_tokens: Tokens = 0
    output_tokens: Tokens = 0
    cached_input_tokens: Tokens = 0
    estimated: bool = False


class TokenLogprob(Record):
    """Is one generated token with its natural-log probability and the likeliest others."""

    token: str
    logprob: float = Field(le=0.0001)
    top: dict[str, float] = Field(default_factory=dict)


class Measured(Record):
    """Is what is known of the writing of an answer; None is not known.

    Attributes:
        output_tokens: as they were counted, not estimated.
        latency_s: how long it took when it was bought or recorded.
    """

    output_tokens: Tokens | None = None
    latency_s: Seconds | None = None


class Reply(Record):
    """Is what a provider sends back, before it has a price.

    Attributes:
        recorded: what was measured when the answer was recorded, where it is a recorded one.
        vectors: of the messages of a request to embed, as `pipelines.vectors.packed` writes them.
    """

    text: str
    usage: Usage
    finish_reason: str = "stop"
    logprobs: tuple[TokenLogprob, ...] | None = None
    first_token_s: Seconds | None = None
    recorded: Measured | None = None
    vectors: str | None = None


class Attempt(Record):
    """Is one try of a call: how long it took, what it cost, and why it failed if it did."""

    latency_s: Seconds
    cost_usd: Usd = 0.0
    error_kind: str | None = None
    error: str | None = None


class Call(Record):
    """Is the record of one call to a model, failed ones too.

    Attributes:
        key: `ChatRequest.key()` with model and seed filled in.
        reply: None where every attempt failed.
        cost_usd: what was paid now, all attempts together; 0 where the answer came from the cache or the journal.
        list_cost_usd: what the answer costs at list price, cached or not.
        notional: the price is made up for charts (an embedded model), nobody sends a bill.
        source: `live` was asked of the provider now, `cache` was bought by another run, `journal` by this run earlier.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    run_id: str
    node_id: str
    model: str
    provider: str
    key: str
    request: ChatRequest
    reply: Reply | None = None
    attempts: tuple[Attempt, ...] = ()
    cost_usd: Usd = 0.0
    list_cost_usd: Usd = 0.0
    notional: bool = False
    latency_s: Seconds = 0.0
    source: Literal["live", "cache", "journal"] = "live"
    error_kind: str | None = None
    error: str | None = None
    started_at: datetime = Field(default_factory=now)


class Completion(Record):
    """Is the answer to a `ChatRequest`, as a node sees it.

    Attributes:
        measured: what is known of its writing, whether it was bought now, came from the cache or was recorded.
    """

    text: str
    model: str
    usage: Usage
    cost_usd: Usd
    list_cost_usd: Usd
    cached: bool = False
    finish_reason: str = "stop"
    logprobs: tuple[TokenLogprob, ...] | None = None
    vectors: str | None = None
    measured: Measured = Measured()

    @property
    def mean_logprob(self) -> float | None:
        """Returns the mean natural-log probability of the generated tokens, or None where the provider gave none."""
        if not self.logprobs:
            return None
        return sum(t.logprob for t in self.logprobs) / len(self.logprobs)

    @property
    def confidence(self) -> float | None:
        """Returns exp(mean log-probability), between 0 and 1: the geometric mean probability of a token."""
        mean = self.mean_logprob
        return None if mean is None else min(1.0, math.exp(mean))
