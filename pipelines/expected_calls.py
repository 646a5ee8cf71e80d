"""What a node is expected to ask of a model before anything has run."""

from __future__ import annotations

from pydantic import Field

from pipelines.record import Record


class ExpectedCalls(Record):
    """Says how often a node asks one model in a run.

    Attributes:
        model: catalogue name, None for the default model.
        fewest, most: calls in a run; equal where the configuration fixes them.
        parallel: they are made at the same time, so that the slowest one counts.
        max_tokens: longest answer of one call, in tokens.
    """

    model: str | None = None
    fewest: int = Field(default=1, ge=0)
    most: int = Field(default=1, ge=0)
    parallel: bool = False
    max_tokens: int | None = Field(default=None, ge=1)
