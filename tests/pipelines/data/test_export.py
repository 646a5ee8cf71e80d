"""What is exported and read again is the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.data.example import Example
from pipelines.data.export import DataFormat, exported
from pipelines.data.intake import read_examples
from pipelines.value import Document

FULL = Example(
    id="r 1",
    query='Which, "then"?\n=1+1 漢字',
    references=("B", " the Nile "),
    choices=("a|b", "c"),
    documents=(Document(title="T", text="x\ny"),),
    tags=("one, two", "three"),
    group="g",
    difficulty="level 5",
    extra={"tests": ["x", 1, None, {"deep": [2.5, True]}]},
)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_every_field_survives(form: DataFormat) -> None:
    examples = (FULL, Example(id="2", query="Only a question?"))
    assert read_examples(b"".join(exported(examples, form)), f"x.{form}", kind="routeloom").examples == examples


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=20)
_ROWS = st.lists(st.tuples(_TEXT, st.lists(_TEXT, max_size=2)), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_TEXT, st.lists(_TEXT, max_size=2)), min_size=1, max_size=4), st.sampled_from(["jsonl", "csv"])
)
def test_any_text_survives(rows: list[tuple[str, list[str]]], form: DataFormat) -> None:
    examples = tuple(
        Example(id=str(n), query=query, references=tuple(references)) for n, (query, references) in enumerate(rows)
    )
    assert read_examples(b"".join(exported(examples, form)), f"x.{form}", kind="routeloom").examples == examples
