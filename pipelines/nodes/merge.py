"""The merge: several branches that may be taken become one."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipelines.document import JoinRule
from pipelines.node import Group, Node, Port
from pipelines.run import Fired
from pipelines.value import Value


class Merge(Node):
    """Brings branches together: whichever arrives goes on.

    Source: the Coalesce node of Rivet's control flow; the join rule of the drawn node says what it waits for.
    """

    title: ClassVar[str] = "Merge"
    group: ClassVar[Group] = "aggregator"
    icon: ClassVar[str] = "merge"
    join: ClassVar[JoinRule] = JoinRule(rule="any")

    carries: Literal["query", "answer", "documents"] = Field(default="answer", description="What the branches bring.")

    def input_ports(self) -> tuple[Port, ...]:
        """Returns one fan-in of the configured type."""
        return (Port(name="values", type=self.carries, many=True, help="One edge from each branch."),)

    def output_ports(self) -> tuple[Port, ...]:
        """Returns one output of the configured type."""
        return (Port(name=self.carries, type=self.carries),)

    def summary(self) -> str:
        """Returns what the branches bring."""
        return f"first {self.carries} that arrives"

    async def run(self, values: Annotated[list[Value], "One edge from each branch."]) -> Fired:
        """Fires the first value by the order of the edges."""
        return Fired.model_validate({"ports": {self.carries: values[0]}})
