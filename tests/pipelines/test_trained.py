"""A trained router as a thing: what is on its card, and that files of strangers are refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from pipelines.error import ConfigurationError, DocumentError
from pipelines.featurizers.embedding import Embedding
from pipelines.outcome.split import split_table
from pipelines.packed import pack, unpack
from pipelines.routers.cluster import Cluster
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.routing.evaluation import evaluate_router
from pipelines.trained import RouterCard, TrainedRouter
from tests.pipelines.outcome.tables import table, two_tasks

ROUTER = TrainedRouter.fit("crafts", Ridge(penalty=2.0), two_tasks(60), seed=4, split="all rows")


def _with(**changes: NDArray[Any] | None) -> bytes:
    """Returns the arrays of the router with some replaced, or left out; `_` stands for `/` and `-` for `_`."""
    named = {name.replace("_", "/", 1).replace("-", "_"): array for name, array in changes.items()}
    arrays = {**unpack(ROUTER.arrays()), **named}
    return pack({name: array for name, array in arrays.items() if array is not None})


def test_the_card_says_what_it_learned_from() -> None:
    card = ROUTER.card
    assert (card.name, card.models, card.table, card.n_train, card.seed) == (
        "crafts",
        ("counter", "linguist"),
        "small",
        60,
        4,
    )
    assert card.strategy["kind"] == "ridge"
    assert card.strategy["penalty"] == 2.0
    assert card.data_hash == two_tasks(60).content_hash
    assert (card.embedder, card.figures) == (None, None)
    assert RouterCard.model_validate_json(card.model_dump_json()) == card


def test_training_rows_are_known_again_after_loading() -> None:
    loaded = TrainedRouter.load(ROUTER.card, ROUTER.arrays())
    with pytest.raises(ConfigurationError, match="60 of 60 test rows are also training rows"):
        evaluate_router(loaded, two_tasks(60))


def test_a_loaded_router_is_judged_as_the_fresh_one() -> None:
    train, test = split_table(two_tasks(120), (0.5, 0.5))
    fresh = TrainedRouter.fit("r", Knn(neighbours=5), train)
    loaded = TrainedRouter.load(fresh.card, fresh.arrays())
    one, other = (evaluate_router(router, test) for router in (fresh, loaded))
    timed = {"fit_s", "decisions_per_s", "p99_ms"}
    assert one.routers[0].model_dump(exclude=timed) == other.routers[0].model_dump(exclude=timed)
    assert one.references == other.references
    assert one.references["task table"].accuracy.value == 1.0


def test_a_table_without_one_of_its_models_cannot_judge_it() -> None:
    other = table([[1.0, 0.0]] * 4, models=["counter", "painter"])
    with pytest.raises(DocumentError, match="no model 'linguist'"):
        evaluate_router(ROUTER, other)


def test_vectors_and_their_embedder_belong_together() -> None:
    with pytest.raises(ConfigurationError, match="looks at vectors"):
        TrainedRouter.fit("r", Ridge(featurizer=Embedding()), two_tasks(10))


@pytest.mark.parametrize("name", ["", "My Router", "a" * 81, "../x", "a@1"])
def test_a_name_is_a_slug(name: str) -> None:
    with pytest.raises(DocumentError, match="cannot name a router"):
        TrainedRouter.fit(name, Ridge(), two_tasks(10))
    with pytest.raises(ValidationError):
        RouterCard(**{**ROUTER.card.model_dump(), "name": name})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_with(state_models=np.array(["a", "b"])), "belong to other models"),
        (_with(state_models=None), "belong to other models"),
        (_with(state_weights=None), "do not fit together"),
        (_with(state_weights=np.zeros((3, 2), np.float32)), "do not fit together"),
        (_with(state_weights=np.array(["x"])), "do not fit together"),
        (_with(state_mean=np.array([np.nan, 0.5])), "its arrays are damaged"),
        (_with(state_mean=np.array([np.inf, 0.5])), "its arrays are damaged"),
        (_with(state_mean=np.zeros((7, 2))), "its arrays are damaged"),
        (_with(**{"state_features.terms": np.array([255, 254], np.uint8)}), "do not fit together"),
        (_with(**{"state_features.idf": None}), "do not fit together"),
        (_with(background_means=None), "The array 'means' of a trained router is nothing"),
        (_with(background_means=np.zeros(3)), r"The array 'means' of a trained router is float64 of the shape \(3,\)"),
        (_with(background_seen=np.zeros(3)), "The array 'seen' of a trained router is float64"),
        (_with(**{"background_base-usd": np.array(["1", "2"])}), "The array 'base_usd' of a trained router is <U1"),
        (_with(**{"background_task-means": np.zeros((9, 9))}), "The array 'task_means' of a trained router"),
        (b"", "cannot be read"),
    ],
)
def test_arrays_that_are_no_router_are_told(content: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        TrainedRouter.load(ROUTER.card, content)


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ({"kind": "oracle"}, "The strategy of the router 'crafts' is wrong"),
        ({"kind": "ridge", "penalty": -1}, "is wrong at 'ridge.penalty'"),
        ({"kind": "ridge", "code": "import os"}, "is wrong at 'ridge.code'"),
        ({}, "The strategy of the router 'crafts' is wrong"),
    ],
)
def test_a_card_with_a_made_up_strategy_is_told(strategy: dict[str, Any], words: str) -> None:
    card = ROUTER.card.model_copy(update={"strategy": strategy})
    with pytest.raises(DocumentError, match=words):
        TrainedRouter.load(card, ROUTER.arrays())


def test_arrays_of_another_kind_of_strategy_are_told() -> None:
    other = TrainedRouter.fit("crafts", Cluster(n_clusters=2), two_tasks(60))
    with pytest.raises(DocumentError, match="do not fit together"):
        TrainedRouter.load(ROUTER.card, other.arrays())


def test_a_file_damaged_anywhere_is_told_or_still_a_router() -> None:
    content = ROUTER.arrays()
    for place in range(0, len(content), max(1, len(content) // 400)):
        damaged = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        try:
            loaded = TrainedRouter.load(ROUTER.card, damaged)
        except DocumentError:
            continue
        assert loaded.predict(["What is 1 plus 2?"])[0].shape == (1, 2)


def test_an_array_that_claims_to_be_huge_takes_no_room() -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**13,)})
    for claim in (header.getvalue(), header.getvalue().replace(b"(10000000000000,)", b"(-1, -200000000,)")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.npy", claim)
        with pytest.raises(DocumentError, match="claims the shape"):
            unpack(buffer.getvalue())


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", b"\0" * 1_000)
    content = bytearray(buffer.getvalue())
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (3 * 1024**3).to_bytes(4, "little")
    with pytest.raises(DocumentError, match="allowed are 1000 of"):
        unpack(bytes(content))
