"""Document sets come back whole and in order."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError, DocumentError
from pipelines.value import Document
from storage import Storage
from storage.error import NameTaken
from tests.storage.changed import STRANGE

RHINE = Document(title="Rhine 漢 \x00", text=f"A river. {STRANGE}")
SPREE = Document(title="Spree", text="Another river.")


def test_documents_come_back_as_they_were(storage: Storage) -> None:
    storage.documents.create("rivers", [SPREE, RHINE, SPREE])
    assert storage.documents.documents("rivers") == (SPREE, RHINE, SPREE)


def test_the_list_counts_documents_and_characters(storage: Storage) -> None:
    storage.documents.create("rivers", [SPREE, SPREE])
    info = storage.documents.create("empty", [])
    assert (info.name, info.documents, info.characters) == ("empty", 0, 0)
    assert [(s.name, s.documents, s.characters) for s in storage.documents.list()] == [
        ("empty", 0, 0),
        ("rivers", 2, 28),
    ]


def test_a_name_is_given_once(storage: Storage) -> None:
    storage.documents.create("rivers", [SPREE])
    with pytest.raises(NameTaken, match="already a document set 'rivers'"):
        storage.documents.create("rivers", [RHINE])
    assert storage.documents.documents("rivers") == (SPREE,)


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_a_name_has_a_length(storage: Storage, name: str) -> None:
    with pytest.raises(DocumentError, match="has 1 to 120"):
        storage.documents.create(name, [])


def test_a_set_is_replaced_as_a_whole(storage: Storage) -> None:
    storage.documents.create("rivers", [SPREE, SPREE])
    info = storage.documents.replace("rivers", [RHINE])
    assert info.documents == 1
    assert storage.documents.documents("rivers") == (RHINE,)


def test_a_deleted_set_is_gone_with_its_documents(storage: Storage) -> None:
    storage.documents.create("rivers", [SPREE])
    storage.documents.delete("rivers")
    assert storage.documents.list() == ()
    storage.documents.create("rivers", [])
    assert storage.documents.documents("rivers") == ()


def test_an_unknown_set_is_told_with_those_that_are_there(storage: Storage) -> None:
    storage.documents.create("rivers", [])
    for use in (
        storage.documents.documents,
        storage.documents.delete,
        lambda name: storage.documents.replace(name, []),
    ):
        with pytest.raises(ConfigurationError, match="no document set 'lakes'; there is rivers"):
            use("lakes")
