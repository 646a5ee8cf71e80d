"""The workspace puts storage, models and engine together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.template import templates
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry
from pipelines.document import Pipeline
from pipelines.error import ConfigurationError, NotFound, PipelineInvalid, StaleWrite
from pipelines.run import Fired, Run, RunSettings, Span
from pipelines.value import Answer, Query
from tests.pipelines.drawing import draw, node, single_expert

ROWS = [
    {"query": "capital of France?", "model": "big", "answer": "Paris", "in_tok": 5, "out_tok": 1},
    {"query": "Say hello in five words.", "model": "big", "answer": "hello and welcome my friend"},
]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    (recordings / "facts.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS))
    with Workspace(Config(home=tmp_path)) as opened:
        opened.storage.models.put(ModelEntry(name="recorded", provider="replay", target="facts#big"))
        opened.refresh_catalogue(look_around=False)
        opened.set_default_model("recorded")
        yield opened


def test_a_replay_model_answers_from_the_folder_of_recordings(workspace: Workspace) -> None:
    run = workspace.run(single_expert(), "capital of France?")
    assert run.answer is not None
    assert (run.answer.text, run.totals.input_tokens, run.totals.output_tokens) == ("Paris", 5, 1)


def test_a_run_is_stored_with_its_spans_and_calls(workspace: Workspace) -> None:
    run = workspace.run(single_expert(), "capital of France?")
    assert workspace.storage.runs.run(run.id) == run
    assert [call.node_id for call in workspace.storage.runs.calls(run.id)] == ["expert"]


def test_a_saved_workflow_runs_by_its_slug_and_is_named_in_the_run(workspace: Workspace) -> None:
    info = workspace.storage.workflows.create(single_expert())
    run = workspace.run(info.slug, "capital of France?")
    assert (run.workflow, run.version, run.status) == (info.slug, 1, "done")


@pytest.mark.parametrize("name", ["mine.json", "mine@home.json", "mine"])
def test_a_file_belongs_to_no_workflow_whatever_its_name(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    workspace.storage.workflows.create(templates()["single-expert"], slug="mine")
    Path(name).write_text(templates()["cascade"].to_json())
    [run] = workspace.runs_of(name, [Query(text="hi")], RunSettings())
    assert (run.pipeline.name, run.workflow, run.version) == ("Cascade", None, None)


def test_a_version_is_named_in_the_run_only_beside_its_workflow(workspace: Workspace) -> None:
    workspace.storage.workflows.create(templates()["single-expert"], slug="mine")
    [saved] = workspace.runs_of("mine@1", [Query(text="hi")], RunSettings())
    [template] = workspace.runs_of("cascade@1", [Query(text="hi")], RunSettings())
    assert (saved.workflow, saved.version) == ("mine", 1)
    assert (template.workflow, template.version) == (None, None)


def test_what_was_not_recorded_fails_in_one_sentence(workspace: Workspace) -> None:
    run = workspace.run(single_expert(), "capital of Spain?")
    assert run.status == "failed"
    assert run.error is not None
    assert run.error.startswith("Expert: The recording 'facts' holds no answer of 'big' to the question")


def test_the_default_model_survives_a_restart(workspace: Workspace, tmp_path: Path) -> None:
    with Workspace(Config(home=tmp_path)) as again:
        assert again.catalogue.default == "recorded"


def test_an_unknown_default_model_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ConfigurationError, match="The model 'ghost' is not in the catalogue"):
        workspace.set_default_model("ghost")


def test_a_model_can_be_asked_outside_any_pipeline(workspace: Workspace) -> None:
    call = workspace.probe("recorded")
    assert call.reply is not None
    assert call.reply.text == "hello and welcome my friend"


def test_a_finished_run_cannot_be_resumed(workspace: Workspace) -> None:
    run = workspace.run(single_expert(), "capital of France?")
    with pytest.raises(NotFound, match="has ended \\(done\\)"):
        workspace.resume(run.id)


def test_a_run_in_the_hands_of_another_process_is_left_alone(workspace: Workspace) -> None:
    run = Run(pipeline=single_expert(), query=Query(text="capital of France?"))
    workspace.loop.call(workspace.storage.runs.begin(run))
    assert workspace.storage.runs.lease(run.id, "somebody else", 60)
    with pytest.raises(StaleWrite, match="is being run by another process"):
        workspace.resume(run.id)


def test_an_interrupted_run_is_taken_up(workspace: Workspace) -> None:
    run = Run(pipeline=single_expert(), query=Query(text="capital of France?"))
    workspace.loop.call(workspace.storage.runs.begin(run))
    resumed = workspace.resume(run.id)
    assert (resumed.id, resumed.status) == (run.id, "done")


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match=r"The data folder .*file cannot be made \(File exists\)"):
        Workspace(Config(home=tmp_path / "file"))


@pytest.mark.parametrize("name", ["a%20b", "a?b=c", "a#b", "ü 漢"])
def test_a_data_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    with Workspace(Config(home=tmp_path / name)):
        assert [path.name for path in tmp_path.iterdir()] == [name]
        assert (tmp_path / name / "routeloom.db").is_file()


def chained() -> Pipeline:
    """Returns a question that is rewritten by a model before another answers it."""
    return draw(
        [
            node("q", "query_input"),
            node("first", "expert", {"prompt_template": "{query}"}),
            node("second", "expert", {"prompt_template": "{query}"}),
            node("out", "answer_output"),
        ],
        "q.query > first.query",
        "first.answer > second.query",
        "second.answer > out.answers",
    )


def test_a_run_that_is_stopped_before_it_begins_is_cancelled(workspace: Workspace) -> None:
    run = Run(pipeline=single_expert(), query=Query(text="capital of France?"))
    future = workspace.start(run)
    workspace.stop(run.id)
    assert future.result(timeout=30).status == "cancelled"
    assert workspace.storage.runs.calls(run.id) == []


def test_a_run_under_way_is_not_started_twice(workspace: Workspace) -> None:
    run = Run(pipeline=single_expert(), query=Query(text="capital of France?"))
    futures = [workspace.start(run), workspace.start(run)]
    with pytest.raises(StaleWrite, match="is under way already"):
        futures[1].result(timeout=30)
    assert futures[0].result(timeout=30).status == "done"
    assert len(workspace.storage.runs.calls(run.id)) == 1


def test_a_run_that_ended_meanwhile_is_not_taken_up(workspace: Workspace) -> None:
    run = workspace.run(single_expert(), "capital of France?")
    with pytest.raises(StaleWrite, match="has ended meanwhile"):
        workspace.start(run, resume=True).result(timeout=30)


def test_an_interrupted_run_keeps_what_it_took_over_from_an_earlier_one(workspace: Workspace) -> None:
    kept = Fired(ports={"answer": Answer(text="capital of France?")})
    taken = Span(node_id="first", kind="expert", status="done", fired=kept, reused=True)
    run = Run(pipeline=chained(), query=Query(text="never recorded"), spans=(taken,))
    workspace.loop.call(workspace.storage.runs.begin(run))
    resumed = workspace.resume(run.id)
    assert resumed.answer is not None
    assert resumed.answer.text == "Paris"
    assert [call.node_id for call in workspace.storage.runs.calls(run.id)] == ["second"]


def test_many_runs_end_in_their_order_and_leave_no_lease(workspace: Workspace) -> None:
    queries = [Query(text="capital of France?"), Query(text="capital of Spain?"), Query(text="capital of France?")]
    told: list[str] = []
    runs = workspace.runs_of(single_expert(), queries, RunSettings())
    finished = workspace.run_many(runs, width=2, on_done=lambda run: told.append(run.id))
    assert [run.status for run in finished] == ["done", "failed", "done"]
    assert [run.id for run in finished] == [run.id for run in runs]
    assert sorted(told) == sorted(run.id for run in runs)
    assert [workspace.storage.runs.holder(run.id) for run in runs] == [None, None, None]


def test_a_batch_of_an_invalid_pipeline_is_refused(workspace: Workspace) -> None:
    runs = workspace.runs_of(Pipeline(), [Query(text="?")], RunSettings())
    with pytest.raises(PipelineInvalid, match="The pipeline is empty"):
        workspace.run_many(runs)
