"""Conditions as plain Python: true of the same questions, or refused."""

from __future__ import annotations

import re

import pytest

from pipelines.condition import compile_condition
from pipelines.error import ConfigurationError
from pipelines.exchange.rule import python_condition
from pipelines.value import Query
from pipelines.word import words

QUERIES = (
    Query(text=""),
    Query(text="How do I sort a list in Python?", tags=("vip",)),
    Query(text="how", tags=("a", "it's")),
    Query(text="Ein Satz " * 30),
    Query(text="a\nb {x} é"),
)
TRANSLATED = (
    ("length > 200", "(len(query.text) > 200)"),
    ("'vip' in tags", '("vip" in query.tags)'),
    ("text =~~ '(?i)python'", '(re.search("(?i)python", query.text) is not None)'),
    ("text !~ 'how'", '(re.match("how", query.text) is None)'),
    ("not words >= 3 and length != 3", "((not (len(words(query.text)) >= 3)) and (len(query.text) != 3))"),
    ("words > 2 or words < 1 and true", "((len(words(query.text)) > 2) or ((len(words(query.text)) < 1) and True))"),
    ("(words > 2 or words < 1) and true", "(((len(words(query.text)) > 2) or (len(words(query.text)) < 1)) and True)"),
    ("text.as_lower.starts_with('how')", 'query.text.lower().startswith("how")'),
    ("tags.is_empty", "(len(query.tags) == 0)"),
    ("text in ['how', '']", '(query.text in ("how", ""))'),
    ("'list' in text", '("list" in query.text)'),
    ("text.length == 7.0", "(len(query.text) == 7.0)"),
)


@pytest.mark.parametrize(("condition", "python"), TRANSLATED, ids=[condition for condition, _ in TRANSLATED])
async def test_a_condition_becomes_python_that_holds_of_the_same_questions(condition: str, python: str) -> None:
    assert python_condition(condition) == python
    found = [held(python, query) for query in QUERIES]
    assert found == [await compile_condition(condition).holds(query) for query in QUERIES]


def held(python: str, query: Query) -> bool:
    names = {"query": query, "re": re, "words": words, "len": len}
    return bool(eval(python, {"__builtins__": {}}, names))


@pytest.mark.parametrize(
    "condition",
    [
        "language == 'de'",
        "length / 3 > 0.1",
        "length + 1 > 2",
        "length > -1",
        "text > 'a'",
        r"text == 'it\'s'",
        r"text =~~ '\p{Lu}'",
        "text =~~ '(?:how){e<=1}'",
        "text =~~ '[[:alpha:]]'",
        "text =~~ 'a++'",
    ],
)
def test_what_python_would_read_differently_is_refused(condition: str) -> None:
    compile_condition(condition)
    with pytest.raises(ConfigurationError) as caught:
        python_condition(condition)
    assert str(caught.value).startswith(f"'{condition}': ")


def test_what_is_no_condition_is_no_python_either() -> None:
    with pytest.raises(ConfigurationError):
        python_condition("__import__('os')")
