"""`routeloom doctor`."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from pipelines.document import Pipeline
from pipelines.run import Run
from pipelines.value import Query
from storage import open_storage
from storage.migration import HEAD
from tests.app.cli.program import Program


def test_a_new_home_is_healthy_and_is_told_what_to_do(program: Program) -> None:
    outcome = program("doctor", "--json")
    found = outcome.json
    assert (outcome.code, found["healthy"]) == (0, True)
    assert found["home"] == str(program.home)
    assert {package["name"] for package in found["packages"] if package["version"]} >= {"streamlit", "litellm"}
    assert {part["name"] for part in found["optional"]} == {"xllamacpp", "onnxruntime", "psycopg", "keyring"}
    assert found["weights"][0] == {"name": "smollm2-135m", "title": "SmolLM2 135M Instruct", "installed": False}
    assert found["next_steps"][-1] == "Ask something: routeloom run single-expert --query 'What is a router?'"


def test_looking_creates_nothing(program: Program) -> None:
    assert program("doctor", "--json").json["database"]["exists"] is False
    assert list(program.home.iterdir()) == []


def test_keys_are_named_and_never_shown(program: Program) -> None:
    outcome = program("doctor", "--json", OPENAI_API_KEY="sk-canary-7391")
    present = {key["name"]: key["present"] for key in outcome.json["keys"]}
    assert (present["OPENAI_API_KEY"], present["ANTHROPIC_API_KEY"]) == (True, False)
    assert "canary" not in outcome.stdout
    assert "canary" not in program("doctor", OPENAI_API_KEY="sk-canary-7391").stdout


def test_an_interrupted_run_is_offered(program: Program) -> None:
    run = Run(id="a" * 32, pipeline=Pipeline(), query=Query(text="A?"))
    with open_storage(program.home / "routeloom.db") as storage:
        asyncio.run(storage.runs.begin(run))
    found = program("doctor", "--json").json
    assert found["database"]["unfinished_runs"] == [run.id]
    assert found["database"]["revision"] == HEAD
    assert any(step.endswith(f"routeloom runs resume {run.id}") for step in found["next_steps"])


def test_a_port_that_is_taken_is_said_to_be(program: Program) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        found = program("doctor", "--json", ROUTELOOM_PORT=str(port)).json
    assert found["studio"] == {"host": "127.0.0.1", "port": port, "free": False}
    assert any(f"Port {port} is taken" in step for step in found["next_steps"])


def test_a_damaged_database_is_code_1_and_left_alone(program: Program) -> None:
    file = program.home / "routeloom.db"
    file.write_bytes(b"this is not a database, whatever its name says" * 100)
    before = file.read_bytes()
    outcome = program("doctor", "--json")
    assert (outcome.code, outcome.json["healthy"]) == (1, False)
    assert outcome.json["next_steps"][0].startswith("Mend the database: ")
    assert file.read_bytes() == before


def test_a_password_in_the_address_of_the_database_is_hidden(program: Program) -> None:
    outcome = program("doctor", "--json", ROUTELOOM_DATABASE_URL="postgresql://me:canary@127.0.0.1:1/none")
    assert outcome.code == 1
    assert "canary" not in outcome.stdout
    assert "me:***@127.0.0.1" in outcome.json["database"]["url"]


def test_the_page_for_people_names_every_part(program: Program) -> None:
    shown = program("doctor").stdout
    for word in ("Python", "litellm", "xllamacpp", "OPENAI_API_KEY", "smollm2-135m", "Database", "Studio"):
        assert word in shown
    assert "What to do next" in shown


def test_a_home_that_does_not_exist_yet_is_fine(program: Program, tmp_path: Path) -> None:
    outcome = program("doctor", "--json", ROUTELOOM_HOME=str(tmp_path / "new" / "home"))
    assert (outcome.code, outcome.json["healthy"]) == (0, True)
    assert not (tmp_path / "new").exists()
