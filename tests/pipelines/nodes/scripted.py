"""A `Models` service that answers from a script and remembers what it was asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.chat import ChatRequest, Completion, TokenLogprob, Usage

Line = str | Completion | Exception
"""One answer of the script: a text, a whole completion, or an error that the call raises."""


def completion(text: str, *, model: str = "scripted", probabilities: Sequence[float] = ()) -> Completion:
    """Returns a completion; `probabilities` are those of its tokens, none for a provider without log-probabilities."""
    logprobs = tuple(TokenLogprob(token=f"t{n}", logprob=math.log(p)) for n, p in enumerate(probabilities))
    return Completion(
        text=text,
        model=model,
        usage=Usage(input_tokens=10, output_tokens=5),
        cost_usd=0.001,
        list_cost_usd=0.001,
        logprobs=logprobs or None,
    )


def entry(name: str = "scripted", *, context_window: int | None = None) -> ModelEntry:
    """Returns a catalogue entry of a scripted model."""
    return ModelEntry(name=name, provider="scripted", target=name, context_window=context_window)


class ScriptedModels:
    """Implements `pipelines.service.Models`: answers from a list in order, or from a function of the request.

    Attributes:
        requests: what was asked, in order.
    """

    def __init__(
        self, answers: Iterable[Line] | Callable[[ChatRequest], Line] = (), entries: Iterable[ModelEntry] = ()
    ) -> None:
        """Takes the script and the catalogue; without entries every name is in the catalogue."""
        self.requests: list[ChatRequest] = []
        self._answers = answers if callable(answers) else iter(tuple(answers))
        listed = tuple(entries)
        self._catalogue = Catalogue(listed, default=listed[0].name) if listed else None

    async def complete(self, request: ChatRequest) -> Completion:
        """Returns the next line of the script, under the name of the asked model; raises it where it is an error."""
        self.requests.append(request)
        if callable(self._answers):
            line = self._answers(request)
        else:
            found = next(self._answers, None)
            assert found is not None, f"the script ended before request {len(self.requests)}: {self.prompt()}"
            line = found
        if isinstance(line, Exception):
            raise line
        return completion(line, model=request.model or "scripted") if isinstance(line, str) else line

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the entry of that name, the first one for None."""
        return self._catalogue.entry(name) if self._catalogue else entry(name or "scripted")

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Counts words."""
        return len(text.split())

    def prompt(self, number: int = -1) -> str:
        """Returns the last message of a request, the latest by default."""
        return self.requests[number].messages[-1].content
