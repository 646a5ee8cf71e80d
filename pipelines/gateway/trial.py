"""One call on its way: its tries, what each cost, and the record that it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import orjson

from pipelines.catalogue import ModelEntry, upper_bound_tokens
from pipelines.chat import Attempt, Call, ChatRequest, Reply, Usage
from pipelines.error import ModelError, ModelOverloaded, ModelTimedOut
from pipelines.gateway.key import key_of
from pipelines.gateway.limiter import Limiter
from pipelines.gateway.openai_format import estimated_usage
from pipelines.gateway.provider import ChatProvider, TokenSink
from pipelines.gateway.scope import CallScope, Reservation
from pipelines.record import now

DEFAULT_MAX_OUTPUT_TOKENS = 1_024
CANCELLED = "cancelled"


class Relay:
    """Passes the text of an answer on, and does not repeat itself when a broken answer is asked for again."""

    def __init__(self, on_token: TokenSink) -> None:
        """Takes who listens."""
        self._on_token = on_token
        self._pieces: list[str] = []
        self._sent_before = ""
        self._sent_now: list[str] = []
        self._repeated = 0
        self._differs = False

    @property
    def text(self) -> str:
        """Returns the answer as far as it came."""
        return "".join(self._pieces)

    def restart(self) -> None:
        """Begins the answer anew."""
        self._sent_before += "".join(self._sent_now)
        self._pieces, self._sent_now, self._repeated, self._differs = [], [], 0, False

    def __call__(self, piece: str) -> None:
        """Takes a piece; what was sent already is not sent again, an answer that differs from it is not sent at all."""
        self._pieces.append(piece)
        known = self._sent_before[self._repeated : self._repeated + len(piece)]
        self._differs = self._differs or not piece.startswith(known)
        self._repeated += len(known)
        new = piece[len(known) :]
        if new and not self._differs:
            self._on_token(new)
            self._sent_now.append(new)


class Trial:
    """Asks a provider for one answer, as often as the retry loop wants, inside the budget."""

    def __init__(
        self,
        provider: ChatProvider,
        entry: ModelEntry,
        request: ChatRequest,
        scope: CallScope,
        limiter: Limiter,
        generation: int,
        clock: Callable[[], float],
    ) -> None:
        """Takes the provider, the entry with its price, the request with model and seed, and the slot that it holds."""
        self.attempts: list[Attempt] = []
        self.reply: Reply | None = None
        self._provider = provider
        self._entry = entry
        self._request = request
        self._scope = scope
        self._limiter = limiter
        self._generation = generation
        self._clock = clock
        self._bound_usd = bound_usd(entry, request)
        self._relay = Relay(scope.on_token) if scope.streams and request.purpose == "answer" else None
        self._started_at: datetime = now()
        self._start_s = clock()

    async def attempt(self) -> None:
        """Makes one try; afterwards `attempts` tells of it and `reply` holds the answer.

        Raises:
            BudgetExceeded: if the try was not made because it could exceed the budget.
            ModelError: if it failed.
        """
        reservation = self._scope.reserve(self._bound_usd)
        start_s = self._clock()
        if self._relay:
            self._relay.restart()
        try:
            reply = await self._provider.complete(self._entry, self._request, self._relay)
        except asyncio.CancelledError:
            self._close(reservation, start_s, self._came_until_now(), CANCELLED, "The call was stopped.")
            raise
        except ModelError as error:
            if isinstance(error, ModelOverloaded):
                self._generation = self._limiter.overloaded(self._generation)
            self._close(reservation, start_s, error.usage, type(error).__name__, str(error))
            raise
        except BaseException:
            reservation.release()
            raise
        self.reply = self._without_key(reply)
        self._close(reservation, start_s, reply.usage, None, None)
        self._limiter.succeeded()

    def record(self, key: str, error: BaseException | None = None) -> Call:
        """Returns the record of the call, successful or ended by `error`."""
        kind = type(error).__name__ if error else None
        said = str(error) if error else None
        if isinstance(error, asyncio.CancelledError):
            kind, said = CANCELLED, "The call was stopped."
        attempts = self._attempts_under(error)
        reply = None if error else self.reply
        price = self._entry.price
        return Call(
            run_id=self._scope.run_id,
            node_id=self._scope.node_id,
            model=self._entry.name,
            provider=self._entry.provider,
            key=key,
            request=self._request,
            reply=reply,
            attempts=attempts,
            cost_usd=sum(attempt.cost_usd for attempt in attempts),
            list_cost_usd=self._entry.cost_usd(reply.usage) if reply else 0.0,
            notional=bool(price and price.notional),
            latency_s=self._elapsed_s(self._start_s),
            error_kind=kind,
            error=said,
            started_at=self._started_at,
        )

    def _attempts_under(self, error: BaseException | None) -> tuple[Attempt, ...]:
        """Returns the attempts; one that the deadline stopped is named after the deadline."""
        last = self.attempts[-1] if self.attempts else None
        if last and last.error_kind == CANCELLED and isinstance(error, ModelTimedOut):
            named = last.model_copy(update={"error_kind": type(error).__name__, "error": str(error)})
            return (*self.attempts[:-1], named)
        return tuple(self.attempts)

    def _without_key(self, reply: Reply) -> Reply:
        """Returns the reply without the key of the model, which a server may have sent back."""
        key = key_of(self._entry)
        if key is None or key.get_secret_value() not in reply.text:
            return reply
        text = reply.text.replace(key.get_secret_value(), "[key]")
        return reply.model_copy(update={"text": text, "logprobs": None})

    def _came_until_now(self) -> Usage | None:
        """Returns the estimated usage of an answer that was stopped midway, or None where nothing had come."""
        came = self._relay.text if self._relay else ""
        return estimated_usage(self._request, came) if came else None

    def _close(
        self, reservation: Reservation, start_s: float, usage: Usage | None, kind: str | None, error: str | None
    ) -> None:
        cost_usd = self._entry.cost_usd(usage) if usage else 0.0
        reservation.settle(cost_usd)
        latency_s = self._elapsed_s(start_s)
        self.attempts.append(Attempt(latency_s=latency_s, cost_usd=cost_usd, error_kind=kind, error=error))

    def _elapsed_s(self, start_s: float) -> float:
        return max(0.0, self._clock() - start_s)


def bounded(entry: ModelEntry, request: ChatRequest) -> ChatRequest:
    """Returns the request with a longest answer, where it has none and the model has a price."""
    if request.sampling.max_tokens is not None or entry.price is None or not entry.price.output_usd_per_mtok:
        return request
    if request.purpose == "embed":
        return request
    sampling = request.sampling.model_copy(update={"max_tokens": _max_output_tokens(entry)})
    return request.model_copy(update={"sampling": sampling})


def bound_usd(entry: ModelEntry, request: ChatRequest) -> float:
    """Returns the most that one attempt can cost, as far as tokens can be bounded beforehand."""
    if entry.price is None:
        return 0.0
    texts = [message.content for message in request.messages]
    if request.response_schema is not None:
        texts.append(orjson.dumps(request.response_schema).decode())
    output_tokens = 0 if request.purpose == "embed" else request.sampling.max_tokens or _max_output_tokens(entry)
    return entry.price.cost_usd(Usage(input_tokens=upper_bound_tokens(texts), output_tokens=output_tokens))


def _max_output_tokens(entry: ModelEntry) -> int:
    return min(entry.max_output_tokens or DEFAULT_MAX_OUTPUT_TOKENS, 4 * DEFAULT_MAX_OUTPUT_TOKENS)
