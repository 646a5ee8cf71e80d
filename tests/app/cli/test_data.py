"""`routeloom data`: data sets on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.cli.program import Program

TABLE = "question,answer,topic,book\n" + "".join(f"Q{n}?,{n},t{n % 2},b{n % 4}\n" for n in range(20))


@pytest.fixture
def file(program: Program) -> Path:
    path = program.home / "My Questions.csv"
    path.write_text(TABLE)
    return path


def test_a_table_is_imported_with_a_guessed_meaning(program: Program, file: Path) -> None:
    outcome = program("data", "import", str(file), "--group", "book", "--json")
    assert outcome.code == 0
    told = outcome.json
    assert (told["name"], told["version"], told["examples"], told["kind"]) == ("my-questions", 1, 20, "table")
    assert told["mapping"] == {
        "query": "question",
        "references": ["answer"],
        "tags": ["topic"],
        "group": "book",
    }
    assert (told["skipped"], told["problems"]) == (0, [])


def test_columns_can_be_named(program: Program) -> None:
    (program.home / "t.tsv").write_text("Frage\tA\tB\tRichtig\tNotiz, lang\nWas?\tx\ty\tB\tn\n")
    given = ("--map", "query=Frage,choices=A+B,references=Richtig", "--map", "extra=Notiz, lang")
    assert program("data", "import", "t.tsv", "--name", "fragen", *given).code == 0
    [row] = program("data", "show", "fragen", "--json").json["rows"]
    assert (row["query"], row["choices"], row["references"]) == ("Was?", ["x", "y"], ["B"])
    assert row["extra"] == {"Notiz, lang": "n"}


def test_the_same_file_makes_no_version_and_another_one_does(program: Program, file: Path) -> None:
    assert program("data", "import", str(file), "--json").json["version"] == 1
    assert program("data", "import", str(file), "--json").json["version"] == 1
    file.write_text(TABLE + "New?,1,t0,b0\n")
    assert program("data", "import", str(file), "--json").json["version"] == 2
    shown = program("data", "show", "my-questions@1", "--search", "q1 t1", "--json").json
    assert [version["examples"] for version in shown["versions"]] == [21, 20]
    assert [row["query"] for row in shown["rows"]] == ["Q1?", "Q11?", "Q13?", "Q15?", "Q17?"]
    assert (shown["found"], shown["rows"][0]["row"]) == (6, 2)


def test_a_bad_row_stops_the_import_unless_it_may_be_left_out(program: Program, file: Path) -> None:
    file.write_text(TABLE + ",9,t0,b0\n")
    outcome = program("data", "import", str(file), "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "DocumentError")
    assert "row 21 (line 22), column 'question'" in outcome.json["error"]["message"]
    assert program("data", "list", "--json").json == [
        info for info in program("data", "--json").json if info["shipped"]
    ]
    told = program("data", "import", str(file), "--skip-bad", "--json").json
    assert (told["examples"], told["skipped"], told["problems"][0]["row"]) == (20, 1, 21)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("import", "absent.csv"), "NotFound"),
        (("import", "My Questions.csv", "--map", "wrong"), "DocumentError"),
        (("import", "My Questions.csv", "--map", "query=absent"), "DocumentError"),
        (("import", "My Questions.csv", "--format", "excel"), "NotFound"),
        (("import", "My Questions.csv", "--name", "Not A Name"), "DocumentError"),
        (("import", "hf:owner/name"), "ConfigurationError"),
        (("show", "absent"), "NotFound"),
        (("show", "my-questions@x"), "DocumentError"),
        (("split", "my-questions", "--into", "a=2"), "DocumentError"),
        (("split", "my-questions", "--into", "train=0.99,test=0.01"), "DocumentError"),
        (("export", "my-questions"), "UsageError"),
        (("delete", "absent"), "NotFound"),
    ],
)
def test_bad_input_has_the_exit_code_2(program: Program, file: Path, arguments: tuple[str, ...], kind: str) -> None:
    program("data", "import", str(file), "--group", "book")
    outcome = program("data", *arguments, "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, kind)


def test_splits_keep_groups_together_and_tell_what_they_share(program: Program, file: Path) -> None:
    program("data", "import", str(file), "--name", "q", "--group", "book")
    told = program("data", "split", "q", "--into", "train=0.75,test=0.25", "--seed", "3", "--json").json
    assert {name: info["examples"] for name, info in told["splits"].items()} == {"train": 15, "test": 5}
    assert told["overlap"] == {"train/test": {"ids": [], "queries": [], "groups": []}}
    groups = {row["group"] for row in program("data", "show", "q-test", "--rows", "99", "--json").json["rows"]}
    assert len(groups) == 1


def test_a_sample_is_drawn_by_seed(program: Program, file: Path) -> None:
    program("data", "import", str(file), "--name", "q")
    first = program("data", "sample", "q", "--rows", "4", "--seed", "1", "--json").json
    assert (first["name"], first["examples"], first["version"]) == ("q-sample", 4, 1)
    assert program("data", "sample", "q", "--rows", "4", "--seed", "1", "--json").json["version"] == 1
    assert program("data", "sample", "q", "--rows", "4", "--seed", "2", "--json").json["version"] == 2


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_exported_is_the_same_when_imported(program: Program, file: Path, form: str) -> None:
    before = program("data", "import", str(file), "--name", "q", "--group", "book", "--json").json
    told = program("data", "export", "q", "--as", form, "--output", f"out.{form}", "--json").json
    assert told == {"name": "q", "file": f"out.{form}", "rows": 20}
    after = program("data", "import", f"out.{form}", "--name", "again", "--json").json
    assert (after["kind"], after["content_hash"]) == ("routeloom", before["content_hash"])
    again = program("data", "export", "q", "--output", f"out.{form}")
    assert (again.code, "is there already" in again.stderr) == (2, True)


def test_rows_are_piped_in_and_out(program: Program) -> None:
    assert program.process("data", "import", "-", "--name", "q", stdin="question,answer\nA?,1\n").code == 0
    outcome = program.process("data", "export", "q")
    assert json.loads(outcome.stdout) == {"id": "1", "query": "A?", "references": ["1"]}


def test_a_deleted_data_set_is_gone(program: Program, file: Path) -> None:
    program("data", "import", str(file), "--name", "q")
    assert program("data", "delete", "q", "--json").json == {"deleted": "q"}
    assert "q" not in {info["name"] for info in program("data", "list", "--json").json}
