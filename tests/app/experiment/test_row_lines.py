"""A row becomes one line of JSON that is complete by itself."""

from __future__ import annotations

import json

from app.experiment.row_lines import row_lines
from pipelines.data.example import Example
from pipelines.experiment.experiment import Contender, Experiment, Row
from pipelines.scorer import Score
from tests.app.drawn import forked


def test_a_line_names_its_example_and_its_pipeline() -> None:
    experiment = Experiment(
        id="x1", contenders=(Contender(label="small", pipeline=forked()),), data_set="demo", data_hash="ab"
    )
    example = Example(id="e7", query="1 + 1\n=?", references=("2",), tags=("maths",), group="g", difficulty="easy")
    row = Row(contender=0, example=0, status="done", answer="2", scores={"exact": Score(value=1.0)}, cost_usd=0.25)
    (line,) = row_lines(experiment, [example], [row])
    assert line.count(b"\n") == 1
    found = json.loads(line)
    assert (found["experiment"], found["pipeline"], found["example_id"]) == ("x1", "small", "e7")
    assert (found["query"], found["references"], found["tags"]) == ("1 + 1\n=?", ["2"], ["maths"])
    assert (found["answer"], found["scores"]["exact"]["value"], found["cost_usd"]) == ("2", 1.0, 0.25)
    assert "example" not in found and "contender" not in found
