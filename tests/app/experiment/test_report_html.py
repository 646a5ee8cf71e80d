"""The page of an experiment holds everything, asks nobody, and shows what models wrote as text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from app.charts.export import plotly_script
from app.charts.node_use import NodeUse
from app.experiment.report_html import report_html
from pipelines.data.example import Example
from pipelines.experiment.experiment import Contender, Experiment, Row
from pipelines.statistics.summary import summarise
from tests.app.drawn import forked
from tests.pipelines.statistics.made import results_of

EVIL = "</script><img src=https://evil.example/x onerror=alert(1)>"
RESULTS = results_of(
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], labels=["small", EVIL], tags=[(EVIL,)] * 3, groups=[EVIL, None, None]
)
EXPERIMENT = Experiment(
    title=EVIL,
    contenders=tuple(Contender(label=label, pipeline=forked()) for label in RESULTS.contenders),
    data_set="demo",
    data_hash="ab" * 32,
    scorers=({"kind": "exact_match"},),
)
EXAMPLES = [Example(id=f"e{place}", query=f"Question {place} {EVIL}", references=("42",)) for place in range(3)]
ROWS = [
    Row(contender=contender, example=example, status="done", answer=f"Answer {contender}/{example} {EVIL}")
    for contender in range(2)
    for example in range(3)
]
NODES = [NodeUse(contender="small", node_id="x", title=EVIL, runs=3)]


def page() -> str:
    report = summarise(RESULTS)
    return report_html(EXPERIMENT, report, RESULTS, examples=EXAMPLES, rows=iter(ROWS), nodes=NODES)


class Reader(HTMLParser):
    """Collects the elements of a page and its texts outside scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read() -> Reader:
    reader = Reader()
    reader.feed(page().replace(plotly_script(), ""))
    return reader


def test_the_page_refers_to_nothing_outside_it() -> None:
    elements = read().elements
    assert not [attrs for _, attrs in elements if {"src", "href", "action", "data"} & attrs.keys()]
    assert not [tag for tag, _ in elements if tag in ("img", "link", "iframe", "object", "base", "form")]
    policy = next(attrs["content"] for tag, attrs in elements if tag == "meta" and "http-equiv" in attrs)
    assert policy is not None and policy.startswith("default-src 'none'; ")


def test_what_models_wrote_is_text() -> None:
    reader = read()
    assert not [attrs for _, attrs in reader.elements if "onerror" in attrs]
    assert f"Answer 1/0 {EVIL}" in reader.texts


def test_every_chart_has_its_figure_its_table_and_three_buttons() -> None:
    text = page()
    names = re.findall(r'<figure data-chart="([^"]+)"', text)
    assert names == [
        "cost-accuracy", "differences", "difference-1", "latency", "tokens", "node-cost", "node-latency",
        "accuracy-by-tag", "routes-1", "routes-2",
    ]  # fmt: skip
    for name in names:
        (figure,) = re.findall(rf'id="figure-{name}">(.*?)</script>', text)
        (table,) = re.findall(rf'id="table-{name}">(.*?)</script>', text)
        assert json.loads(figure)["data"] and json.loads(table).count("\n") > 1
    assert text.count("data-format=") == 3 * len(names)


def test_every_chart_is_told_in_words() -> None:
    told = [attrs["aria-label"] for tag, attrs in read().elements if tag == "figure"]
    assert told[0] == "Cost and accuracy. n = 3 examples that all have; bars: 95% interval"
    assert all(told)


def test_every_number_explains_itself_on_hover() -> None:
    hovers = [attrs["title"] or "" for _, attrs in read().elements if "title" in attrs]
    assert any(
        hover.startswith("Mean score of 3 examples; Wilson score interval.\nAccuracy: mean over examples")
        for hover in hovers
    )


def test_only_examples_on_which_the_pipelines_differ_are_listed() -> None:
    texts = read().texts
    assert f"Question 0 {EVIL}" in texts and f"Question 1 {EVIL}" in texts
    assert f"Question 2 {EVIL}" not in texts
    assert "2 examples, largest difference first." in texts


def test_without_examples_the_page_has_no_list_of_them() -> None:
    assert "Where they differ" not in report_html(EXPERIMENT, summarise(RESULTS), RESULTS)
