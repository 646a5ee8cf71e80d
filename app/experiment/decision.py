"""What a person may decide after an experiment, in sentences with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipelines.statistics.report import ContenderReport, PairReport, Report
from pipelines.statistics.warning import NAMES

MOST_PAIRS: Final = 5
WORTH_ROUTING: Final = 0.01
SAME_COST: Final = 0.03
"""Costs that differ by less than this part are called equal."""


def decision(report: Report) -> tuple[str, ...]:
    """Returns what to take from a report: first which pipeline to take, then how it stands against each other one."""
    best = report.best_single
    if best is None:
        return ("There is nothing to compare yet: no row has a score.",)
    against = [pair for pair in report.pairs if best in (pair.first, pair.second) and pair.n]
    if not against:
        return (_alone(report.contender(best), report.confidence),)
    ranked = sorted(against, key=lambda pair: (not pair.is_real, -abs(pair.difference.value or 0.0)))
    lines = [_headline(report, best, against), *(pair_sentence(report, pair) for pair in ranked[:MOST_PAIRS])]
    if len(ranked) > MOST_PAIRS:
        lines.append(f"{len(ranked) - MOST_PAIRS} more pairs are in the table below.")
    return (*lines, *_beyond(report, best))


def pair_sentence(report: Report, pair: PairReport) -> str:
    """Returns how two pipelines differ in accuracy and cost, with the interval, and what more rows would show."""
    value = pair.difference.value
    if value is None or not pair.n:
        return f"'{pair.first}' and '{pair.second}' have no example in common."
    better, worse = (pair.second, pair.first) if value >= 0 else (pair.first, pair.second)
    numbers = _numbers(report, pair, flip=value < 0)
    price = _price(report.contender(better), report.contender(worse))
    if value == 0:
        return f"'{better}' and '{worse}' are equally good ({numbers}){price}."
    points = f"{abs(value) * 100:.1f} points"
    if pair.is_real:
        return f"'{better}' is better than '{worse}' by {points} ({numbers}){price}."
    more = pair.rows_needed - pair.n if pair.rows_needed else 0
    needed = f" It takes about {more:,} more examples to tell them apart." if more > 0 else ""
    return f"'{better}' is ahead of '{worse}' by {points}, which may be chance ({numbers}){price}.{needed}"


def _headline(report: Report, best: str, against: list[PairReport]) -> str:
    """Returns which pipeline to take: the best one, or the cheapest that cannot be told apart from it."""
    leader = report.contender(best)
    close = [best, *(_other(pair, best) for pair in against if not pair.is_real)]
    costs = {label: report.contender(label).cost_usd_per_1k.value for label in close}
    known = {label: cost for label, cost in costs.items() if cost is not None}
    cheapest = min(known, key=lambda label: known[label], default=best)
    if len(close) == 1:
        return _clear(report, leader)
    dearer = (leader.cost_usd_per_1k.value or 0.0) > known.get(cheapest, 0.0) * (1 + SAME_COST)
    if cheapest != best and dearer:
        return (
            f"Nothing shows yet that another pipeline is better than '{cheapest}', and it costs less: take it unless"
            " more examples show a difference."
        )
    if len(close) == len(against) + 1:
        return (
            f"These examples do not show which one is better. '{best}' is ahead and no other is cheaper: take it until"
            " more examples show otherwise."
        )
    return f"Take '{best}': it is ahead, and those it cannot be told apart from are not cheaper."


def _clear(report: Report, leader: ContenderReport) -> str:
    """Returns what to do where one pipeline is really better than all others: it may not be worth its price."""
    costs = {found.label: found.cost_usd_per_1k.value for found in report.contenders}
    priced = {label: cost for label, cost in costs.items() if cost}
    cheapest = min(priced, key=lambda label: priced[label], default=leader.label)
    ratio = priced[leader.label] / priced[cheapest] if leader.label in priced else 1.0
    if ratio <= 1 + SAME_COST:
        return f"Take '{leader.label}': it is the best, and chance is an unlikely explanation."
    return (
        f"'{leader.label}' is the best, and chance is an unlikely explanation. Take it if that is worth {ratio:.1f}"
        f" times the cost of '{cheapest}'."
    )


def _beyond(report: Report, best: str) -> Iterator[str]:
    """Yields which pipelines none beats in both cost and accuracy, and how far routing between them could reach."""
    if len(report.contenders) > 2 and len(report.pareto) > 1:
        names = ", ".join(f"'{label}'" for label in report.pareto)
        yield f"No other pipeline is both cheaper and better than these: {names}."
    reach = None if report.oracle is None else report.oracle.value
    reached = next((point.accuracy for point in report.plane if point.label == best), None)
    if reach is not None and reached is not None and reach - reached >= WORTH_ROUTING:
        yield (
            f"They are right on different examples: a router that always chose well would reach {reach:.1%}, where"
            f" '{best}' reaches {reached:.1%}."
        )


def _alone(found: ContenderReport, confidence: float) -> str:
    accuracy = found.accuracy
    if accuracy.value is None:
        return f"'{found.label}' has no score yet."
    bounds = "" if accuracy.low is None or accuracy.high is None else f"{accuracy.low:.1%} to {accuracy.high:.1%}, "
    return (
        f"'{found.label}' is right in {accuracy.value:.1%} of the cases ({confidence:.0%}: {bounds}n = {accuracy.n:,})."
        " Add a second pipeline to compare it with."
    )


def _numbers(report: Report, pair: PairReport, *, flip: bool) -> str:
    low, high = pair.difference.low, pair.difference.high
    parts = []
    if low is not None and high is not None:
        bounds = (-high, -low) if flip else (low, high)
        parts.append(f"{report.confidence:.0%}: {bounds[0] * 100:.1f} to {bounds[1] * 100:.1f}")
    parts.append(f"n = {pair.n:,} pairs")
    if pair.p_corrected is not None:
        after = f" after {NAMES[report.correction]}" if len(report.pairs) > 1 and report.correction in NAMES else ""
        told = "p < 0.001" if pair.p_corrected < 0.001 else f"p = {pair.p_corrected:.2g}"
        parts.append(told + after)
    return ", ".join(parts)


def _price(better: ContenderReport, worse: ContenderReport) -> str:
    one, other = better.cost_usd_per_1k.value, worse.cost_usd_per_1k.value
    if not one or not other:
        return ""
    ratio = one / other
    if abs(ratio - 1) <= SAME_COST:
        return " and costs the same"
    told = f"{ratio:.1f} times as much" if ratio > 1 else f"{1 - ratio:.0%} less"
    return f" and costs {told}"


def _other(pair: PairReport, label: str) -> str:
    return pair.second if pair.first == label else pair.first
