"""The sub-pipeline: a saved pipeline is used as one node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.field import PipelineReference
from pipelines.node import Group, Node
from pipelines.run import Fired
from pipelines.service import SubPipelines
from pipelines.value import Answer, Query, Value


class SubPipeline(Node):
    """Asks a saved pipeline as if it were one expert; it is silent when the inner pipeline gives no answer.

    Source: the sub-graph of every workflow studio; here it shares budget, seed and cache with the outer run.
    """

    title: ClassVar[str] = "Sub-pipeline"
    group: ClassVar[Group] = "expert"
    icon: ClassVar[str] = "workflow"
    outputs: ClassVar[dict[str, type[Value]]] = {"answer": Answer}

    reference: PipelineReference = Field(
        default="",
        title="Pipeline",
        description="The saved pipeline: its short name, or name@version to stay with one.",
    )

    def summary(self) -> str:
        """Returns the name of the pipeline."""
        return self.reference or "no pipeline chosen"

    def problems(self) -> Iterator[str]:
        """Yields a sentence where no pipeline is chosen."""
        if not self.reference.strip():
            yield "No pipeline is chosen; name a saved one."

    async def run(
        self, query: Annotated[Query, "The question for the inner pipeline."], pipelines: SubPipelines
    ) -> Fired:
        """Fires the answer of the inner pipeline, where it has one."""
        answer = await pipelines.run(self.reference.strip(), query)
        return Fired() if answer is None else Fired(ports={"answer": answer})
