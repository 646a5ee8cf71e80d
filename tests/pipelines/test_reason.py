"""What spoke for a model: the parts add up to the lead, and the words are those of the question."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.featurizer import Featurizer, Speaking
from pipelines.featurizers.embedding import Embedding
from pipelines.featurizers.hashed import Hashed
from pipelines.featurizers.signs import Signs
from pipelines.featurizers.surface import Surface
from pipelines.featurizers.tfidf import Tfidf
from pipelines.routers.boosting import Boosting
from pipelines.routers.cluster import Cluster
from pipelines.routers.logistic import Logistic
from pipelines.routers.mlp import Mlp
from pipelines.routers.ridge import Ridge
from pipelines.routers.svm import Svm
from pipelines.space import Space
from tests.pipelines.outcome.tables import table, two_tasks

TABLE = two_tasks(120)
QUERY = "Translate the river and $7 + 8$ into 日本 (French)"


@pytest.mark.parametrize(
    "featurizer",
    [Tfidf(), Tfidf(dims=4), Tfidf(pairs=False), Hashed(buckets=64), Signs(), Signs(words=Tfidf(dims=4)), Surface()],
    ids=str,
)
@pytest.mark.parametrize("query", [QUERY, "", "zzz"])
def test_the_parts_of_a_question_add_up_to_what_is_seen_of_it(featurizer: Featurizer, query: str) -> None:
    lens = featurizer.lens(featurizer.learn(TABLE.queries))
    assert isinstance(lens, Speaking)
    row = lens.features([query], None)
    direction = np.asarray(np.random.default_rng(0).normal(size=row.shape[1]))
    assert sum(lens.parts(query, direction).values()) == pytest.approx(float(np.asarray(row @ direction)[0]), abs=1e-5)


def test_the_words_of_a_craft_speak_for_its_model() -> None:
    told = Ridge().fit(TABLE).explain("Translate the river number 7 into French")
    assert (told["chosen"], told["runner_up"]) == ("linguist", "counter")
    assert set(told["spoke_for"]) <= {
        *("translate", "the", "river", "number", "into", "french"),
        *("translate the", "the river", "river number", "into french"),
    }
    assert told["spoke_against"] == {}
    assert told["lead"] > 0.5


def test_what_is_not_of_the_words_is_the_head_start_of_the_mean() -> None:
    rows = table([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]], queries=["a b", "a c", "d e", "d f"])
    told = Ridge(penalty=1.0).fit(rows).explain("a d x")
    assert told["head_start"] == pytest.approx(0.5)
    assert (list(told["spoke_for"]), list(told["spoke_against"])) == (["a"], ["d"])
    assert told["lead"] == pytest.approx(0.5 + told["spoke_for"]["a"] + told["spoke_against"]["d"])


@pytest.mark.parametrize("strategy", [Logistic(), Svm()], ids=str)
def test_log_odds_and_margins_are_told_by_words_too(strategy: Logistic | Svm) -> None:
    told = strategy.fit(TABLE).explain("What is 5 plus 6?")
    assert told["chosen"] == "counter"
    assert {"what", "plus"} & set(told["spoke_for"])


def test_what_is_not_linear_is_told_by_leaving_words_out() -> None:
    fitted = Mlp().fit(TABLE)
    told = fitted.explain("What plus 6")
    assert told["chosen"] == "counter"
    rest = {"what": " plus 6", "plus": "What  6"}
    assert set(told["spoke_for"]) == set(rest)
    for word, worth in told["spoke_for"].items():
        without = fitted.predict([rest[word]])[0]
        assert worth == pytest.approx(told["lead"] - float(without[0] - without[1]), abs=1e-5)


def test_trees_on_looks_tell_which_words_change_them() -> None:
    told = Boosting(featurizer=Surface(), rounds=20).fit(TABLE).explain("What is 5 plus 6?")
    assert (told["chosen"], told["runner_up"]) == ("counter", "linguist")
    assert set(told["spoke_for"]) <= {"what", "is", "5", "plus", "6"}


def test_a_vector_of_meaning_has_no_names_for_its_parts() -> None:
    rng = np.random.default_rng(0)
    space = Space(TABLE.queries, rng.normal(size=(TABLE.n_queries, 4)).astype(np.float32))
    query = TABLE.queries[0]
    assert Ridge(featurizer=Embedding()).fit(TABLE, space=space).explain(query, space=space) == {}
    assert set(Mlp(featurizer=Embedding()).fit(TABLE, space=space).explain(query, space=space)) == {"success"}


def test_one_model_has_no_rival_and_a_group_tells_who_is_good_in_it() -> None:
    assert Ridge().fit(TABLE.columns(["counter"])).explain("What is 5 plus 6?") == {}
    told = Cluster(n_clusters=2).fit(TABLE).explain("What is 5 plus 6?")
    assert told["scores_there"]["counter"] > 0.9 > 0.1 > told["scores_there"]["linguist"]
