"""What the page on continuous integration shows can be read, and its commands and names exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app
from app.cli.eval_answer import EvalAnswer, PairAnswer, PipelineAnswer
from app.experiment.request import read_request
from pipelines.exchange.intake.untrusted import parsed_file
from pipelines.experiment.scoring import scorer_names
from pipelines.scorer_choice import scorer_of
from pipelines.statistics.gate import require_condition

PAGE = (Path(__file__).parents[1] / "docs" / "ci.md").read_text()
EXPERIMENT, ACTION = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_experiment_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "experiment.yaml").write_text(EXPERIMENT)
    request = read_request(tmp_path / "experiment.yaml")
    assert [wanted.label for wanted in request.pipelines] == ["new", "before"]
    scorers = [scorer_of(scorer).model_dump() for scorer in request.scorers if isinstance(scorer, str)]
    assert scorer_names(scorers) == ("normalised_match", "llm_judge")
    assert request.fail_if is not None
    require_condition(request.fail_if, scorer_names(scorers), pipelines=len(request.pipelines))


def test_every_name_that_a_condition_may_use_is_known() -> None:
    sentence = re.search(r"It may speak of (.*?)A number that cannot", PAGE, re.DOTALL)
    assert sentence is not None
    for name in re.findall(r"`(\w+)`", sentence[1]):
        require_condition(f"{name} < 0.5", (), pipelines=2)


def test_the_action_runs_a_command_that_exists() -> None:
    steps = parsed_file(ACTION.encode())["jobs"]["evaluation"]["steps"]
    [command] = [step["run"] for step in steps if "routeloom eval" in step.get("run", "")]
    words = shlex.split(command.partition(">")[0])
    assert words[:2] == ["routeloom", "eval"]
    group = get_command(app)
    assert getattr(group, "commands")["eval"].make_context("eval", words[2:]) is not None  # noqa: B009


@pytest.mark.parametrize(("word", "record"), [("pipelines", PipelineAnswer), ("pairs", PairAnswer)])
def test_the_json_answer_has_what_the_page_says(word: str, record: type) -> None:
    line = re.search(rf"^- `{word}`, each with (.*?)[;.]$", PAGE, re.DOTALL | re.MULTILINE)
    assert line is not None
    assert set(re.findall(r"`(\w+)`", line[1])) <= set(record.model_fields)  # type: ignore[attr-defined]
    assert word in EvalAnswer.model_fields
