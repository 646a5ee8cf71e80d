"""The shipped pipelines: sound, complete, and runnable at once on the embedded model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.library import shipped_documents
from app.template import templates
from app.workspace import Workspace
from pipelines.run import Budget
from tests.pipelines.local_weight import MODELS, needs_minilm, needs_runtime, needs_smollm2

QUESTIONS = {
    "rag-or-long-context": "Who founded the ferry service?",
    "guarded-rules": "Write one line of Python that adds two numbers.",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("home")
    with Workspace(Config(home=home, models_home=Path(MODELS))) as opened:
        yield opened


def test_the_promised_templates_are_there() -> None:
    promised = ["single-expert", "cascade", "semantic-router"]
    assert list(templates())[: len(promised)] == promised


@pytest.mark.parametrize("slug", templates())
def test_a_template_has_no_problem(slug: str, workspace: Workspace) -> None:
    assert workspace.find_problems(templates()[slug]) == ()


@needs_runtime
@needs_smollm2
@needs_minilm
@pytest.mark.parametrize("slug", templates())
def test_a_template_answers_on_the_embedded_model(slug: str, workspace: Workspace) -> None:
    question = QUESTIONS.get(slug, "What is the capital of France?")
    run = workspace.run(slug, question, budget=Budget(calls=20))
    assert run.error is None
    assert run.status == "done"
    assert run.answer is not None
    assert run.answer.text.strip()
    assert run.totals.notional


def test_the_shipped_documents_have_titles_and_texts() -> None:
    documents = shipped_documents()["larkhaven-ferry"]
    assert documents[0].title == "Larkhaven Ferry: timetable and fares"
    assert all(len(d.text) > 300 for d in documents)
