"""The tables of an experiment as HTML: every number with its interval, and its explanation on hover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Final

import numpy as np

from app.figure import cost_text, count_text, duration_text
from pipelines.data.example import Example
from pipelines.experiment.experiment import Row
from pipelines.experiment.results import Results
from pipelines.statistics.measure import METRICS, Measure
from pipelines.statistics.report import ContenderReport, PairReport, Report

MOST_ROWS: Final = 100
MOST_ANSWERS: Final = 800
MOST_CHARACTERS: Final = 4_000
UNKNOWN: Final = "–"


def contender_table(report: Report) -> str:
    """Returns a line for each pipeline."""
    names = tuple(dict.fromkeys(name for found in report.contenders for name in found.passes))
    heads = (
        "Pipeline", "Accuracy", "n", "Missing", "Failed", "USD per 1,000", "USD per success", "Paid", "Judge",
        "Median latency", "95 % within", "Tokens a question", "From the cache",
        *(escape(name) for name in names), "Calibration error", "Elasticity",
    )  # fmt: skip
    return _table(heads, [_contender(found, names) for found in report.contenders])


def pair_table(report: Report) -> str:
    """Returns a line for each pair."""
    heads = (
        "Pair",
        "Difference",
        "n",
        "Better / worse / equal",
        "p, corrected",
        "Visible from",
        "Rows needed",
        "Verdict",
    )
    return _table(heads, [_pair(pair) for pair in report.pairs])


def row_table(results: Results, examples: Sequence[Example], rows: Iterable[Row]) -> str:
    """Returns the examples on which the pipelines differ most, with their answers; nothing without examples."""
    scores = results.matrix(results.score)
    if not examples or scores.shape[1] < 2 or not len(scores):
        return ""
    apart = np.nan_to_num(scores.max(axis=1) - scores.min(axis=1))
    differing = int(np.count_nonzero(apart > 0))
    most = min(MOST_ROWS, MOST_ANSWERS // len(results.contenders), differing)
    places = np.argsort(-apart, kind="stable")[:most].tolist()
    wanted = set(places)
    found = {(row.example, row.contender): row for row in rows if row.repeat == 0 and row.example in wanted}
    if not found:
        return ""
    heads = ("Example", "Reference", *(escape(label) for label in results.contenders))
    lines = [_example(examples[place], place, results, found, scores[place].tolist()) for place in places]
    several = f"{len(places):,} of {differing:,} examples"
    shown = several if len(places) < differing else count_text(differing, "example")
    return f'<h2>Where they differ</h2><p class="quiet">{shown}, largest difference first.</p>{_table(heads, lines)}'


def glossary() -> str:
    """Returns every metric with its formula and source."""
    entries = (
        f"<dt>{escape(known.title)} ({escape(known.unit)})</dt><dd>{escape(known.formula)}. "
        f'<span class="quiet">Source: {escape(known.source)}.</span></dd>'
        for known in METRICS.values()
    )
    return f"<dl>{''.join(entries)}</dl>"


def _contender(found: ContenderReport, names: tuple[str, ...]) -> list[str]:
    share = UNKNOWN if found.cached_share is None else f"{found.cached_share:.0%}"
    return [
        f'<td class="name">{escape(found.label)}</td>',
        _measured(found.accuracy),
        _number(f"{found.n_examples:,}"),
        _number(f"{found.missing:,}"),
        _number(f"{found.errors:,}"),
        _measured(found.cost_usd_per_1k, cost_text),
        _measured(found.cost_usd_per_success, cost_text),
        _number(cost_text(found.cost_usd)),
        _number(cost_text(found.judge_cost_usd)),
        _measured(found.latency_p50_s, duration_text),
        _measured(found.latency_p95_s, duration_text),
        _measured(found.tokens_per_row, lambda value: f"{value:,.0f}"),
        _number(share),
        *(_measured(found.passes[name]) if name in found.passes else _number(UNKNOWN) for name in names),
        _measured(found.calibration_error),
        _measured(found.token_elasticity, lambda value: f"{value:.2f}"),
    ]


def _pair(pair: PairReport) -> list[str]:
    p_value = UNKNOWN if pair.p_corrected is None else f"{pair.p_corrected:.3g}"
    test = "" if pair.p_value is None else f"{pair.test}; before correction {pair.p_value:.3g}"
    return [
        f'<td class="name">{escape(pair.second)} minus {escape(pair.first)}</td>',
        _measured(pair.difference, lambda value: f"{value:+.3f}"),
        _number(f"{pair.n:,}"),
        _number(f"{pair.wins:,} / {pair.losses:,} / {pair.ties:,}"),
        _number(p_value, test),
        _number(UNKNOWN if pair.detectable is None else f"{pair.detectable:.3f}", DETECTABLE),
        _number(UNKNOWN if pair.rows_needed is None else f"{pair.rows_needed:,}", NEEDED),
        f"<td>{escape(pair.explanation)}</td>",
    ]


DETECTABLE: Final = "The smallest difference that this many examples show with 80 % power"
NEEDED: Final = "Examples it takes to show a difference as large as this one with 80 % power"


def _example(
    example: Example, place: int, results: Results, found: dict[tuple[int, int], Row], scores: list[float]
) -> list[str]:
    cells = [
        f'<td class="name">{_text(example.query)}<small>{escape(example.id)}</small></td>',
        f'<td class="name">{_text(example.references[0] if example.references else UNKNOWN)}</td>',
    ]
    for contender in range(len(results.contenders)):
        row = found.get((place, contender))
        said = UNKNOWN if row is None else row.answer if row.answer is not None else row.error or row.status
        side = "right" if scores[contender] >= 0.5 else "wrong"
        cells.append(f'<td class="name"><strong class="{side}">{scores[contender]:.2f}</strong>{_text(said)}</td>')
    return cells


def _text(text: str) -> str:
    cut = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
    return f"<pre>{escape(cut)}</pre>"


def _three_digits(value: float) -> str:
    return f"{value:.3f}"


def _measured(measure: Measure, write: Callable[[float], str] = _three_digits) -> str:
    known = measure.definition
    hover = escape(f"{measure.explanation}\n{known.title}: {known.formula}.\nSource: {known.source}.", quote=True)
    if measure.value is None:
        return f'<td class="number"><span title="{hover}">{UNKNOWN}</span></td>'
    bounds = " to ".join("?" if bound is None else escape(write(bound)) for bound in (measure.low, measure.high))
    interval = f"<small>{bounds}</small>" if measure.low is not None or measure.high is not None else ""
    return f'<td class="number"><span title="{hover}">{escape(write(measure.value))}</span>{interval}</td>'


def _number(text: str, hover: str = "") -> str:
    told = f' title="{escape(hover, quote=True)}"' if hover else ""
    return f'<td class="number"><span{told}>{escape(text)}</span></td>'


def _table(heads: Sequence[str], lines: Iterable[list[str]]) -> str:
    """Returns a table of finished cells; `heads` are HTML already."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in lines)
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
