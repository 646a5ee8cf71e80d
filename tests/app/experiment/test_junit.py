"""JUnit XML of an experiment: what became of a row is what the test view says."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from app.experiment.junit import junit_xml
from pipelines.data.example import Example
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings, Row
from pipelines.scorer import Score
from pipelines.statistics.gate import Failure, Gate
from tests.pipelines.drawing import single_expert

HALF = {"exact_match": Score(value=0.4, reason="expected 4")}
EXAMPLES = [Example(id="e0", query="2 + 2?", references=("4", "four"))]


def made(repeats: int = 1) -> Experiment:
    return Experiment(
        title="Sums",
        contenders=tuple(Contender(label=label, pipeline=single_expert()) for label in ("a", "b")),
        data_set="d",
        data_hash="h",
        scorers=({"kind": "exact_match"},),
        settings=ExperimentSettings(repeats=repeats),
    )


def case_of(row: Row, repeats: int = 1) -> ElementTree.Element:
    root = ElementTree.fromstring(junit_xml(made(repeats), EXAMPLES, [row]))
    found = root.find("testsuite/testcase")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("row", "element", "message"),
    [
        ({"status": "done", "scores": HALF}, "failure", "0.4: expected 4"),
        ({"status": "failed", "error": "The model broke."}, "error", "The model broke."),
        ({"status": "no_answer"}, "error", "The pipeline gave no answer."),
        ({"status": "budget", "error": "No money is left."}, "skipped", "Not finished: No money is left."),
        ({"status": "done", "score_errors": {"exact_match": "No reference."}}, "skipped", "No reference."),
        ({"status": "done"}, "skipped", "It waits for the score of a person."),
    ],
)
def test_what_is_not_right_is_said_with_its_reason(row: dict[str, object], element: str, message: str) -> None:
    [told] = case_of(Row.model_validate({"contender": 0, "example": 0, **row}))
    assert (told.tag, told.get("message")) == (element, message)


def test_a_right_row_has_its_time_and_nothing_else() -> None:
    case = case_of(Row(contender=0, example=0, status="done", scores={"exact_match": Score(value=1)}, latency_s=0.25))
    assert case.attrib == {"classname": "a", "name": "e0", "time": "0.250"}
    assert list(case) == []


def test_a_wrong_row_shows_question_reference_and_answer() -> None:
    score = {"exact_match": Score(value=0)}
    [told] = case_of(Row(contender=0, example=0, status="done", answer="5 \x00]]>&<", scores=score))
    assert told.text == "Question: 2 + 2?\nReference: 4 | four\nAnswer: 5 \N{REPLACEMENT CHARACTER}]]>&<"


def test_repeats_have_names_of_their_own() -> None:
    case = case_of(Row(contender=0, example=0, repeat=1, status="failed"), repeats=2)
    assert case.get("name") == "e0 (repeat 2)"


def test_suites_are_counted_and_the_condition_is_one() -> None:
    rows = [Row(contender=place, example=0, status=status) for place, status in ((0, "failed"), (1, "budget"))]
    gate = Gate(expression="errors > 0", failures=(Failure(contender="a", reason="errors is 1"),))
    root = ElementTree.fromstring(junit_xml(made(), EXAMPLES, rows, gate))
    names = ("name", "tests", "failures", "errors", "skipped")
    assert [tuple(suite.get(name) for name in names) for suite in root] == [
        ("a", "1", "0", "1", "0"),
        ("b", "1", "0", "0", "1"),
        ("fail-if", "2", "1", "0", "0"),
    ]
    assert tuple(root.get(name) for name in names) == ("Sums", "4", "1", "1", "1")
