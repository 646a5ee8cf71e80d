"""Trained routers and outcome tables come back as they were, in versions."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import DocumentError, NotFound
from pipelines.routers.ridge import Ridge
from pipelines.trained import TrainedRouter
from storage import Storage
from tests.pipelines.outcome.tables import table, two_tasks


def _router(seed: int = 0) -> TrainedRouter:
    return TrainedRouter.fit("crafts", Ridge(penalty=2.0), two_tasks(seed=seed), seed=seed, title="Two crafts")


def test_a_router_predicts_as_before(storage: Storage) -> None:
    router = _router()
    assert storage.routers.put(router) == 1
    found = storage.routers.get("crafts")
    assert found.card == router.card
    queries = ["What is 3 plus 4?", "Translate the river"]
    assert found.predict(queries)[0].tolist() == router.predict(queries)[0].tolist()


def test_a_router_trained_anew_is_a_new_version_and_the_old_one_stays(storage: Storage) -> None:
    first, second = _router(), _router(seed=1)
    assert [storage.routers.put(first), storage.routers.put(first), storage.routers.put(second)] == [1, 1, 2]
    assert storage.routers.get("crafts").card == second.card
    assert storage.routers.get("crafts@1").card == first.card
    assert [(number, card.name) for number, card in storage.routers.list()] == [(2, "crafts")]


def test_an_unknown_router_is_told_with_those_there_are(storage: Storage) -> None:
    storage.routers.put(_router())
    with pytest.raises(NotFound, match="no trained router 'craft'; there is crafts"):
        storage.routers.get("craft")
    with pytest.raises(NotFound):
        storage.routers.get("crafts@9")


def test_a_deleted_router_is_gone_with_its_versions(storage: Storage) -> None:
    storage.routers.put(_router())
    storage.routers.delete("crafts")
    assert storage.routers.list() == []


def test_arrays_of_another_router_are_refused() -> None:
    router = _router()
    other = TrainedRouter.fit("other", Ridge(), table([[1.0, 0.0, 0.5]] * 5))
    with pytest.raises(DocumentError, match="belong to other models"):
        TrainedRouter.load(router.card, other.arrays())
    with pytest.raises(DocumentError, match="cannot be read"):
        TrainedRouter.load(router.card, b"PK\x03\x04 nothing")


def test_a_table_comes_back_with_holes_answers_and_texts(storage: Storage) -> None:
    whole = table([[1.0, np.nan], [0.25, 0.0]], queries=["\u4f60\u597d?", 'say "hi"\n'], tasks=["a", ""])
    storage.outcome_tables.put(whole, "small", licence="CC0-1.0")
    found = storage.outcome_tables.get("small")
    assert found.queries == whole.queries
    assert found.tasks == ("a", "")
    assert np.array_equal(found.score, whole.score, equal_nan=True)
    assert found.content_hash == whole.content_hash
    [(number, card)] = storage.outcome_tables.list()
    assert (number, card.n_queries, card.missing, card.priced, card.licence) == (1, 2, 1, False, "CC0-1.0")


def test_the_same_table_is_stored_once_and_a_filled_one_is_a_new_version(storage: Storage) -> None:
    holed = table([[1.0, np.nan]])
    assert storage.outcome_tables.put(holed, "small") == 1
    assert storage.outcome_tables.put(holed, "small") == 1
    assert storage.outcome_tables.put(table([[1.0, 0.0]]), "small") == 2
    assert storage.outcome_tables.get("small@1").missing.sum() == 1
