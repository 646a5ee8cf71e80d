"""What every learned strategy keeps to, so that a new file can be trained, stored, explained and routed with."""

from __future__ import annotations

import asyncio
import inspect
import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from pipelines.error import ConfigurationError
from pipelines.featurizers import featurizer_kinds
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.packed import KINDS as STORED_KINDS
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers import AnyRouter, router_kinds
from pipelines.space import Space
from pipelines.trained import TrainedRouter
from tests.pipelines.outcome.tables import table, two_tasks

KINDS = sorted(router_kinds())
ADAPTER: TypeAdapter[LearnedStrategy] = TypeAdapter(AnyRouter)
LONG = "What is 3 plus 4? " * 6_000
STRANGE = ("", " ", LONG, "zyxwv qqqq", "\u6f22\u5b57 \U0001f99c \x00 \ud800", "{}{__class__} %s \\")
ASKED = ("What is 12 plus 30?", "Translate the river number 8 into French", *STRANGE)
FEATURIZERS = tuple({"kind": kind} for kind in sorted(featurizer_kinds()))
POOL: tuple[Any, ...] = (True, False, 3, 7, 50, 0.25, 0.5, 1.5, None, *FEATURIZERS, ({"kind": "ridge"},))


@pytest.fixture(params=KINDS)
def cls(request: pytest.FixtureRequest) -> type[LearnedStrategy]:
    return router_kinds()[request.param]


@pytest.fixture(scope="module")
def space() -> Space:
    tables = (two_tasks(60), two_tasks(60, seed=5))
    texts = [*ASKED, *(query for each in tables for query in each.queries)]
    return asyncio.run(Space.of(HashingEmbedder(), texts))


def _holed(whole: OutcomeTable) -> OutcomeTable:
    """Returns the table with a third of its cells missing."""
    score = whole.score.copy()
    score[::3, 0] = score[1::3, 1] = np.nan
    return table(score.tolist(), queries=whole.queries, tasks=whole.tasks, models=whole.models)


def _changes(cls: type[LearnedStrategy]) -> dict[str, Any]:
    """Returns another value for every field, of those that a field may take."""
    fields = [name for name in cls.model_fields if name != "kind"]
    return {name: next(value for value in _values(cls, name) if _differs(cls, name, value)) for name in fields}


def _values(cls: type[LearnedStrategy], name: str) -> list[Any]:
    schema = cls.model_json_schema()["properties"][name]
    return [value for part in schema.get("anyOf", [schema]) for value in part.get("enum", ())] + list(POOL)


def _differs(cls: type[LearnedStrategy], name: str, value: Any) -> bool:
    try:
        return bool(getattr(cls(**{name: value}), name) != getattr(cls(), name))
    except ValidationError:
        return False


def test_the_folder_and_the_registry_name_the_same_kinds() -> None:
    import pipelines.routers

    files = {path.stem for path in Path(pipelines.routers.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(KINDS) == files
    assert {"ridge", "knn", "cluster", "category"} <= files


def test_file_name_kind_and_class_name_agree(cls: type[LearnedStrategy]) -> None:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
    assert cls().model_dump()["kind"] == Path(inspect.getfile(cls)).stem == snake


def test_it_says_what_it_does_and_where_it_comes_from(cls: type[LearnedStrategy]) -> None:
    help_line, _, rest = (cls.__doc__ or "").partition("\n")
    assert 20 <= len(help_line) <= 120
    assert help_line.endswith(".")
    assert re.search(r"^\s+Source: \S", rest, re.MULTILINE)
    titles = [each.title for each in router_kinds().values()]
    assert titles.count(cls.title) == 1
    assert cls.food in {"nothing", "outcomes", "battles"}


def test_every_field_has_a_bound_or_a_choice_and_a_description(cls: type[LearnedStrategy]) -> None:
    for name, field in cls.model_fields.items():
        if name != "kind":
            assert field.description, f"{cls.__name__}.{name} has no description"
            assert not field.is_required(), f"{cls.__name__}.{name} has no default"


def test_changed_fields_come_back_from_json(cls: type[LearnedStrategy]) -> None:
    changed = cls(**_changes(cls))
    back = ADAPTER.validate_json(changed.model_dump_json())
    assert type(back) is cls
    assert back == changed
    plain = cls()
    assert [name for name in cls.model_fields if getattr(back, name) == getattr(plain, name)] == ["kind"]


def test_an_untrained_one_says_so(cls: type[LearnedStrategy]) -> None:
    with pytest.raises(ConfigurationError, match="has not been trained"):
        _ = cls().state


def test_fit_returns_another_object_and_leaves_this_one(cls: type[LearnedStrategy], space: Space) -> None:
    plain = cls()
    fitted = plain.fit(two_tasks(60), space=space)
    assert fitted is not plain
    assert plain._state is None
    assert fitted.model_dump() == plain.model_dump()
    assert fitted.models == ("counter", "linguist")
    before = fitted.predict(ASKED, space=space)
    other = _holed(two_tasks(60, seed=5))
    again = fitted.fit(other, space=space)
    assert np.array_equal(again.predict(ASKED, space=space), plain.fit(other, space=space).predict(ASKED, space=space))
    assert np.array_equal(fitted.predict(ASKED, space=space), before)


def test_the_same_seed_learns_the_same(cls: type[LearnedStrategy], space: Space) -> None:
    one, other = (cls().fit(_holed(two_tasks(60)), space=space, seed=3) for _ in range(2))
    assert sorted(one.state) == sorted(other.state)
    assert np.array_equal(one.predict(ASKED, space=space), other.predict(ASKED, space=space))


def test_what_was_learned_is_numbers_and_text(cls: type[LearnedStrategy], space: Space) -> None:
    state = cls().fit(two_tasks(60), space=space).state
    assert {name: array.dtype.kind for name, array in state.items() if array.dtype.kind not in STORED_KINDS} == {}


def test_a_stored_one_predicts_the_same_to_the_last_bit(cls: type[LearnedStrategy], space: Space) -> None:
    router = TrainedRouter.fit("r", cls(), two_tasks(60), space=space, embedder="hashing")
    card = type(router.card).model_validate_json(router.card.model_dump_json())
    loaded = TrainedRouter.load(card, router.arrays())
    assert loaded.card == router.card
    assert np.array_equal(loaded.predict(ASKED, space=space)[0], router.predict(ASKED, space=space)[0])
    assert loaded.strategy.explain(ASKED[0], space=space) == router.strategy.explain(ASKED[0], space=space)


def test_a_missing_cell_is_neither_an_error_nor_a_score(cls: type[LearnedStrategy], space: Space) -> None:
    whole = two_tasks(60)
    none = table([[1.0, np.nan]] * 60, queries=whole.queries, tasks=whole.tasks, models=whole.models)
    for outcomes in (_holed(whole), none):
        scores = cls().fit(outcomes, space=space).predict(ASKED, space=space)
        assert scores.shape == (len(ASKED), 2)
        assert np.isfinite(scores).all()


def test_any_question_gets_a_finite_score(cls: type[LearnedStrategy], space: Space) -> None:
    fitted = cls().fit(two_tasks(60), space=space)
    scores = fitted.predict(ASKED, space=space)
    assert scores.shape == (len(ASKED), 2)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert fitted.predict([], space=space).shape == (0, 2)


def test_a_question_is_scored_alone_as_among_others(cls: type[LearnedStrategy], space: Space) -> None:
    fitted = cls().fit(two_tasks(60), space=space)
    together = fitted.predict(ASKED, space=space)
    alone = np.vstack([fitted.predict([query], space=space) for query in ASKED])
    assert alone == pytest.approx(together, abs=1e-5)


def test_a_huge_question_takes_little_memory(cls: type[LearnedStrategy], space: Space) -> None:
    fitted = cls().fit(two_tasks(60), space=space)
    fitted.predict(ASKED[:2], space=space)
    tracemalloc.start()
    fitted.predict([LONG], space=space)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * 1024**2


def test_the_reasons_are_json(cls: type[LearnedStrategy], space: Space) -> None:
    fitted = cls().fit(_holed(two_tasks(60)), space=space)
    for query in ASKED[:4]:
        assert isinstance(orjson.loads(orjson.dumps(fitted.explain(query, space=space))), dict)


def test_a_table_without_scores_is_refused(cls: type[LearnedStrategy], space: Space) -> None:
    nothing = table([[np.nan, np.nan]] * 4, queries=two_tasks(60).queries[:4], tasks=["a", "b", "a", "b"])
    for empty in (nothing, nothing.rows(np.zeros(4, dtype=np.bool_))):
        with pytest.raises(ConfigurationError):
            cls().fit(empty, space=space)
