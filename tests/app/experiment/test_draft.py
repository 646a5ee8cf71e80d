"""The draft of an experiment: which examples it takes, what its pipelines are called, what it makes."""

from __future__ import annotations

import pytest

from app.experiment.draft import Draft, chosen_examples, contenders_of, demo_draft, draft_of, experiment_of, offered
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import NotFound
from tests.app.experiment.scene import examples
from tests.pipelines.drawing import single_expert

ROWS = examples(20)


def test_a_draft_takes_the_examples_of_its_tags() -> None:
    assert [each.id for each in chosen_examples(Draft(tags=["easy"]), ROWS[:5])] == ["e0", "e2", "e4"]


def test_a_sample_keeps_the_order_and_the_shares_of_the_tags() -> None:
    found = chosen_examples(Draft(part="sample", count=6), ROWS)
    assert len(found) == 6
    assert [int(each.id[1:]) for each in found] == sorted(int(each.id[1:]) for each in found)
    assert sum(each.tags == ("easy",) for each in found) == 3


def test_a_sample_larger_than_the_data_is_all_of_it() -> None:
    assert chosen_examples(Draft(part="sample", count=100), ROWS) == ROWS


def test_a_test_split_never_parts_a_group() -> None:
    rows = tuple(Example(id=f"{n}", query="?", group=f"g{n // 4}") for n in range(40))
    found = chosen_examples(Draft(part="split", share=0.3), rows)
    groups = {each.group for each in found}
    assert len(found) == 12
    assert [each for each in rows if each.group in groups] == list(found)


def test_versions_of_one_workflow_have_labels_of_their_own(workspace: Workspace) -> None:
    slug = workspace.storage.workflows.create(single_expert()).slug
    other = single_expert(prompt_template="Say it: {query}")
    workspace.storage.workflows.save(slug, other, parent=1)
    known = offered(workspace.storage.workflows)
    assert [known[f"{slug}@2"], known[f"{slug}@1"]] == ["Drawn · version 2 (latest)", "Drawn · version 1"]
    found = contenders_of(Draft(pipelines=[f"{slug}@1", f"{slug}@2", "single-expert"]), workspace.library)
    assert [(each.label, each.workflow, each.version) for each in found] == [
        ("Drawn", slug, 1),
        ("Drawn, version 2", slug, 2),
        ("Single expert", "single-expert", 1),
    ]
    assert found[1].pipeline.nodes == other.nodes


def test_a_pipeline_that_is_gone_is_named(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no pipeline 'gone@1'"):
        contenders_of(Draft(pipelines=["gone@1"]), workspace.library)


def test_an_experiment_becomes_a_draft_that_makes_the_same_one(workspace: Workspace) -> None:
    draft = demo_draft()
    contenders = contenders_of(draft, workspace.library)
    made = experiment_of(draft, contenders, ROWS[:3], draft.scorers or (), whole=False)
    assert made.example_ids == ("e0", "e1", "e2")
    again = draft_of(made)
    assert (again.pipelines, again.scorers, again.settings) == (draft.pipelines, draft.scorers, draft.settings)
    assert contenders_of(again, workspace.library) == contenders
    assert [each.id for each in chosen_examples(again, ROWS)] == ["e0", "e1", "e2"]


def test_a_pipeline_of_a_file_is_kept_for_the_next_time(workspace: Workspace) -> None:
    draft = demo_draft()
    [first, *_] = contenders_of(draft, workspace.library)
    file = first.model_copy(update={"workflow": None, "version": None, "label": "mine"})
    again = draft_of(experiment_of(draft, [file], ROWS, (), whole=True))
    assert again.pipelines == ["mine"]
    assert contenders_of(again, workspace.library) == (file,)
