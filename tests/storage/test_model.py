"""Catalogue entries come back as they were."""

from __future__ import annotations

import pytest

from pipelines.error import NotFound
from storage import Storage
from tests.storage.changed import MODEL


def test_an_entry_comes_back_as_it_was(storage: Storage) -> None:
    storage.models.put(MODEL)
    assert storage.models.list() == (MODEL,)


def test_an_entry_replaces_the_one_of_its_name(storage: Storage) -> None:
    storage.models.put(MODEL)
    storage.models.put(MODEL.model_copy(update={"note": "new"}))
    assert [entry.note for entry in storage.models.list()] == ["new"]


def test_entries_are_listed_by_name(storage: Storage) -> None:
    for name in ("b", "a", "c"):
        storage.models.put(MODEL.model_copy(update={"name": name}))
    assert [entry.name for entry in storage.models.list()] == ["a", "b", "c"]


def test_a_removed_entry_is_gone(storage: Storage) -> None:
    storage.models.put(MODEL)
    storage.models.remove("big")
    assert storage.models.list() == ()
    with pytest.raises(NotFound, match="No model 'big' was added here; added or changed are none"):
        storage.models.remove("big")
