"""LLMRouter, GraphRouter and FusionBench: a row a query and model, with effect or performance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import Outcome, amount_in, first_column, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile

_MODELS: Final = ("model_name", "llm", "model")
_SCORES: Final = ("performance", "effect")


class LlmRouter(Importer):
    """Reads a query, the model, its effect or performance, and what is known of cost and tokens.

    Where only the number of all tokens is given, it counts as output; a `cost` counts as USD.

    Source: GraphRouter (Feng et al. 2024), FusionFactory's FusionBench and LLMRouter (U Lab, UIUC); their data files.
    """

    title: ClassVar[str] = "LLMRouter, GraphRouter, FusionBench"
    note: ClassVar[str] = "Costs are taken as USD; some of these files hold costs scaled to 0 to 1 instead."

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty where a query, a model and an effect or performance stand together."""
        known = set(file.columns)
        named = ("query" in known) + bool(known & set(_MODELS)) + bool(known & set(_SCORES))
        return 0.9 if named == 3 else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of the row."""
        input_tokens, all_tokens = amount_in(row, "input_tokens", "prompt_tokens"), amount_in(row, "token_num")
        output_tokens = amount_in(row, "output_tokens", "completion_tokens")
        if output_tokens != output_tokens:
            rest = all_tokens - input_tokens
            output_tokens = all_tokens if rest != rest else max(0.0, rest)
        yield Outcome(
            row.required("query"),
            row.required(first_column(row, _MODELS) or _MODELS[0]),
            number_in(row, first_column(row, _SCORES)),
            row.number,
            id=text_in(row, "query_id", "qid"),
            task=text_in(row, "task_name", "task_id", "task"),
            split=text_in(row, "split"),
            cost_usd=amount_in(row, "cost"),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            latency_s=amount_in(row, "response_time"),
            answer=text_in(row, "response"),
        )
