"""Scorers from short texts, from stored records, and guessed from the data."""

from __future__ import annotations

import pytest

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.scorer import Bench, Scorer
from pipelines.scorer_choice import scorer_from, scorer_of, suggest_scorers, suited
from pipelines.scorers.contains import Contains
from pipelines.scorers.exact_match import ExactMatch
from pipelines.scorers.llm_judge import LlmJudge
from pipelines.scorers.numeric import Numeric
from pipelines.scorers.regex import Regex
from pipelines.value import Answer


@pytest.mark.parametrize(
    ("text", "scorer"),
    [
        ("exact_match", ExactMatch()),
        ("numeric:tolerance=0.01", Numeric(tolerance=0.01)),
        ("numeric:tolerance=1,take=last", Numeric(tolerance=1.0, take="last")),
        ("contains: which=all, whole_words=false", Contains(which="all", whole_words=False)),
        ("regex:pattern=a{1,3}: x=y,whole=true", Regex(pattern="a{1,3}: x=y", whole=True)),
        ("llm_judge:model=large,rubric=Short, and right.", LlmJudge(model="large", rubric="Short, and right.")),
        ('{"kind": "numeric", "take": "first"}', Numeric(take="first")),
    ],
)
def test_a_short_text_names_a_scorer(text: str, scorer: Scorer) -> None:
    assert scorer_of(text) == scorer


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exact", "There is no scorer 'exact'; there is auto, bleu, chrf"),
        ("", "There is no scorer ''"),
        ("numeric:tol=1", "The scorer 'numeric' has no setting 'tol=1'; it has tolerance, relative_tolerance, take."),
        ("numeric:tolerance=much", "The scorer 'numeric' is wrong at tolerance"),
        ("human:scale=1", "The scorer 'human' is wrong at scale"),
        ("{", "is not JSON"),
        ("auto:x=1", "it has none"),
    ],
)
def test_a_wrong_text_is_an_error_that_says_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        scorer_of(text)


@pytest.mark.parametrize("record", [None, [], {}, {"kind": 3}, {"kind": "numeric", "x": 1}])
def test_a_wrong_record_is_an_error(record: object) -> None:
    with pytest.raises(ConfigurationError):
        scorer_from(record)


def rows(*given: dict[str, object]) -> list[Example]:
    return [Example.model_validate({"id": str(n), "query": "?", **fields}) for n, fields in enumerate(given)]


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (rows({"references": ["42"]}, {"references": ["$1,000"]}), ["numeric"]),
        (rows({"references": ["A"], "choices": ["x", "y"]}), ["multiple_choice"]),
        (rows({"references": ["Lima"]}), ["contains", "llm_judge"]),
        (rows({"references": ["yes"]}, {"references": ["No"]}), ["normalised_match", "llm_judge"]),
        (rows({"references": ["a sentence of six words here"]}), ["normalised_match", "llm_judge"]),
        (rows({"references": ["word " * 20]}), ["token_f1", "llm_judge"]),
        (rows({"extra": {"tests": "assert True"}}), ["python_tests"]),
        (rows({"extra": {"schema": {"type": "object"}}}), ["json_schema"]),
        (rows({}, {}), ["llm_judge", "human"]),
        ([], ["llm_judge", "human"]),
        (
            rows(*[{"references": ["1"]}] * 2, {"references": ["A"], "choices": ["x"]}),
            ["auto", "numeric", "multiple_choice"],
        ),
        (rows({"references": ["x"], "extra": {"scorer": "contains"}}), ["contains", "llm_judge"]),
    ],
)
def test_the_data_suggest_their_scorers(data: list[Example], kinds: list[str]) -> None:
    assert [scorer.model_dump()["kind"] for scorer in suggest_scorers(data)] == kinds


async def test_a_short_reference_is_found_in_the_sentence_of_a_model() -> None:
    [example] = rows({"references": ["Paris"]})
    said = [Answer(text="The capital of France is Paris."), Answer(text="It is Parish.")]
    scores = [await suited(example).score(example, answer, Bench()) for answer in said]
    assert [score and score.value for score in scores] == [1.0, 0.0]
