"""Workflows keep every version, and refuse a stale save without losing either side."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.document import NodeSpec, Pipeline
from pipelines.error import DocumentError, NotFound, StaleWrite
from storage import Storage
from storage.error import NameTaken, VersionConflict
from storage.reference import parse_reference, slug_of
from tests.storage.changed import PIPELINE, pipeline


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Cheap first, then big", "cheap-first-then-big"),
        ("Über-Kaskade №2", "uber-kaskade-no2"),
        ("漢字", "workflow"),
        ("  ", "workflow"),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text())
def test_every_slug_is_a_reference(name: str) -> None:
    slug = slug_of(name)
    assert parse_reference(slug) == (slug, None)
    assert parse_reference(f"{slug}@12") == (slug, 12)


@pytest.mark.parametrize("reference", ["", "@1", "a@0", "a@", "a@1@2", "A", "a b", "../a", "a@99999999999999999999"])
def test_a_malformed_reference_is_told(reference: str) -> None:
    with pytest.raises(NotFound, match="names no saved pipeline"):
        parse_reference(reference)


def test_a_pipeline_comes_back_as_it_was(storage: Storage) -> None:
    info = storage.workflows.create(PIPELINE, message="first")
    assert storage.workflows.pipeline(info.slug) == PIPELINE
    assert storage.workflows.pipeline(f"{info.slug}@1") == PIPELINE
    assert (info.slug, info.name, info.version, info.owner) == ("rivers", "Rivers 漢", 1, "local")
    assert info.content_hash == PIPELINE.content_hash()
    assert info.created_at.utcoffset() is not None
    assert not info.drafted
    assert info.deleted_at is None


def test_slugs_are_made_unique(storage: Storage) -> None:
    slugs = [storage.workflows.create(pipeline("Panel")).slug for _ in range(3)]
    assert slugs == ["panel", "panel-2", "panel-3"]


def test_a_chosen_slug_must_be_free_and_well_formed(storage: Storage) -> None:
    assert storage.workflows.create(pipeline(), slug="mine").slug == "mine"
    with pytest.raises(NameTaken, match="already a workflow 'mine'"):
        storage.workflows.create(pipeline(), slug="mine")
    with pytest.raises(DocumentError, match="'Not Mine' is not usable"):
        storage.workflows.create(pipeline(), slug="Not Mine")


def test_every_version_stays(storage: Storage) -> None:
    storage.workflows.create(pipeline(a=1), slug="w", message="one")
    info = storage.workflows.save("w", pipeline(a=2), parent=1, message="two")
    assert info.version == 2
    assert storage.workflows.pipeline("w") == pipeline(a=2)
    assert storage.workflows.version("w", 1) == pipeline(a=1)
    versions = storage.workflows.versions("w")
    assert [(v.number, v.parent, v.message, v.side) for v in versions] == [
        (2, 1, "two", False),
        (1, None, "one", False),
    ]
    assert versions[0].content_hash == pipeline(a=2).content_hash()


def test_saving_without_a_change_makes_no_version(storage: Storage) -> None:
    storage.workflows.create(pipeline(a=1), slug="w")
    assert storage.workflows.save("w", pipeline(a=1), parent=1).version == 1
    assert storage.workflows.save("w", pipeline(a=1), parent=1, message="worth a name").version == 2


def test_a_stale_save_is_refused_and_both_sides_stay(storage: Storage) -> None:
    storage.workflows.create(pipeline(a=1), slug="w")
    storage.workflows.save("w", pipeline(a=2), parent=1)
    with pytest.raises(VersionConflict, match="'w@3'") as caught:
        storage.workflows.save("w", pipeline(a=3), parent=1)
    assert isinstance(caught.value, StaleWrite)
    assert (caught.value.head, caught.value.kept) == (2, 3)
    assert storage.workflows.pipeline("w") == pipeline(a=2)
    assert storage.workflows.pipeline("w@3") == pipeline(a=3)
    assert [(v.number, v.parent, v.side) for v in storage.workflows.versions("w")] == [
        (3, 1, True),
        (2, 1, False),
        (1, None, False),
    ]


def test_work_goes_on_after_a_stale_save(storage: Storage) -> None:
    storage.workflows.create(pipeline(a=1), slug="w")
    storage.workflows.save("w", pipeline(a=2), parent=1)
    with pytest.raises(VersionConflict):
        storage.workflows.save("w", pipeline(a=3), parent=1)
    assert storage.workflows.save("w", storage.workflows.pipeline("w@3"), parent=2).version == 4
    assert storage.workflows.pipeline("w") == pipeline(a=3)


def test_a_stale_save_of_what_is_there_already_is_no_conflict(storage: Storage) -> None:
    storage.workflows.create(pipeline(a=1), slug="w")
    storage.workflows.save("w", pipeline(a=2), parent=1)
    assert storage.workflows.save("w", pipeline(a=2), parent=1).version == 2


def test_of_two_saves_at_once_one_wins_and_both_are_kept(storage: Storage) -> None:
    storage.workflows.create(pipeline(a=0), slug="w")
    barrier = Barrier(2)

    def save(value: int) -> str:
        barrier.wait()
        try:
            storage.workflows.save("w", pipeline(a=value), parent=1)
        except VersionConflict:
            return "refused"
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, [1, 2])) == ["refused", "saved"]
    kept = {json.dumps(storage.workflows.version("w", number).nodes[0].config) for number in (2, 3)}
    assert kept == {'{"a": 1}', '{"a": 2}'}


def test_an_unknown_version_is_told(storage: Storage) -> None:
    storage.workflows.create(pipeline(), slug="w")
    with pytest.raises(NotFound, match="no version 7; it has 1 to 1"):
        storage.workflows.pipeline("w@7")
    with pytest.raises(NotFound, match="no version 7"):
        storage.workflows.save("w", pipeline(a=1), parent=7)


def test_an_unknown_workflow_is_told_with_those_that_are_there(storage: Storage) -> None:
    with pytest.raises(NotFound, match="no workflow 'x'; there is none yet"):
        storage.workflows.pipeline("x")
    storage.workflows.create(pipeline(), slug="w")
    with pytest.raises(NotFound, match="no workflow 'x'; there is w"):
        storage.workflows.pipeline("x@2")


def test_a_deleted_workflow_is_out_of_sight_until_restored(storage: Storage) -> None:
    storage.workflows.create(pipeline(), slug="w")
    token = storage.workflows.delete("w")
    assert storage.workflows.list() == ()
    assert [info.slug for info in storage.workflows.list(deleted=True)] == ["w"]
    with pytest.raises(NotFound, match="was deleted"):
        storage.workflows.pipeline("w")
    assert storage.workflows.create(pipeline("w")).slug == "w-2"
    assert storage.workflows.restore(token).deleted_at is None
    assert storage.workflows.pipeline("w") == pipeline()


def test_the_list_begins_with_the_latest_change(storage: Storage) -> None:
    for slug in ("a", "b", "c"):
        storage.workflows.create(pipeline(), slug=slug)
    storage.workflows.save("a", pipeline(a=1), parent=1)
    assert [info.slug for info in storage.workflows.list()] == ["a", "c", "b"]


def test_renaming_leaves_the_versions_alone(storage: Storage) -> None:
    storage.workflows.create(pipeline("Old"), slug="w")
    assert storage.workflows.rename("w", "New").name == "New"
    assert storage.workflows.pipeline("w").name == "New"
    assert storage.workflows.pipeline("w@1").name == "Old"
    with pytest.raises(DocumentError, match="0 characters"):
        storage.workflows.rename("w", "")


def test_a_tab_that_did_not_rename_does_not_undo_a_rename(storage: Storage) -> None:
    storage.workflows.create(pipeline("Old"), slug="w")
    storage.workflows.rename("w", "New")
    assert storage.workflows.save("w", pipeline("Old", a=1), parent=1).name == "New"
    assert storage.workflows.save("w", pipeline("Newest", a=1), parent=2).name == "Newest"


def test_a_fork_is_a_workflow_of_its_own(storage: Storage) -> None:
    storage.workflows.create(pipeline("Panel", a=1), slug="panel")
    copy = storage.workflows.fork("panel")
    assert (copy.slug, copy.name, copy.version) == ("panel-copy", "Panel (copy)", 1)
    assert storage.workflows.versions(copy.slug)[0].message == "Copy of panel@1"
    storage.workflows.save(copy.slug, pipeline("Panel", a=2), parent=1)
    assert storage.workflows.pipeline("panel") == pipeline("Panel", a=1)
    assert storage.workflows.fork("panel@1", "Mine").slug == "mine"


@pytest.mark.parametrize("value", ["\ud800", 2**70])
def test_what_json_cannot_carry_is_refused_at_saving(storage: Storage, value: object) -> None:
    with pytest.raises(DocumentError, match="cannot be saved as JSON"):
        storage.workflows.create(pipeline(a=value))
    assert storage.workflows.list() == ()


def test_a_pipeline_too_large_to_be_read_again_is_refused(storage: Storage) -> None:
    nodes = tuple(NodeSpec(id=f"n{number}", kind="expert", config={"text": "x" * 60_000}) for number in range(90))
    with pytest.raises(DocumentError, match="at most 5,000,000"):
        storage.workflows.create(Pipeline(nodes=nodes))
