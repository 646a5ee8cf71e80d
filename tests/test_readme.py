"""What the README and the page for contributors show runs as it stands there."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app
from app.template import templates
from pipelines.value import Answer
from tests.pipelines.local_weight import MODELS, needs_runtime, needs_smollm2

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
FUSION = (ROOT / "docs" / "fusion.md").read_text()
COMMANDS = re.findall(r"^(?:\.venv/bin/)?routeloom (.+)$", README + FUSION, re.MULTILINE)


def python_of(page: str) -> list[str]:
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert blocks, "the page shows no Python"
    return blocks


@needs_runtime
@needs_smollm2
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    settings = {"ROUTELOOM_HOME": str(tmp_path), "ROUTELOOM_MODELS_HOME": str(MODELS), "PYTHONPATH": str(ROOT)}
    for block in python_of(README):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", block],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **settings},
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_the_readme_counts_the_templates() -> None:
    assert ("Sixteen templates run at once" in README, len(templates())) == (True, 16)


def test_the_page_on_fusion_names_the_templates_that_follow_a_paper() -> None:
    named = re.findall(r"^\| ([A-Z][a-z ]+) \|", FUSION, re.MULTILINE)
    noted = [pipeline.name for pipeline in templates().values() if any("Follows" in n.text for n in pipeline.notes)]
    assert sorted(named) == sorted(noted)


def test_the_readme_shows_commands() -> None:
    assert {line.split()[0] for line in COMMANDS} >= {"models", "studio", "run", "doctor"}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_is_understood(line: str) -> None:
    words = shlex.split(line, comments=True)
    command = whole = get_command(app)
    while words and (inner := getattr(command, "commands", {}).get(words[0])):
        command = inner
        words.pop(0)
    assert command is not whole
    assert command.make_context("routeloom", words) is not None


async def test_the_node_of_the_page_for_contributors_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [source] = python_of((ROOT / "CONTRIBUTING.md").read_text())
    (tmp_path / "shout.py").write_text(source)
    spec = importlib.util.spec_from_file_location("shout", tmp_path / "shout.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "shout", module)
    spec.loader.exec_module(module)
    node = module.Shout()
    assert [(port.name, port.type, port.required) for port in node.input_ports()] == [("answer", "answer", True)]
    fired = await node.run(Answer(text="Paris"))
    assert fired.ports["answer"].text == "PARIS!"
