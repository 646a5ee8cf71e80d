"""What every featurizer keeps to."""

from __future__ import annotations

import asyncio
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from pipelines.featured import dense
from pipelines.featurizer import Featurizer
from pipelines.featurizers import featurizer_kinds
from pipelines.packed import pack, unpack
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.space import Space
from tests.pipelines.outcome.tables import two_tasks

KINDS = sorted(featurizer_kinds())
TRAINED = two_tasks(60).queries
ASKED = ("", " ", "zyxwv", "\u6f22\u5b57\U0001f99c\x00\ud800", "What is 3 plus 4? " * 6_000, TRAINED[0])


@pytest.fixture(params=KINDS)
def cls(request: pytest.FixtureRequest) -> type[Featurizer]:
    return featurizer_kinds()[request.param]


@pytest.fixture(scope="module")
def space() -> Space:
    return asyncio.run(Space.of(HashingEmbedder(), [*TRAINED, *ASKED]))


def test_the_folder_and_the_registry_name_the_same_kinds() -> None:
    import pipelines.featurizers

    files = {path.stem for path in Path(pipelines.featurizers.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(KINDS) == files
    assert {"tfidf", "surface", "embedding"} <= files


def test_it_says_what_it_does_and_where_it_comes_from(cls: type[Featurizer]) -> None:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
    assert cls().model_dump()["kind"] == Path(inspect.getfile(cls)).stem == snake
    help_line, _, rest = (cls.__doc__ or "").partition("\n")
    assert 20 <= len(help_line) <= 120
    assert help_line.endswith(".")
    assert re.search(r"^\s+Source: \S", rest, re.MULTILINE)
    assert [each.title for each in featurizer_kinds().values()].count(cls.title) == 1


def test_any_question_becomes_a_finite_row(cls: type[Featurizer], space: Space) -> None:
    featurizer = cls()
    lens = featurizer.lens(featurizer.learn(TRAINED, space=space))
    rows = dense(lens.features(ASKED, space))
    assert rows.dtype == np.float32
    assert rows.shape == (len(ASKED), dense(lens.features(TRAINED, space)).shape[1])
    assert np.isfinite(rows).all()
    assert dense(lens.features([], space)).shape == (0, rows.shape[1])


def test_what_was_learned_is_stored_and_sees_the_same(cls: type[Featurizer], space: Space) -> None:
    featurizer = cls()
    learned = featurizer.learn(TRAINED, space=space, seed=2)
    again = featurizer.learn(TRAINED, space=space, seed=2)
    assert sorted(again) == sorted(learned)
    rows = dense(featurizer.lens(learned).features(ASKED, space))
    stored = featurizer.lens(unpack(pack(learned)))
    assert np.array_equal(dense(stored.features(ASKED, space)), rows)
    assert np.array_equal(dense(featurizer.lens(again).features(ASKED, space)), rows)


def test_a_row_does_not_depend_on_its_neighbours(cls: type[Featurizer], space: Space) -> None:
    featurizer = cls()
    lens = featurizer.lens(featurizer.learn(TRAINED, space=space))
    together = dense(lens.features(ASKED, space))
    alone = np.vstack([dense(lens.features([query], space)) for query in ASKED])
    assert alone == pytest.approx(together, abs=1e-6)


def test_one_question_is_enough_to_learn_from(cls: type[Featurizer], space: Space) -> None:
    featurizer = cls()
    for queries in (TRAINED[:1], ("",)):
        lens = featurizer.lens(featurizer.learn(queries, space=space))
        assert np.isfinite(dense(lens.features(TRAINED[:3], space))).all()
