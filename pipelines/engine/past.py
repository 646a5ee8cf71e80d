"""What a resumed run knows of the time before it was interrupted: its answers, and what it has used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipelines.chat import Call
from pipelines.run import Totals


@dataclass(frozen=True, slots=True)
class Past:
    """Is the earlier part of a run; empty for a new one.

    Attributes:
        answered: the calls that need not be made again, by (node id, key).
        failed: what failed calls used, by node id: they are made again and count all the same.
        cost_usd: what all of them cost.
        attempts: how many tries they took.
    """

    answered: Mapping[tuple[str, str], Call] = field(default_factory=dict)
    failed: Mapping[str, Totals] = field(default_factory=dict)
    cost_usd: float = 0.0
    attempts: int = 0

    @classmethod
    def of(cls, calls: Iterable[Call]) -> Past:
        """Returns the past that the stored calls of a run tell of."""
        answered: dict[tuple[str, str], Call] = {}
        failed: dict[str, Totals] = {}
        cost_usd, attempts = 0.0, 0
        for call in calls:
            cost_usd += call.cost_usd
            attempts += len(call.attempts)
            if call.reply is None:
                failed[call.node_id] = failed.get(call.node_id, Totals()) + used_by(call)
            else:
                answered[call.node_id, call.key] = call
        return cls(answered, failed, cost_usd, attempts)


def used_by(call: Call) -> Totals:
    """Returns what one call adds to the totals."""
    usage = call.reply.usage if call.reply else None
    return Totals(
        calls=1,
        cached_calls=int(call.source == "cache"),
        cost_usd=call.cost_usd,
        list_cost_usd=call.list_cost_usd,
        notional=call.notional,
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
    )
