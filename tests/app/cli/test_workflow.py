"""The commands for pipelines as documents."""

from __future__ import annotations

import json

import pytest

from app.template import templates
from pipelines.document import load_pipeline
from tests.app.cli.drawing import looped, routed, single, write
from tests.app.cli.program import Program


def test_a_new_home_lists_the_templates(program: Program) -> None:
    rows = program("list", "--json").json
    assert [row["slug"] for row in rows] == list(templates())
    assert rows[0] == {"slug": "single-expert", "name": "Single expert", "version": 1, "kind": "template"}


def test_an_imported_workflow_is_listed_first(program: Program) -> None:
    program("import", write(program.home / "p.json", single(name="My first")))
    rows = program("list", "--json").json
    assert rows[0] == {"slug": "my-first", "name": "My first", "version": 1, "kind": "workflow"}
    assert "my-first" in program("list").stdout


def test_export_gives_back_what_was_imported(program: Program) -> None:
    file = write(program.home / "p.json", routed())
    program("import", file, "--slug", "mine")
    assert program("export", "mine", "--output", "out.json").code == 0
    assert load_pipeline((program.home / "out.json").read_bytes()) == load_pipeline(
        (program.home / "p.json").read_bytes()
    )


def test_export_without_a_file_prints_the_document(program: Program) -> None:
    outcome = program("export", "single-expert")
    assert load_pipeline(outcome.stdout) == templates()["single-expert"]


def test_export_overwrites_only_when_forced(program: Program) -> None:
    (program.home / "out.json").write_text("precious")
    refused = program("export", "single-expert", "--output", "out.json", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "AlreadyThere")
    assert (program.home / "out.json").read_text() == "precious"
    assert program("export", "single-expert", "--output", "out.json", "--force").code == 0
    assert load_pipeline((program.home / "out.json").read_text()) == templates()["single-expert"]


def test_export_into_a_folder_that_is_missing_is_bad_input(program: Program) -> None:
    outcome = program("export", "single-expert", "--output", "no/such/out.json", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "DocumentError")


def test_an_imported_template_leaves_the_template_its_name(program: Program) -> None:
    file = write(program.home / "p.json", templates()["cascade"].model_dump(mode="json"))
    assert program("import", file, "--json").json["slug"] == "cascade-2"
    kinds = {row["slug"]: row["kind"] for row in program("list", "--json").json}
    assert (kinds["cascade"], kinds["cascade-2"]) == ("template", "workflow")


def test_a_slug_is_not_taken_twice(program: Program) -> None:
    file = write(program.home / "p.json", single())
    assert program("import", file, "--slug", "mine", "--json").json["slug"] == "mine"
    again = program("import", file, "--slug", "mine", "--json")
    assert (again.code, again.json["error"]["kind"]) == (2, "AlreadyThere")


def test_a_pipeline_with_unknown_kinds_is_imported_with_its_problems(program: Program) -> None:
    outcome = program("import", write(program.home / "p.json", looped()), "--json")
    assert outcome.code == 0
    assert any("no_such_kind" in problem["message"] for problem in outcome.json["problems"])


def test_a_valid_file_has_no_problems(program: Program) -> None:
    outcome = program("validate", write(program.home / "p.json", routed()), "--json")
    assert outcome.code == 0
    assert outcome.json == {"valid": True, "runnable": True, "name": "Routed", "problems": []}


def test_every_problem_is_named_with_its_place(program: Program) -> None:
    outcome = program("validate", write(program.home / "p.json", looped()), "--json")
    assert outcome.code == 1
    assert (outcome.json["valid"], outcome.json["runnable"]) == (False, False)
    found = [(problem["node"], problem["message"]) for problem in outcome.json["problems"]]
    assert ("a", "The nodes form a loop, which can never start: a → b → a.") in found
    assert any(node == "odd" and "no_such_kind" in message for node, message in found)


def test_a_branch_that_leads_nowhere_is_a_problem_that_a_run_survives(program: Program) -> None:
    loose = routed()
    loose["nodes"] = [node for node in loose["nodes"] if node["id"] != "big"]
    loose["edges"] = [edge for edge in loose["edges"] if "big" not in (edge["source"], edge["target"])]
    outcome = program("validate", write(program.home / "p.json", loose), "--json")
    assert (outcome.code, outcome.json["valid"], outcome.json["runnable"]) == (1, False, True)
    assert ("router", "long") in {(problem["node"], problem["port"]) for problem in outcome.json["problems"]}


def test_a_model_that_is_missing_here_is_a_problem_only_here(program: Program) -> None:
    file = write(program.home / "p.json", single("nowhere-7b"))
    assert program("validate", file).code == 0
    here = program("validate", file, "--here", "--json")
    assert here.code == 1
    assert "nowhere-7b" in here.json["problems"][0]["message"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "a list"),
        (b'{"schema_version": 99}', "newer Routeloom"),
        (b'{"schema_version": 1, "nodes": [], "nodes": []}', "occurs 2 times"),
        (b'{"schema_version": 1, "surprise": 1}', "surprise"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "import", "show"])
def test_a_file_that_is_no_pipeline_is_bad_input(program: Program, command: str, content: bytes, said: str) -> None:
    (program.home / "p.json").write_bytes(content)
    outcome = program(command, "p.json", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["kind"] == "DocumentError"
    assert said in outcome.json["error"]["message"]


def test_a_file_that_is_missing_is_bad_input(program: Program) -> None:
    outcome = program("validate", "nowhere.json", "--json")
    assert (outcome.code, outcome.json["error"]["message"]) == (2, "There is no file 'nowhere.json'.")


def test_a_template_is_shown_as_mermaid(program: Program) -> None:
    outcome = program("show", "single-expert", "--mermaid")
    assert outcome.stdout.startswith("flowchart LR\n")
    assert outcome.stderr == ""


def test_the_json_of_show_holds_document_and_drawing(program: Program) -> None:
    shown = program("show", "cascade", "--json").json
    assert (shown["slug"], shown["version"], shown["kind"]) == ("cascade", 1, "template")
    assert load_pipeline(json.dumps(shown["pipeline"])) == templates()["cascade"]
    assert shown["mermaid"].startswith("flowchart LR\n")
    assert shown["problems"] == []


def test_a_version_is_shown_by_its_number(program: Program) -> None:
    program("import", write(program.home / "p.json", single()), "--slug", "mine")
    assert program("show", "mine@1", "--json").json["version"] == 1
    missing = program("show", "mine@2", "--json")
    assert (missing.code, missing.json["error"]["kind"]) == (2, "NotFound")


def test_a_title_cannot_steer_the_terminal(program: Program) -> None:
    program("import", write(program.home / "p.json", single(name="\x1b]0;owned\x07[bold]x[/bold]")))
    shown = program("list").stdout
    assert "\x1b" not in shown
    assert "[bold]x[/bold]" in shown
