"""promptfoo tests come as YAML, JSON and CSV, and no assertion is run."""

from __future__ import annotations

import json

import pytest

from pipelines.data.intake import read_examples
from pipelines.error import DocumentError

CODE = {"type": "javascript", "value": "process.exit(1)"}


def test_what_holds_for_all_tests_is_filled_in_from_json_too() -> None:
    whole = {
        "prompts": ["{{question}}"],
        "defaultTest": {"vars": {"tone": "dry"}, "assert": [CODE]},
        "tests": [{"vars": {"question": "A?"}}, {"vars": {"question": "B?", "tone": "wet"}}],
    }
    examples = read_examples(json.dumps(whole).encode(), "promptfooconfig.json", kind="promptfoo").examples
    assert [(e.query, e.extra["vars"]["tone"], e.extra["asserts"]) for e in examples] == [
        ("A?", "dry", [CODE]),
        ("B?", "wet", [CODE]),
    ]


def test_expected_values_of_a_table_become_references_and_assertions() -> None:
    content = b"city,__expected,__expected2\nParis,contains: France,Is it: warm?\nRome,Italy,\n"
    examples = read_examples(content, "tests.csv").examples
    assert [(e.query, e.references) for e in examples] == [("Paris", ("France", "Is it: warm?")), ("Rome", ("Italy",))]
    assert examples[0].extra["asserts"][0] == {"type": "contains", "value": "France"}


def test_variables_of_which_none_is_the_question_are_told() -> None:
    with pytest.raises(DocumentError, match=r"one variable is the question, called .*; found 'city', 'river'"):
        read_examples(b"- vars: {city: Paris, river: Seine}\n", "tests.yaml")


def test_a_file_without_tests_is_told() -> None:
    with pytest.raises(DocumentError, match="has no list of tests"):
        read_examples(b"vars: 1\n", "tests.yaml", kind="promptfoo")
