"""The routers that ship with the product: trained when first asked for, and then as any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.library import Library
from app.shipped_router import recipes, shipped_router
from app.template import templates
from pipelines.error import NotFound
from storage import Storage, open_storage

FACT, SUM = "What is the capital of Italy?", "What is 17 times 23, less 4?"


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(tmp_path / "home.db")
    yield opened
    opened.close()


def test_every_recipe_is_used_by_a_template() -> None:
    asked = {spec.config.get("router") for pipeline in templates().values() for spec in pipeline.nodes}
    assert asked - {None} == set(recipes())


def test_a_router_is_trained_when_it_is_asked_for_and_stored(storage: Storage) -> None:
    library = Library(storage)
    assert storage.routers.list() == []
    assert set(library.routers()) == set(recipes())
    card = library.router("practice-ways").card
    assert (card.table, card.models) == ("practice-ways", ("direct", "recall", "reasoning"))
    assert card.split == "70% of practice-ways at random, whole groups, seed 0"
    assert 500 < card.n_train < 600
    assert [(number, found.name) for number, found in storage.routers.list()] == [(1, "practice-ways")]
    assert library.router("practice-ways@1").card == card
    assert len(library.routers()) == len(recipes())


def test_a_name_of_neither_kind_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound, match="no trained router 'practice-nothing'"):
        Library(storage).router("practice-nothing")


def test_facts_are_recalled_and_sums_are_reasoned() -> None:
    router = shipped_router("practice-ways")
    scores, costs = router.predict([FACT, SUM])
    assert [router.card.models[place] for place in scores.argmax(axis=1)] == ["recall", "reasoning"]
    assert (costs[:, 0] < costs[:, 2]).all()


def test_each_craft_goes_to_its_specialist() -> None:
    router = shipped_router("practice-crafts")
    questions = ["Write a Python function that returns the names.", "Translate 'bridge' into Polish.", "Who are you?"]
    scores, _ = router.predict(questions)
    assert [router.card.models[place] for place in scores.argmax(axis=1)] == ["coder-1", "linguist-1", "large-1"]
