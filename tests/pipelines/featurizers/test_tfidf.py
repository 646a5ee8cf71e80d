"""Words as numbers, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from pipelines.featurizers.surface import NAMES, Surface
from pipelines.featurizers.tfidf import MOST_LEARNED, Tfidf, terms

TEXTS = ["the red house", "the red car", "a blue car by the house", "blue sky", "the sky the sky"]


def test_rows_equal_those_of_scikit_learn() -> None:
    theirs = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\w+")
    expected = theirs.fit_transform(TEXTS)
    lens = Tfidf().lens(Tfidf().learn(TEXTS))
    found = lens.sparse(TEXTS)
    order = [lens.terms.index(term) for term in theirs.get_feature_names_out()]
    assert found.toarray()[:, order] == pytest.approx(expected.toarray(), abs=1e-6)


def test_a_script_without_spaces_is_read_by_letters() -> None:
    assert terms("今天天气 ok", pairs=True) == ["今", "天", "天", "气", "ok", "今 天", "天 天", "天 气", "气 ok"]


def test_a_question_of_unknown_words_is_all_zeros() -> None:
    lens = Tfidf().lens(Tfidf().learn(TEXTS))
    assert lens.sparse(["zzz qqq", ""]).toarray().tolist() == np.zeros((2, len(lens.terms))).tolist()


def test_condensed_rows_have_unit_length() -> None:
    small = Tfidf(dims=3)
    rows = small.lens(small.learn(TEXTS)).features(TEXTS, None)
    assert rows.shape == (5, 3)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_looks_are_measured_on_the_scale_of_the_training_questions() -> None:
    surface = Surface()
    rows = surface.lens(surface.learn(TEXTS)).features(TEXTS, None)
    assert rows.shape == (5, len(NAMES))
    assert rows.mean(axis=0) == pytest.approx(np.zeros(len(NAMES)), abs=1e-5)


def test_of_very_many_questions_a_drawn_part_says_how_rare_words_are() -> None:
    texts = ["red house" if number % 2 else "red car" for number in range(2 * MOST_LEARNED)]
    learned = Tfidf(pairs=False).learn(texts, seed=1)
    lens = Tfidf(pairs=False).lens(learned)
    assert sorted(lens.terms) == ["car", "house", "red"]
    assert learned["idf"][lens.terms.index("red")] == pytest.approx(1.0)
    assert learned["idf"][lens.terms.index("car")] == pytest.approx(1.0 + np.log(2), abs=0.02)
