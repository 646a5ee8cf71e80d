"""The gate of a continuous integration: a condition over the numbers of a report that makes it fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipelines.condition import CompiledCondition, Kind
from pipelines.error import ConfigurationError
from pipelines.record import Record
from pipelines.statistics.report import ContenderReport, PairReport, Report

MEASURES: Final = (
    "accuracy", "cost_usd_per_1k", "paid_usd_per_1k", "cost_usd_per_success", "latency_p50_s", "latency_p95_s",
    "tokens_per_row", "calibration_error",
)  # fmt: skip
COUNTS: Final = (
    "missing", "errors", "no_answer", "cost_usd", "list_cost_usd", "judge_cost_usd", "input_tokens", "output_tokens",
    "calls", "cached_share",
)  # fmt: skip
AGAINST_FIRST: Final = ("difference", "difference_low", "difference_high", "p_value")
"""What compares a pipeline with the first one of the experiment: p-values are the corrected ones."""


class Failure(Record):
    """Is one pipeline for which the condition held, and the numbers that made it hold."""

    contender: str
    reason: str


class Gate(Record):
    """Is the outcome of a condition: it holds if it holds for at least one pipeline."""

    expression: str
    failures: tuple[Failure, ...] = ()

    @property
    def holds(self) -> bool:
        """Says whether the check has to fail."""
        return bool(self.failures)


def fail_if(report: Report, expression: str) -> Gate:
    """Puts a condition such as `accuracy < 0.8 or cost_usd_per_1k > 2` to every pipeline of a report.

    It holds as soon as it is true of one pipeline. A number that is undefined (nothing was scored, say) makes it hold
    too: a check that could not look must not pass. Conditions that compare with the first pipeline (`difference`,
    `difference_low`, `difference_high`, `p_value`) are put to the others.

    Raises:
        ConfigurationError: if it is no condition, or names what is no number of a report.
    """
    vocabulary: dict[str, Kind] = dict.fromkeys(gate_names(report), "number")
    condition = CompiledCondition(expression, vocabulary)
    compares = condition.names.intersection(AGAINST_FIRST)
    asked = report.contenders[1:] if compares else report.contenders
    found = ((contender.label, _reason(condition, facts_of(report, contender))) for contender in asked)
    failures = tuple(Failure(contender=label, reason=reason) for label, reason in found if reason is not None)
    if compares and not asked:
        return Gate(expression=expression, failures=(_lonely(report, compares),))
    return Gate(expression=expression, failures=failures)


def gate_names(report: Report) -> tuple[str, ...]:
    """Returns what a condition may speak of: `_low` and `_high` are the bounds of an interval."""
    return _names(name for known in report.contenders for name in known.passes)


def require_condition(expression: str, scorers: Sequence[str], *, pipelines: int) -> None:
    """Refuses, before anything is paid, what `fail_if` could not tell with these scorers and so many pipelines.

    Raises:
        ConfigurationError: if it is no condition, or names what will be no number of the report.
    """
    if not expression.strip():
        raise ConfigurationError("The condition is empty; write for example: accuracy < 0.8.")
    condition = CompiledCondition(expression, dict.fromkeys(_names(scorers[1:]), "number"))
    compares = condition.names.intersection(AGAINST_FIRST)
    if compares and pipelines == 1:
        raise ConfigurationError(
            f"The condition speaks of {' and '.join(sorted(compares))}, which compares with the first pipeline, and"
            " there is no other; name a second pipeline, or use another number such as accuracy."
        )


def facts_of(report: Report, contender: ContenderReport) -> Mapping[str, float | None]:
    """Returns the numbers of a pipeline by name, None where one is undefined."""
    facts: dict[str, float | None] = {name: measure.value for name, measure in contender.passes.items()}
    for name in MEASURES:
        measure = getattr(contender, name)
        facts |= {name: measure.value, f"{name}_low": measure.low, f"{name}_high": measure.high}
    facts |= {name: getattr(contender, name) for name in COUNTS}
    facts |= {"n": contender.n_examples, **dict.fromkeys(AGAINST_FIRST)}
    facts |= _against_first(_pair(report, contender.label))
    # A mean of 1,000 times 0.001 must not be above 1 by a rounding error.
    return {name: None if value is None else float(f"{value:.12g}") for name, value in facts.items()}


def _names(further: Iterable[str]) -> tuple[str, ...]:
    bounds = (f"{name}_{side}" for name in MEASURES for side in ("low", "high"))
    others = (name for name in further if name.isidentifier())
    return tuple(dict.fromkeys((*MEASURES, "n", *COUNTS, *AGAINST_FIRST, *bounds, *others)))


def _pair(report: Report, label: str) -> PairReport | None:
    first = report.contenders[0].label
    return next((pair for pair in report.pairs if (pair.first, pair.second) == (first, label)), None)


def _against_first(pair: PairReport | None) -> dict[str, float | None]:
    if pair is None:
        return {}
    spread = pair.difference
    return dict(zip(AGAINST_FIRST, (spread.value, spread.low, spread.high, pair.p_corrected), strict=True))


def _reason(condition: CompiledCondition, facts: Mapping[str, float | None]) -> str | None:
    """Returns the numbers that made the condition hold, or None where it does not hold."""
    used = {name: facts[name] for name in sorted(condition.names)}
    unknown = [name for name, value in used.items() if value is None]
    if unknown:
        return f"{' and '.join(unknown)} cannot be told"
    if not condition.holds_of(used):
        return None
    return ", ".join(f"{name} is {value:.6g}" for name, value in used.items())


def _lonely(report: Report, compares: frozenset[str]) -> Failure:
    names = " and ".join(sorted(compares))
    return Failure(contender=report.contenders[0].label, reason=f"{names} cannot be told of a single pipeline")
