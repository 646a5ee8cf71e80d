"""The command that writes pipelines as documents, pictures and programs."""

from __future__ import annotations

import ast
from xml.etree import ElementTree

from app.mermaid import mermaid
from app.template import templates
from tests.app.cli.program import Program


def test_a_drawing_and_a_picture_go_to_standard_output(program: Program) -> None:
    assert program("export", "cascade", "--as", "mermaid").stdout == mermaid(templates()["cascade"])
    svg = program("export", "cascade", "--as", "svg", "--theme", "dark").stdout
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "#0f172a" in svg


def test_a_png_goes_to_a_file_and_nowhere_else(program: Program) -> None:
    assert program("export", "cascade", "--as", "png").code == 2
    done = program("export", "cascade", "--as", "png", "--output", "p.png", "--json")
    body = (program.home / "p.png").read_bytes()
    assert body.startswith(b"\x89PNG")
    assert done.json == {"file": "p.png", "bytes": len(body), "form": "png", "inexact": [], "notes": []}


def test_a_program_names_what_the_person_has_to_see_to(program: Program) -> None:
    done = program("export", "single-expert", "--as", "python", "--output", "p.py", "--json")
    assert done.code == 0
    assert len(done.json["notes"]) == 1
    assert done.json["notes"][0].startswith("The model 'smollm2-135m' runs inside Routeloom.")
    functions = [each.name for each in ast.parse((program.home / "p.py").read_text()).body if hasattr(each, "name")]
    assert {"question_node", "expert_node", "answer_node", "answer", "main"} <= set(functions)


def test_what_cannot_be_exact_is_refused_and_exported_only_when_asked(program: Program) -> None:
    refused = program("export", "rag-or-long-context", "--as", "python", "--output", "p.py", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (1, "ExportRefused")
    assert not (program.home / "p.py").exists()
    assert "'Do the documents fit?' (fit) counts tokens" in refused.stderr
    assert "'Read everything' (whole) counts tokens" in refused.stderr
    assert "--lossy" in refused.stderr
    lossy = program("export", "rag-or-long-context", "--as", "python", "--output", "p.py", "--json", "--lossy")
    assert (lossy.code, len(lossy.json["inexact"])) == (0, 2)
    assert "# NOT EXACT: " in (program.home / "p.py").read_text()


def test_a_model_that_does_not_exist_is_bad_input(program: Program) -> None:
    assert program("export", "single-expert", "--as", "python", "--model", "nobody").code == 2
