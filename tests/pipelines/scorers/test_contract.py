"""What holds for every scorer."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.form.spec import form_fields
from app.form.widget import WIDGETS
from pipelines.data.example import Example
from pipelines.error import ConfigurationError, RouteloomError
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.scorer import Bench, Scorer
from pipelines.scorers import AnyScorer, scorer_kinds
from pipelines.value import Answer
from tests.pipelines.nodes.scripted import ScriptedModels

EXTRAS: dict[str, dict[str, Any]] = {
    "regex": {"pattern": r"\b4\d\b"},
    "json_schema": {"schema": {"type": "object"}},
    "json_match": {"schema": {"type": "object"}},
    "sql_result": {"database": {"t": [{"a": 1}]}},
    "tool_call": {
        "functions": [{"name": "f", "parameters": {"type": "dict", "properties": {"a": {"type": "integer"}}}}]
    },
    "python_tests": {"tests": "assert True"},
}
REFERENCES = {"json_match": '{"a": 1}', "sql_result": "SELECT a FROM t", "tool_call": "f(a=1)", "multiple_choice": "B"}
CHANGED: dict[str, dict[str, Any]] = {
    "exact_match": {"case_sensitive": False},
    "normalised_match": {},
    "contains": {"which": "all", "case_sensitive": True, "whole_words": False},
    "regex": {"pattern": "x", "whole": True, "ignore_case": True},
    "multiple_choice": {},
    "numeric": {"tolerance": 0.5, "relative_tolerance": 0.1, "take": "first"},
    "token_f1": {},
    "rouge_l": {"measure": "recall"},
    "bleu": {"tokenize": "char", "lowercase": True},
    "chrf": {"word_order": 2},
    "embedding_similarity": {"floor": 0.3},
    "json_schema": {"json_schema": {"type": "array"}, "whole": True},
    "json_match": {"strict_text": True},
    "tool_call": {"partial": True},
    "sql_result": {"digits": 2},
    "python_tests": {"limit_s": 2.0},
    "llm_judge": {"model": "m", "rubric": "r", "scale": 5, "show_reference": False, "sampling": {"top_p": 0.5}},
    "human": {"question": "Good?", "scale": 5},
    "auto": {},
}
EXTRA_NAMES = (
    "pattern", "schema", "database", "rows", "ordered", "functions", "possible_answers", "tests", "entry_point",
    "prompt", "rubric", "scorer",
)  # fmt: skip
JUNK: tuple[Any, ...] = (
    None, 0, True, "", "(", [], [[]], [None], ["f(", 1], [[1, {}]], {}, {"a": 1}, {"t": [1]}, {"t": [{"a": {}}]},
    {"": [{}]}, [{"name": 1, "parameters": {"properties": []}}], [{"f": {"a": [None]}}], {"type": "no such type"},
    "\x00", {"kind": []}, [1] * 10_001,
)  # fmt: skip
HARD_TEXTS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "שלום 42 עולם",
    "٤٢",
    "𝟒𝟐",
    "9" * 20_000,
    "(" * 20_000,
    "A) " * 5_000,
    "`" * 999,
)
BENCH = Bench(models=ScriptedModels(lambda _: '{"score": 7, "reason": "fine"}'), embedder=HashingEmbedder())


def example_for(kind: str) -> Example:
    references = (REFERENCES.get(kind, "42"), *(() if kind in REFERENCES else ("41",)))
    choices = ("41", "42", "43") if kind == "multiple_choice" else ()
    return Example(id="r", query="6 * 7?", references=references, choices=choices, extra=EXTRAS.get(kind, {}))


@pytest.mark.parametrize("kind", scorer_kinds())
def test_kind_names_the_file(kind: str) -> None:
    scorer = scorer_kinds()[kind]()
    assert scorer.model_dump()["kind"] == kind == type(scorer).__module__.rpartition(".")[2]


@pytest.mark.parametrize("kind", scorer_kinds())
def test_every_scorer_survives_json_with_every_field_changed(kind: str) -> None:
    adapter: TypeAdapter[Scorer] = TypeAdapter(AnyScorer)
    scorer = scorer_kinds()[kind].model_validate(CHANGED[kind])
    assert set(CHANGED[kind]) == set(type(scorer).model_fields) - {"kind"}
    assert all(getattr(scorer, name) != getattr(scorer_kinds()[kind](), name) for name in CHANGED[kind])
    assert adapter.validate_json(adapter.dump_json(scorer)) == scorer


@pytest.mark.parametrize("scorer_class", scorer_kinds().values(), ids=lambda cls: cls.__name__)
def test_every_scorer_says_what_it_does_and_where_it_is_from(scorer_class: type[Scorer]) -> None:
    assert scorer_class.title
    assert "Source:" in (inspect.getdoc(scorer_class) or "")


@pytest.mark.parametrize("scorer_class", scorer_kinds().values(), ids=lambda cls: cls.__name__)
def test_the_form_of_every_scorer_can_be_drawn(scorer_class: type[Scorer]) -> None:
    fields = [field for field in form_fields(scorer_class) if field.name != "kind"]
    drawn = {"record", "records", *WIDGETS}
    assert [field.name for field in fields if field.widget not in drawn or not field.help] == []


@pytest.mark.parametrize("kind", sorted(set(scorer_kinds()) - {"human", "python_tests"}))
@pytest.mark.parametrize("text", HARD_TEXTS, ids=range(len(HARD_TEXTS)))
async def test_a_hard_answer_has_a_score_with_a_reason_and_the_same_one_again(kind: str, text: str) -> None:
    scorer = scorer_kinds()[kind]()
    first = await scorer.score(example_for(kind), Answer(text=text), BENCH)
    again = await scorer.score(example_for(kind), Answer(text=text), BENCH)
    assert first is not None
    assert 0.0 <= first.value <= 1.0
    assert first.reason
    assert first == again


@pytest.mark.parametrize("kind", sorted(set(scorer_kinds()) - {"human", "python_tests", "bleu", "chrf", "llm_judge"}))
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=200) | st.text(alphabet="ABC ()[]{}.,:0123456789-/%e$\\'\"=", max_size=80))
def test_any_answer_has_a_score(kind: str, text: str) -> None:
    score = asyncio.run(scorer_kinds()[kind]().score(example_for(kind), Answer(text=text), BENCH))
    assert score is not None
    assert 0.0 <= score.value <= 1.0


@pytest.mark.parametrize("kind", sorted(set(scorer_kinds()) - {"human"}))
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: str(junk)[:40])
async def test_a_row_of_a_stranger_breaks_no_scorer(kind: str, junk: Any) -> None:
    row = Example(id="r", query="?", references=("(", "1"), choices=("x",), extra=dict.fromkeys(EXTRA_NAMES, junk))
    scorer = scorer_kinds()[kind]()
    scorer.lack(row)
    try:
        score = await scorer.score(row, Answer(text='f(a=1) {"a": 1} SELECT 1'), BENCH)
    except RouteloomError as error:
        assert str(error).endswith(".")
    else:
        assert score is not None
        assert 0.0 <= score.value <= 1.0


@pytest.mark.parametrize("kind", sorted(set(scorer_kinds()) - {"llm_judge", "human", "auto"}))
def test_an_empty_row_lacks_something(kind: str) -> None:
    assert scorer_kinds()[kind]().lack(Example(id="r", query="?"))


@pytest.mark.parametrize("kind", ["llm_judge", "embedding_similarity"])
async def test_a_scorer_says_what_is_not_set_up(kind: str) -> None:
    with pytest.raises(ConfigurationError, match="none is set up"):
        await scorer_kinds()[kind]().score(example_for(kind), Answer(text="42"), Bench())


async def test_a_person_scores_later() -> None:
    scorer = scorer_kinds()["human"]()
    assert scorer.need == "person"
    assert await scorer.score(example_for("human"), Answer(text="42"), Bench()) is None
