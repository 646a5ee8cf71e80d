"""The expert: one model answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.chat import ChatRequest
from pipelines.field import JsonSchema
from pipelines.node import Group
from pipelines.prompted_node import DocumentsInput, PromptedNode, QuestionInput
from pipelines.run import Fired
from pipelines.schema import schema_problem
from pipelines.service import Extras, Models
from pipelines.structured import complete_structured
from pipelines.value import Answer, ModelChoice, Value


class Expert(PromptedNode):
    """Asks one model and brings its answer.

    A model that a router chose wins over the one of the form, unless the choice is this expert by the name it is known
    as. An answer that breaks the JSON schema is asked for again.

    Source: few-shot prompting (Brown et al., 2020, section 2); the repair of broken JSON after the validator loop of
    "Small Language Models for Agentic Systems" (arXiv 2510.03847), simplified to one attempt that is told the problem.
    """

    title: ClassVar[str] = "Expert"
    group: ClassVar[Group] = "expert"
    icon: ClassVar[str] = "bot"
    outputs: ClassVar[dict[str, type[Value]]] = {"answer": Answer}

    response_schema: JsonSchema = Field(
        default=None,
        title="JSON schema",
        description="The answer must be JSON that follows this schema; empty for text.",
    )
    known_as: str = Field(
        default="",
        max_length=200,
        title="Known as",
        description="Its name in outcome tables and trained routers, where it is more than its model: the model with "
        "this prompt, say. Empty takes the name of the model.",
    )
    logprobs: bool = Field(
        default=False,
        title="Log-probabilities",
        description="Ask how sure the model was of each word, which gives the answer a confidence.",
    )

    def problems(self) -> Iterator[str]:
        """Yields what makes the prompt or the schema useless."""
        yield from super().problems()
        if self.response_schema is not None and (problem := schema_problem(self.response_schema)):
            yield problem

    def candidate(self) -> str | None:
        """Returns the name by which outcome tables know it, where that is not its model's."""
        return self.known_as.strip() or None

    async def run(
        self,
        query: QuestionInput,
        models: Models,
        extras: Extras,
        documents: DocumentsInput = None,
        choice: Annotated[
            ModelChoice | None, "The model that a router chose; it wins over the one of the form."
        ] = None,
    ) -> Fired:
        """Fires the answer, with its data where a schema is asked for."""
        chosen = choice.model if choice and choice.model != self.candidate() else None
        request = ChatRequest(
            messages=self.messages(query, documents, extras),
            model=chosen or self.model,
            sampling=self.sampling,
            response_schema=self.response_schema,
            logprobs=self.logprobs,
        )
        data = None
        if self.response_schema is None:
            completion = await models.complete(request)
        else:
            completion, data = await complete_structured(models, request)
        answer = Answer(
            text=completion.text,
            model=completion.model,
            candidate=None if chosen else self.candidate(),
            confidence=completion.confidence,
            output_tokens=completion.measured.output_tokens,
            latency_s=completion.measured.latency_s,
            data=data,
        )
        return Fired(ports={"answer": answer})
