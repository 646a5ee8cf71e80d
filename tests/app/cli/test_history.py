"""`routeloom runs`."""

from __future__ import annotations

from tests.app.cli.drawing import single, write
from tests.app.cli.program import Program


def test_a_new_home_says_how_to_begin(program: Program) -> None:
    outcome = program("runs")
    assert (outcome.code, outcome.stdout) == (0, "")
    assert "routeloom run single-expert" in outcome.stderr


def test_runs_are_listed_newest_first(asking: Program) -> None:
    file = write(asking.home / "p.json", single())
    for text in ("One?", "Two?", "Three?"):
        asking("run", file, "--query", text)
    rows = asking("runs", "list", "--limit", "2", "--json").json["runs"]
    assert [(row["question"], row["status"], row["interrupted"]) for row in rows] == [
        ("Three?", "done", False),
        ("Two?", "done", False),
    ]
    shown = asking("runs").stdout
    assert shown.index("Three?") < shown.index("One?")


def test_a_past_run_is_shown_as_it_was_answered(asking: Program) -> None:
    file = write(asking.home / "p.json", single())
    answered = asking("run", file, "--query", "One?", "--json").json
    assert asking("runs", "show", answered["run"], "--json").json == answered


def test_a_past_run_is_shown_with_its_trace(asking: Program) -> None:
    asking("run", write(asking.home / "p.json", single()), "--query", "One?")
    [row] = asking("runs", "--json").json["runs"]
    shown = asking("runs", "show", row["id"])
    assert shown.stdout == "Single: One?\nhello\n"
    assert "expert" in shown.stderr


def test_a_run_that_failed_is_shown_with_code_0(asking: Program) -> None:
    answered = asking("run", write(asking.home / "p.json", single()), "--query", "A?", "--budget-usd", "0", "--json")
    assert asking("runs", "show", answered.json["run"]).code == 0


def test_an_unknown_run_is_bad_input(program: Program) -> None:
    for command in (("runs", "show", "nope"), ("runs", "resume", "nope"), ("run", "--resume", "nope")):
        outcome = program(*command, "--json")
        assert (outcome.code, outcome.json["error"]["kind"]) == (2, "NotFound")
