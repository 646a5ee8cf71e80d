"""The query input: where the question enters the pipeline."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from pipelines.field import Lines
from pipelines.node import Group, Node
from pipelines.run import Fired
from pipelines.service import Question
from pipelines.value import Query, Value


class QueryInput(Node):
    """Brings the question of the run into the pipeline.

    Source: the start node of every workflow studio; here it adds tags and nothing else.
    """

    title: ClassVar[str] = "Question"
    group: ClassVar[Group] = "input"
    icon: ClassVar[str] = "message-circle-question"
    outputs: ClassVar[dict[str, type[Value]]] = {"query": Query}

    tags: Lines = Field(default=(), description="Tags that every question gets, one a line.")

    async def run(self, question: Question) -> Fired:
        """Fires the question with the tags of this node added."""
        tags = tuple(dict.fromkeys((*question.query.tags, *self.tags)))
        query = question.query
        return Fired(ports={"query": query if tags == query.tags else query.model_copy(update={"tags": tags})})
