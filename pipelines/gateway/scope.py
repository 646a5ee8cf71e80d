"""What the gateway asks of whoever calls a model on behalf of a run."""

from __future__ import annotations

from typing import Protocol

from pipelines.chat import Call


class Reservation(Protocol):
    """Is money set aside for one attempt; exactly one of its methods is called, once."""

    def settle(self, cost_usd: float) -> None:
        """Replaces the reserved amount by what was paid."""

    def release(self) -> None:
        """Gives the amount back: nothing was paid."""


class CallScope(Protocol):
    """Is the place in a run where a call is made: one node of one run.

    Attributes:
        seed: seed of the run, from which the seed of each call is derived.
        use_cache: whether answers that other runs bought may be used.
        streams: whether anybody listens to tokens; without a listener the plain, cheaper request is made.
        limits_money: whether the budget has a limit in USD; then the gateway bounds the answer of a priced model by
            `max_tokens`, so that no attempt costs more than was reserved for it.
    """

    run_id: str
    node_id: str
    seed: int
    use_cache: bool
    streams: bool
    limits_money: bool

    async def ready(self) -> None:
        """Returns once the run is stored; no model is asked before.

        Raises:
            RouteloomError: if it could not be stored.
        """

    def reserve(self, cost_usd: float) -> Reservation:
        """Sets aside the most that the next attempt can cost; called before each attempt, retries too.

        Raises:
            BudgetExceeded: if the attempt could exceed the budget; then it is not made.
        """

    def journaled(self, key: str) -> Call | None:
        """Returns the successful call with that key that this node of this run made before it was interrupted."""

    def on_token(self, text: str) -> None:
        """Takes a piece of the text of a request whose purpose is `answer`."""

    def on_call(self, call: Call) -> None:
        """Takes the record of a finished call, failed ones too, once it is stored or could not be."""
