"""What the nodes share that hold a trained router: its name, and who its models are in the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic import Field

from pipelines.expected_calls import ExpectedCalls
from pipelines.field import ModelName, RouterReference
from pipelines.node import Node
from pipelines.record import Record


class Alias(Record):
    """Says which model of the catalogue stands for a model of the outcome table."""

    known_as: str = Field(default="", max_length=200, description="Name in the outcome table.")
    model: ModelName = Field(default=None, description="Model of the catalogue; empty takes the default model.")


class RouterNode(Node):
    """Is a node that asks a trained router and no model."""

    router: RouterReference = Field(
        default="", description="The trained router: its name, or name@version to stay with one."
    )
    aliases: tuple[Alias, ...] = Field(
        default=(), max_length=200, description="Where the catalogue calls a model otherwise than the outcome table."
    )

    def models_behind(self, known: Sequence[str]) -> tuple[str | None, ...]:
        """Returns the aliases of the router's models, or their own names."""
        aliases = {alias.known_as: alias.model for alias in self.aliases}
        return tuple(aliases.get(name, name) for name in known)

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns nothing: the models are asked by the experts around it."""
        return ()

    def problems(self) -> Iterator[str]:
        """Yields a sentence for each name that has two aliases."""
        for name, count in Counter(alias.known_as for alias in self.aliases).items():
            if count > 1:
                yield f"The model '{name}' of the outcome table has {count} aliases; one is enough."
