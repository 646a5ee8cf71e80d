"""The ensemble on tables whose answer is known."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from pydantic import ValidationError

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.category import Category
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.space import Space
from tests.pipelines.outcome.tables import table, two_tasks


def _scored_twice() -> OutcomeTable:
    """Returns two tasks in which the words of the question are all there is to know."""
    return two_tasks(120)


def test_it_routes_what_its_members_can_tell_apart() -> None:
    train, test = split_table(_scored_twice(), (0.5, 0.5))
    predicted = Ensemble().fit(train).predict(test.queries)
    assert predicted.argmax(axis=1).tolist() == test.score.argmax(axis=1).tolist()


def test_a_member_that_knows_nothing_counts_nothing() -> None:
    blind = Ridge(penalty=1e6)
    fitted = Ensemble(members=(Ridge(penalty=0.1), blind), evenness=0.0).fit(_scored_twice())
    knowing = fitted.state["weights"][0]
    assert knowing == pytest.approx(1.0, abs=0.1)
    moved = blind.fit(_scored_twice()).predict(["What is 2 plus 2?"]) - 0.5
    assert np.abs(fitted.state["weights"][1] * moved).max() < 0.05


def test_even_weights_are_the_mean_of_the_members() -> None:
    train, members = _scored_twice(), (Ridge(), Knn(neighbours=5))
    fitted = Ensemble(members=members, evenness=100.0).fit(train)
    asked = ["What is 12 plus 30?", "Translate the river number 8 into French"]
    each = [member.fit(train).predict(asked) for member in members]
    assert fitted.state["weights"] == pytest.approx([0.5, 0.5], abs=0.01)
    assert fitted.predict(asked) == pytest.approx(np.mean(each, axis=0), abs=0.02)


def test_without_rows_left_out_all_members_weigh_alike() -> None:
    fitted = Ensemble(members=(Ridge(penalty=0.1), Ridge(penalty=1e6)), folds=1).fit(_scored_twice())
    assert fitted.state["weights"].tolist() == [0.5, 0.5]


def test_members_that_cannot_learn_from_the_table_are_left_out() -> None:
    whole = _scored_twice()
    untold = table(whole.score.tolist(), queries=whole.queries)
    fitted = Ensemble(members=(Category(), Ridge())).fit(untold)
    assert fitted.state["places"].tolist() == [1]
    with pytest.raises(ConfigurationError, match="No member of the ensemble"):
        Ensemble(members=(Category(),)).fit(untold)


def test_it_tells_how_much_each_member_counts() -> None:
    fitted = Ensemble(members=(Ridge(), Knn(neighbours=5))).fit(_scored_twice())
    told = fitted.explain("What is 12 plus 30?")["members"]
    assert [member["kind"] for member in told] == ["ridge", "knn"]
    assert [member["weight"] for member in told] == fitted.state["weights"].tolist()


def test_a_member_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="there is no strategy 'oracle'; there is"):
        Ensemble.model_validate({"members": [{"kind": "oracle"}]})


def test_members_that_look_at_vectors_are_added_on_demand() -> None:
    assert not Ensemble().needs_space
    train = _scored_twice()
    space = asyncio.run(Space.of(HashingEmbedder(), [*train.queries, "What is 12 plus 30?"]))
    asking = Ensemble(members=(Ridge(),), meaning=True)
    assert asking.needs_space
    told = asking.fit(train, space=space).explain("What is 12 plus 30?", space=space)["members"]
    assert [member["kind"] for member in told] == ["ridge", "kernel", "knn", "category"]
