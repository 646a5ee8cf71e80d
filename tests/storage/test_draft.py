"""Drafts keep unsaved work, also that of a tab which comes too late."""

from __future__ import annotations

import pytest

from pipelines.error import NotFound, StaleWrite
from storage import Storage
from storage.error import DraftConflict, VersionConflict
from tests.storage.changed import PIPELINE, pipeline


@pytest.fixture
def opened(storage: Storage) -> Storage:
    storage.workflows.create(pipeline(a=0), slug="w")
    return storage


def test_a_draft_comes_back_as_it_was(opened: Storage) -> None:
    revision = opened.workflows.save_draft("w", PIPELINE, base=1, revision=0)
    draft = opened.workflows.draft("w")
    assert draft is not None
    assert (draft.pipeline, draft.base, draft.revision, draft.branch) == (PIPELINE, 1, revision, "main")
    assert opened.workflows.info("w").drafted
    assert opened.workflows.pipeline("w") == pipeline(a=0)


def test_there_is_no_draft_before_the_first_change(opened: Storage) -> None:
    assert opened.workflows.draft("w") is None


def test_a_draft_is_written_over_its_own_revision(opened: Storage) -> None:
    revision = 0
    for value in range(1, 4):
        revision = opened.workflows.save_draft("w", pipeline(a=value), base=1, revision=revision)
    assert [(draft.pipeline, draft.revision) for draft in opened.workflows.drafts("w")] == [(pipeline(a=3), revision)]


def test_a_second_tab_gets_a_side_draft_and_goes_on_there(opened: Storage) -> None:
    first = opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    with pytest.raises(DraftConflict, match="nothing was overwritten") as caught:
        opened.workflows.save_draft("w", pipeline(a=2), base=1, revision=0)
    conflict = caught.value
    assert isinstance(conflict, StaleWrite)
    opened.workflows.save_draft("w", pipeline(a=3), base=1, revision=conflict.revision, branch=conflict.branch)
    opened.workflows.save_draft("w", pipeline(a=4), base=1, revision=first)
    found = {draft.branch: draft.pipeline for draft in opened.workflows.drafts("w")}
    assert found == {"main": pipeline(a=4), conflict.branch: pipeline(a=3)}


def test_the_same_refused_side_is_kept_once(opened: Storage) -> None:
    opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    branches = set()
    for _ in range(3):
        with pytest.raises(DraftConflict) as caught:
            opened.workflows.save_draft("w", pipeline(a=2), base=1, revision=0)
        branches.add(caught.value.branch)
    assert len(branches) == 1
    assert len(opened.workflows.drafts("w")) == 2


def test_two_tabs_with_the_same_work_do_not_conflict(opened: Storage) -> None:
    revision = opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    assert opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0) == revision


def test_a_revision_never_occurs_twice(opened: Storage) -> None:
    old = opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    opened.workflows.drop_draft("w")
    opened.workflows.save_draft("w", pipeline(a=2), base=1, revision=0)
    with pytest.raises(DraftConflict):
        opened.workflows.save_draft("w", pipeline(a=3), base=1, revision=old)
    draft = opened.workflows.draft("w")
    assert draft is not None
    assert draft.pipeline == pipeline(a=2)


def test_saving_a_version_settles_the_draft_it_holds(opened: Storage) -> None:
    opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    opened.workflows.save("w", pipeline(a=1), parent=1)
    assert opened.workflows.drafts("w") == ()


def test_saving_a_version_settles_the_draft_it_replaces(opened: Storage) -> None:
    revision = opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    opened.workflows.save("w", pipeline(a=2), parent=1, draft_revision=revision)
    assert opened.workflows.drafts("w") == ()


def test_saving_a_version_leaves_the_draft_of_another_tab(opened: Storage) -> None:
    opened.workflows.save_draft("w", pipeline(a=1), base=1, revision=0)
    opened.workflows.save("w", pipeline(a=2), parent=1)
    assert [draft.pipeline for draft in opened.workflows.drafts("w")] == [pipeline(a=1)]


def test_a_refused_save_leaves_the_draft(opened: Storage) -> None:
    opened.workflows.save("w", pipeline(a=1), parent=1)
    opened.workflows.save_draft("w", pipeline(a=2), base=1, revision=0)
    with pytest.raises(VersionConflict):
        opened.workflows.save("w", pipeline(a=2), parent=1)
    assert [draft.pipeline for draft in opened.workflows.drafts("w")] == [pipeline(a=2)]


def test_a_draft_needs_its_workflow(opened: Storage) -> None:
    opened.workflows.delete("w")
    with pytest.raises(NotFound, match="was deleted"):
        opened.workflows.save_draft("w", pipeline(), base=1, revision=0)
    with pytest.raises(NotFound, match="no workflow 'x'"):
        opened.workflows.draft("x")
