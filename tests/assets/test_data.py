"""The demo data: whole, with references that its own scorers take for right, and only where they belong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.schema import mismatch
from pipelines.scorer import Bench
from pipelines.scorer_choice import suggest_scorers, suited
from pipelines.scorers.auto import Auto
from pipelines.value import Answer

ASSETS = Path(__file__).parents[2] / "assets"
FILES = sorted((ASSETS / "data").glob("*.jsonl"))
FERRY = {path.read_text() for path in (ASSETS / "documents" / "larkhaven-ferry").glob("*.md")}


def loaded(path: Path) -> DataSet:
    about = orjson.loads(path.with_suffix(".json").read_bytes())
    return DataSet(**about, examples=tuple(map(Example.model_validate_json, path.read_text().splitlines())))


MIX = loaded(ASSETS / "data" / "everyday-mix.jsonl")
OTHERS = {
    one.id: next(other for other in MIX.examples if other.tags == one.tags and other.references[0] != one.references[0])
    for one in MIX.examples
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_data_set_says_what_it_is_and_under_which_licence(path: Path) -> None:
    data = loaded(path)
    assert data.name == path.stem
    assert data.title
    assert data.description
    assert (data.source, data.licence) == ("Written for Routeloom.", "CC0-1.0")
    assert all(example.references and example.tags and example.difficulty for example in data.examples)


def test_the_mix_has_nine_kinds_in_three_difficulties() -> None:
    assert Counter(tag for example in MIX.examples for tag in example.tags) == {
        "arithmetic": 42,
        "knowledge": 36,
        "text-and-date": 32,
        "fact": 30,
        "classification": 24,
        "document": 24,
        "extraction": 21,
        "sql": 20,
        "tool-call": 18,
    }
    assert {example.difficulty for example in MIX.examples} == {"easy", "medium", "hard"}
    assert len({tag for example in MIX.examples[:20] for tag in example.tags}) == 9


def test_the_scorer_of_the_mix_is_the_one_that_suits_each_row() -> None:
    assert suggest_scorers(MIX.examples)[0] == Auto()
    assert [example.id for example in MIX.examples if suited(example).lack(example)] == []


@pytest.mark.parametrize("example", MIX.examples, ids=lambda example: example.id)
async def test_the_reference_is_right_and_that_of_another_row_is_not(example: Example) -> None:
    for reference in example.references:
        right = await Auto().score(example, Answer(text=reference), Bench())
        assert right is not None
        assert right.value == 1.0, right.reason
    wrong = await Auto().score(example, Answer(text=OTHERS[example.id].references[0]), Bench())
    assert wrong is not None
    assert wrong.value < 1.0
    empty = await Auto().score(example, Answer(text=""), Bench())
    assert empty is not None
    assert empty.value == (1.0 if example.extra.get("possible_answers") == [] else 0.0)


def test_choices_are_four_at_most_and_the_reference_is_one_of_them() -> None:
    chosen = Counter()
    for example in MIX.examples:
        if example.choices:
            chosen[example.references[0]] += 1
            assert "ABCD".index(example.references[0]) < len(example.choices) <= 4
            assert len(set(example.choices)) == len(example.choices)
    assert min(chosen[letter] for letter in "ABCD") >= 8


def test_questions_on_documents_bring_the_documents_that_ship_and_stay_together() -> None:
    asked = [example for example in MIX.examples if example.documents]
    assert {document.text for example in asked for document in example.documents} == FERRY
    assert all(example.group == f"larkhaven-{example.group.partition('-')[2]}" for example in asked if example.group)
    assert len({(example.group, example.documents) for example in asked}) == 4


def test_references_of_extractions_follow_their_schemas() -> None:
    wrong = [
        (example.id, problem)
        for example in MIX.examples
        if "schema" in example.extra
        and (problem := mismatch(orjson.loads(example.references[0]), example.extra["schema"]))
    ]
    assert wrong == []


def test_rows_of_one_pattern_are_one_group() -> None:
    assert all(example.group for example in MIX.examples if example.tags[0] in ("arithmetic", "text-and-date", "sql"))


def test_a_row_cannot_ask_for_a_judge() -> None:
    greedy = MIX.examples[0].model_copy(update={"extra": {"scorer": "llm_judge"}})
    with pytest.raises(ConfigurationError, match="which a row may not choose"):
        suited(greedy)
