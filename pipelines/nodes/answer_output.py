"""The answer output: where the answer leaves the pipeline."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pipelines.node import Group, Node
from pipelines.run import Fired
from pipelines.value import Answer, Value


class AnswerOutput(Node):
    """Hands the answer to the person who asked; of several arrivals it takes the first edge's.

    Source: the end node of every workflow studio.
    """

    title: ClassVar[str] = "Answer"
    group: ClassVar[Group] = "output"
    icon: ClassVar[str] = "flag"
    outputs: ClassVar[dict[str, type[Value]]] = {}
    final: ClassVar[bool] = True

    async def run(self, answers: Annotated[list[Answer], "One answer from each branch that may be taken."]) -> Fired:
        """Fires the first answer that came."""
        return Fired(ports={"answer": answers[0]})
