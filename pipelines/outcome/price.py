"""Prices of the models of an outcome table: costs that follow from tokens, and costs at other prices."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import Field

from pipelines.error import DocumentError
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record


class ModelPrice(Record):
    """Is what a model costs, in USD per million tokens."""

    input_usd_per_mtok: float = Field(ge=0.0)
    output_usd_per_mtok: float = Field(ge=0.0)


def read_prices(path: Path) -> dict[str, ModelPrice]:
    """Returns the prices of a CSV file with `model`, `usd_per_1m_in` and `usd_per_1m_out`.

    Raises:
        DocumentError: naming the line that is wrong, or the file if it is no CSV.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _prices(csv.DictReader(stream), path)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DocumentError(f"{path} cannot be read as CSV in UTF-8: {error}.") from None


def _prices(reader: csv.DictReader[str], path: Path) -> dict[str, ModelPrice]:
    found: dict[str, ModelPrice] = {}
    for row in reader:
        try:
            price = ModelPrice(
                input_usd_per_mtok=float(row["usd_per_1m_in"]), output_usd_per_mtok=float(row["usd_per_1m_out"])
            )
            found[row["model"]] = price
        except (KeyError, TypeError, ValueError):
            raise DocumentError(
                f"Line {reader.line_num} of {path} needs model, and usd_per_1m_in and usd_per_1m_out that are not"
                f" negative; it has {dict(row)}."
            ) from None
    return found


def priced(table: OutcomeTable, prices: Mapping[str, ModelPrice], *, again: bool = False) -> OutcomeTable:
    """Returns the table with the costs that follow from tokens and prices, where none are recorded.

    Unknown input tokens of a query are taken from its length, at four characters a token.

    Args:
        table: its tokens are read.
        prices: by model; a model without one keeps its costs.
        again: whether recorded costs are replaced too ("what if the small one gets cheaper").
    """
    known = [prices.get(model) for model in table.models]
    rates_in = np.array([price.input_usd_per_mtok if price else np.nan for price in known])
    rates_out = np.array([price.output_usd_per_mtok if price else np.nan for price in known])
    guessed = np.array([len(query) / 4 for query in table.queries])[:, None]
    inputs = np.where(np.isnan(table.input_tokens), guessed, table.input_tokens)
    costs = (inputs * rates_in + table.output_tokens * rates_out) / 1e6
    keep = np.isnan(costs) if again else ~np.isnan(table.cost_usd)
    return replace(table, cost_usd=np.where(table.missing, np.nan, np.where(keep, table.cost_usd, costs)))
