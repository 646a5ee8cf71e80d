"""Missing cells of an outcome table: which there are, what they would cost, and the table with some of them filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.catalogue import Catalogue, ModelEntry, Price, estimate_tokens
from pipelines.chat import Usage
from pipelines.error import DocumentError
from pipelines.outcome.outcome import Outcome
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routing.cost import CostModel

Cells = NDArray[np.intp]
"""An array (n_cells, 2) of row and column numbers, by row and column."""
PriceSource = Literal["recorded", "catalogue", "unknown"]
ANSWER_TOKENS: Final = 300
"""How long an answer is taken to be where none of the model's was counted."""
_NUMBERS: Final = ("cost_usd", "input_tokens", "output_tokens", "latency_s")


@dataclass(frozen=True, slots=True)
class FillPlan:
    """Says what it would take to fill cells.

    Attributes:
        cells: to be filled.
        cost_usd: array (n_cells,), expected; NaN where the model has no known price.
        sources: by model, where its price comes from.
    """

    models: tuple[str, ...]
    cells: Cells
    cost_usd: Floats
    sources: Mapping[str, PriceSource]

    @property
    def total_usd(self) -> float:
        """Returns what all cells with a known price will cost together."""
        return float(np.nansum(self.cost_usd))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Returns the models whose price is not known."""
        return tuple(model for model, source in self.sources.items() if source == "unknown")

    @property
    def sentence(self) -> str:
        """Returns the plan for a person, such as `fill 37 cells for about $0.21`."""
        count = len(self.cells)
        if not count:
            return "no cell is missing"
        cells = "1 cell" if count == 1 else f"{count:,} cells"
        if np.isnan(self.cost_usd).all():
            return f"fill {cells}; what that costs is not known"
        beyond = f", and what {', '.join(self.unpriced)} costs" if self.unpriced else ""
        return f"fill {cells} for about ${_money(self.total_usd)}{beyond}"

    def by_model(self) -> dict[str, tuple[int, float]]:
        """Returns how many cells each model lacks, and what they will cost together."""
        found = {}
        for number, model in enumerate(self.models):
            own = self.cells[:, 1] == number
            if own.any():
                found[model] = (int(own.sum()), float(self.cost_usd[own].sum()))
        return found


def missing_cells(table: OutcomeTable, models: Sequence[str] = ()) -> Cells:
    """Returns the cells without a score, of all models or of these.

    Raises:
        DocumentError: if the table has no such model.
    """
    unknown = next((model for model in models if model not in table.models), None)
    if unknown is not None:
        raise DocumentError(f"The table '{table.name}' has no model '{unknown}'; it has {', '.join(table.models)}.")
    wanted = np.array([not models or model in models for model in table.models])
    return np.argwhere(table.missing & wanted).astype(np.intp)


def plan_fill(
    table: OutcomeTable,
    catalogue: Catalogue,
    *,
    models: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    most: int | None = None,
) -> FillPlan:
    """Returns what filling the missing cells will cost.

    The catalogue's price counts where the model is in it, for as many tokens as its answers had; else what its
    recorded answers cost, by the length of the question.

    Args:
        table: with missing cells.
        catalogue: whose prices count.
        models: only of these.
        aliases: what the catalogue calls a model of the table.
        most: plan only so many cells, the first ones.

    Raises:
        DocumentError: if the table has no such model.
    """
    cells = missing_cells(table, models)[:most]
    recorded = CostModel.fit(table)
    entries = {model: (aliases or {}).get(model, model) for model in table.models}
    costs = np.full(len(cells), np.nan)
    sources: dict[str, PriceSource] = {}
    for number, model in enumerate(table.models):
        own = np.flatnonzero(cells[:, 1] == number)
        if not own.size:
            continue
        queries = [table.queries[row] for row in cells[own, 0]]
        price = _price(catalogue, entries[model])
        if price is not None:
            costs[own] = _listed(queries, table.output_tokens[:, number], price)
        else:
            costs[own] = recorded.predict(queries)[:, number]
        sources[model] = "catalogue" if price else "unknown" if np.isnan(costs[own]).any() else "recorded"
    return FillPlan(table.models, cells, costs, sources)


def filled(table: OutcomeTable, found: Iterable[tuple[int, int, Outcome]]) -> OutcomeTable:
    """Returns the table with these cells, given by row and column, told by outcomes."""
    arrays: dict[str, Any] = {name: getattr(table, name).copy() for name in ("score", *_NUMBERS)}
    answers = None if table.answers is None else table.answers.copy()
    for row, column, outcome in found:
        for name, array in arrays.items():
            array[row, column] = getattr(outcome, name)
        if outcome.answer and answers is not None:
            answers[row, column] = outcome.answer
    return replace(table, **arrays, answers=answers)


def _price(catalogue: Catalogue, name: str) -> Price | None:
    entry: ModelEntry | None = catalogue.entry(name) if name in catalogue else None
    return None if entry is None else entry.price


def _listed(queries: Sequence[str], output_tokens: Floats, price: Price) -> Floats:
    known = output_tokens[~np.isnan(output_tokens)]
    answer = int(known.mean()) if known.size else ANSWER_TOKENS
    usages = (Usage(input_tokens=estimate_tokens(query), output_tokens=answer) for query in queries)
    return np.array([price.cost_usd(usage) for usage in usages])


def _money(amount_usd: float) -> str:
    return f"{amount_usd:,.2f}" if amount_usd >= 0.01 else f"{amount_usd:.2g}"
