"""An outcome table as something that can be asked: it says what each model once answered, and refuses the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from pipelines.catalogue import Catalogue, ModelEntry, estimate_tokens
from pipelines.chat import ChatRequest, Completion, Measured, Reply, Usage
from pipelines.error import ConfigurationError, ModelRejectedRequest
from pipelines.gateway.provider import TokenSink
from pipelines.gateway.recording import normalised
from pipelines.outcome.table import OutcomeTable


class Tape:
    """Holds a table with the names by which pipelines ask its models."""

    def __init__(
        self,
        table: OutcomeTable,
        *,
        known: Catalogue | None = None,
        aliases: Mapping[str, str] | None = None,
        default: str | None = None,
        perfect_ratings: bool = False,
    ) -> None:
        """Takes the table, a catalogue for prices, the table's name of models called otherwise, and the default model.

        With `perfect_ratings` a model that rates its own answer knows its recorded score, and that costs nothing: what
        a cascade could reach at best.

        Raises:
            ConfigurationError: if an alias or the default is no model of the table.
        """
        self.table = table
        self.perfect_ratings = perfect_ratings
        self._columns = {model: number for number, model in enumerate(table.models)}
        for name, model in (aliases or {}).items():
            self._columns[name] = self.column(model)
        self.has_default = default is not None
        if default is not None:
            self.column(default)
        # An expert that always gets its model from a router needs some default to be valid.
        names = list(self._columns)
        self.catalogue = Catalogue((self._entry(name, known) for name in names), default=default or names[0])

    def column(self, name: str) -> int:
        """Returns the column of a model.

        Raises:
            ConfigurationError: if the table has no such model.
        """
        if name not in self._columns:
            known = ", ".join(self.table.models)
            raise ConfigurationError(f"The table '{self.table.name}' has no model '{name}'; it has {known}.")
        return self._columns[name]

    def text(self, row: int, column: int) -> str:
        """Returns what a model answered, or where the table records scores alone, words that say so.

        In a table of answers a cell without one was blank, and abstains in a vote as it did in training.
        """
        answers = self.table.answers
        if answers is None:
            return f"(What {self.table.models[column]} answered was not recorded.)"
        return str(answers[row, column] or "")

    def reply(self, row: int, name: str, request: ChatRequest) -> Reply:
        """Returns the recorded answer of a model to the question of a row.

        Raises:
            ConfigurationError: if the table has no such model.
            ModelRejectedRequest: if the cell is missing, or something else than the question is asked.
        """
        table, column = self.table, self.column(name)
        asked = request.messages[-1].content
        if self.rates(request) and not np.isnan(table.score[row, column]):
            verdict = {"score": round(10 * float(table.score[row, column])), "reason": "the recorded score"}
            return Reply(text=json.dumps(verdict), usage=Usage(input_tokens=0, output_tokens=0))
        if request.purpose != "answer" or normalised(asked) != normalised(table.queries[row]):
            raise ModelRejectedRequest(
                f"The table '{table.name}' holds one answer of each model to its questions, word for word; it cannot"
                f" answer '{asked[:60]}' ({request.purpose})."
            )
        if np.isnan(table.score[row, column]):
            raise ModelRejectedRequest(
                f"The table '{table.name}' holds no outcome of '{table.models[column]}' for the row '{table.ids[row]}';"
                " fill the cell, or leave the model out."
            )
        text = self.text(row, column)
        tokens_in, tokens_out = table.input_tokens[row, column], table.output_tokens[row, column]
        usage = Usage(
            input_tokens=estimate_tokens(asked) if np.isnan(tokens_in) else int(tokens_in),
            output_tokens=estimate_tokens(text) if np.isnan(tokens_out) else int(tokens_out),
            estimated=bool(np.isnan(tokens_in) or np.isnan(tokens_out)),
        )
        return Reply(text=text, usage=usage, recorded=self._measured(row, column))

    def _measured(self, row: int, column: int) -> Measured:
        tokens, took_s = self.table.output_tokens[row, column], self.table.latency_s[row, column]
        return Measured(
            output_tokens=None if np.isnan(tokens) else int(tokens),
            latency_s=None if np.isnan(took_s) else float(took_s),
        )

    def rates(self, request: ChatRequest) -> bool:
        """Says whether a request asks for a rating that the recorded score gives."""
        return self.perfect_ratings and request.purpose == "judge"

    def row_rated(self, asked: str) -> int | None:
        """Returns the row whose question a request for a rating quotes, the longest one, or None."""
        quoted = [row for row, query in enumerate(self.table.queries) if query.strip() in asked]
        return max(quoted, key=lambda row: len(self.table.queries[row]), default=None)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Returns the row of each question by its text; of equal questions the first."""
        return {normalised(query): row for row, query in reversed([*enumerate(self.table.queries)])}

    def _entry(self, name: str, known: Catalogue | None) -> ModelEntry:
        price = known.entry(name).price if known is not None and name in known else None
        return ModelEntry(name=name, provider="replay", target=name, price=price, supports_logprobs=False)


class TapeProvider:
    """Answers the gateway from a tape: the provider of an exact replay."""

    def __init__(self, tape: Tape) -> None:
        """Takes the tape."""
        self._tape = tape

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the recorded answer; see `Tape.reply`.

        Raises:
            ModelRejectedRequest: if it was not recorded.
        """
        del on_token
        asked = request.messages[-1].content
        rated = self._tape.rates(request)
        row = self._tape.row_rated(asked) if rated else self._tape.row_of.get(normalised(asked))
        if row is None:
            raise ModelRejectedRequest(f"The table '{self._tape.table.name}' has no question '{asked[:80]}'.")
        return self._tape.reply(row, entry.name, request)

    async def aclose(self) -> None:
        """Does nothing: there is nothing to give back."""


class RowModels:
    """Answers the nodes of one row from a tape, and notes who was asked."""

    def __init__(self, tape: Tape, row: int) -> None:
        """Takes the tape and the row."""
        self.asked: list[int] = []
        self._tape = tape
        self._row = row

    async def complete(self, request: ChatRequest) -> Completion:
        """Returns the recorded answer; see `Tape.reply`."""
        entry = self.entry(request.model)
        reply = self._tape.reply(self._row, entry.name, request)
        if not self._tape.rates(request):
            self.asked.append(self._tape.column(entry.name))
        return Completion(
            text=reply.text,
            model=entry.name,
            usage=reply.usage,
            cost_usd=0.0,
            list_cost_usd=0.0,
            measured=reply.recorded or Measured(),
        )

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the entry of a model.

        Raises:
            ConfigurationError: if the table has no such model, or no default is set.
        """
        return self._tape.catalogue.entry(name)

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Returns an estimate."""
        self.entry(name)
        return estimate_tokens(text)
