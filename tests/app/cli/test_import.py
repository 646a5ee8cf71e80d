"""The command that imports files of other studios."""

from __future__ import annotations

from pathlib import Path

from tests.app.cli.program import Program

FILES = Path(__file__).parents[2] / "pipelines" / "exchange" / "files"


def test_a_foreign_file_is_saved_and_its_report_printed(program: Program) -> None:
    outcome = program("import", str(FILES / "langflow.json"), "--json")
    assert outcome.code == 0
    answer = outcome.json
    assert (answer["slug"], answer["format"], answer["version"]) == ("ferry-desk", "langflow", 1)
    assert [entry["node"] for entry in answer["partly"]] == ["Knowledge-c3", "parser-d4", "Agent-g7"]
    assert answer["mapped"][0] == {
        "node": "ChatInput-a1",
        "kind": "ChatInput",
        "title": "Chat Input",
        "became": ["chat-input"],
        "remarks": [],
    }
    assert answer["left_out"][1] == {
        "node": "CustomComponent-i9",
        "kind": "PythonFunction",
        "title": "Do things",
        "reason": "Nodes here call no services and run no code.",
    }
    assert [(edge["source"], edge["target"]) for edge in answer["edges_left_out"]] == [
        ("URLComponent-h8", "Agent-g7"),
        ("CustomComponent-i9", "ChatOutput-k1"),
    ]
    assert answer["problems"] == []


def test_a_person_reads_what_did_not_come_over(program: Program) -> None:
    outcome = program("import", str(FILES / "dify.yml"), "--slug", "letters")
    assert outcome.code == 0
    assert "Left out: 'Compute' (code). Nodes here run no code." in outcome.stderr
    assert "Edge left out: if1 → http1. 'Call' was left out." in outcome.stderr
    assert "Saved as 'letters'." in outcome.stderr
    assert "Error: urgent-clerk.tone: The input 'tone' needs an edge" in outcome.stderr


def test_a_known_model_is_named_as_the_catalogue_names_it(program: Program) -> None:
    program("import", str(FILES / "dify.yml"), "--slug", "letters")
    nodes = {node["id"]: node for node in program("show", "letters", "--json").json["pipeline"]["nodes"]}
    assert nodes["sort-letters"]["config"]["model"] == "gpt-4o-mini"


def test_a_flow_without_a_name_is_named_after_its_file(program: Program) -> None:
    assert program("import", str(FILES / "flowise-agent.json"), "--json").json["slug"] == "flowise-agent"


def test_our_own_file_has_an_empty_report(program: Program) -> None:
    file = FILES.parents[1] / "documents" / "templates_v1" / "02-cascade.json"
    answer = program("import", str(file), "--json").json
    assert (answer["format"], answer["mapped"], answer["left_out"], answer["edges_left_out"]) == (
        "routeloom",
        [],
        [],
        [],
    )
