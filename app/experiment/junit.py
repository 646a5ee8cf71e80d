"""An experiment as JUnit XML, which the test views of continuous integration read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree import ElementTree as Xml

from pipelines.data.example import Example
from pipelines.experiment.experiment import Experiment, Row
from pipelines.experiment.scoring import scorer_names
from pipelines.prompt import shortened
from pipelines.statistics.gate import Gate

SUCCESS: Final = 0.5
LONGEST_ANSWER: Final = 4_000
_UNWRITABLE: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What XML 1.0 cannot hold."""


def junit_xml(
    experiment: Experiment, examples: Sequence[Example], rows: Iterable[Row], gate: Gate | None = None
) -> bytes:
    """Returns a suite for each pipeline with a case for each of its rows, and one for the condition if there is one.

    A row whose first score is below 0.5 is a failure with the scorer's reason, one that failed is an error, and one
    that was not run, not scored or waits for a person is skipped.

    Args:
        experiment: what was run.
        examples: in the order of the experiment.
        rows: in any order; rows that are absent were not run and are left out.
        gate: the condition under which the check fails, with its outcome.
    """
    scorers = scorer_names(experiment.scorers)
    suites = [Xml.Element("testsuite", name=_text(contender.label)) for contender in experiment.contenders]
    for row in rows:
        _add_case(suites[row.contender], row, examples[row.example], scorers, several=experiment.settings.repeats > 1)
    if gate is not None:
        suites.append(_gate_suite(experiment, gate))
    root = Xml.Element("testsuites", name=_text(experiment.title or experiment.id))
    for suite in suites:
        _count(suite)
        root.append(suite)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'.encode()


def _add_case(suite: Xml.Element, row: Row, example: Example, scorers: Sequence[str], *, several: bool) -> None:
    name = f"{example.id} (repeat {row.repeat + 1})" if several else example.id
    attributes = {"classname": suite.get("name", ""), "name": _text(name), "time": f"{row.latency_s:.3f}"}
    case = Xml.SubElement(suite, "testcase", attributes)
    score = row.scores.get(scorers[0]) if scorers else None
    asked = f"Question: {example.query}\nReference: {' | '.join(example.references)}\nAnswer: {row.answer or ''}"
    if row.status in ("failed", "no_answer"):
        _say(case, "error", row.status, row.error or "The pipeline gave no answer.", asked)
    elif row.status != "done":
        _say(case, "skipped", None, f"Not finished: {row.error or row.status}", "")
    elif scorers and score is None:
        _say(case, "skipped", None, row.score_errors.get(scorers[0], "It waits for the score of a person."), "")
    elif score is not None and score.value < SUCCESS:
        _say(case, "failure", scorers[0], f"{score.value:.3g}: {score.reason}" if score.reason else "", asked)


def _gate_suite(experiment: Experiment, gate: Gate) -> Xml.Element:
    suite = Xml.Element("testsuite", name="fail-if")
    failed = {failure.contender: failure.reason for failure in gate.failures}
    for contender in experiment.contenders:
        name = _text(f"{contender.label}: {gate.expression}")
        case = Xml.SubElement(suite, "testcase", {"classname": "fail-if", "name": name, "time": "0"})
        if contender.label in failed:
            _say(case, "failure", "fail-if", failed[contender.label], gate.expression)
    return suite


def _say(case: Xml.Element, element: str, kind: str | None, message: str, text: str) -> None:
    told = Xml.SubElement(case, element, {"message": _text(shortened(message, 500))})
    if kind is not None:
        told.set("type", _text(kind))
    told.text = _text(text)[:LONGEST_ANSWER]


def _count(suite: Xml.Element) -> None:
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for name, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(element) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _text(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
