"""The whole experiment as one HTML file that needs nothing else: no network, no server, no other file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

from app.charts.export import data_of, figure_json, plotly_script, words_of
from app.charts.gallery import charts_of
from app.charts.look import chart_config
from app.charts.node_use import NodeUse
from app.experiment.decision import decision
from app.experiment.report_table import contender_table, glossary, pair_table, row_table
from app.figure import count_text
from pipelines.data.example import Example
from pipelines.experiment.experiment import Experiment, Row
from pipelines.experiment.results import Results
from pipelines.statistics.report import Report

ASSETS: Final = Path(__file__).parents[2] / "assets"
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def report_html(
    experiment: Experiment,
    report: Report,
    results: Results,
    *,
    examples: Sequence[Example] = (),
    rows: Iterable[Row] = (),
    nodes: Sequence[NodeUse] = (),
) -> str:
    """Returns the page: decision, warnings, tables, charts, the rows on which the pipelines differ, a glossary.

    Args:
        experiment: what was run.
        report: its summary, with `results` as the columns it was made of.
        results: as `report`.
        examples: in the order of the experiment, for the rows that differ; without them none are shown.
        rows: any iterable; only those that differ most are kept.
        nodes: what the nodes cost, for two more charts.
    """
    title = escape(experiment.title or f"Experiment {experiment.id}")
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="quiet">{_origin(experiment, report)}</p>',
        f'<div class="verdict">{"".join(f"<p>{escape(line)}</p>" for line in decision(report))}</div>',
        _warnings(report),
        "<h2>Pipelines</h2>",
        contender_table(report),
        "<h2>Pairs</h2>" + pair_table(report) if report.pairs else "",
        "<h2>Charts</h2>",
        _charts(report, results, nodes),
        row_table(results, examples, rows),
        "<h2>What the numbers mean</h2>",
        glossary(),
    ]
    script = _asset("report.js").replace("</script", "<\\/script")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{_asset('report.css')}</style>\n</head>\n<body>\n{chr(10).join(part for part in parts if part)}\n"
        f"<script>{plotly_script()}</script>\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _origin(experiment: Experiment, report: Report) -> str:
    version = "" if experiment.data_version is None else f", version {experiment.data_version}"
    scorer = str(experiment.scorers[0].get("kind", "")) if experiment.scorers else "none"
    settings = experiment.settings
    repeats = "1 repeat" if settings.repeats == 1 else f"{settings.repeats} repeats"
    return escape(
        f"Data set {experiment.data_set}{version} (SHA-256 {experiment.data_hash[:12]}),"
        f" {count_text(report.n_examples, 'example')}, {repeats}, scorer {scorer}, seed {settings.seed},"
        f" created {experiment.created_at:%Y-%m-%d %H:%M} UTC, status {experiment.status}."
    )


def _warnings(report: Report) -> str:
    if not report.warnings:
        return ""
    return f'<ul class="warnings">{"".join(f"<li>{escape(line)}</li>" for line in report.warnings)}</ul>'


def _charts(report: Report, results: Results, nodes: Sequence[NodeUse]) -> str:
    drawn = []
    for name, figure in charts_of(report, results, nodes):
        buttons = "".join(
            f'<button type="button" data-format="{kind}">{kind.upper()}</button>' for kind in ("svg", "png", "csv")
        )
        table = _in_script(json.dumps(data_of(figure)))
        drawn.append(
            f'<figure data-chart="{name}" aria-label="{escape(words_of(figure))}">'
            f"<figcaption>{buttons}</figcaption><div></div>"
            f'<script type="application/json" id="figure-{name}">{figure_json(figure)}</script>'
            f'<script type="application/json" id="table-{name}">{table}</script></figure>'
        )
    config = _in_script(json.dumps(chart_config("experiment")))
    return (
        f'<script type="application/json" id="chart-config">{config}</script><div class="charts">{"".join(drawn)}</div>'
    )


def _in_script(text: str) -> str:
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
