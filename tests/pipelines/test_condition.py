"""Which conditions hold, which are refused with a place, and that none can hang the process."""

from __future__ import annotations

import pytest

from pipelines.condition import CompiledCondition, compile_condition, condition_problem
from pipelines.error import ConfigurationError
from pipelines.value import Query

QUERY = Query(text="Write a Python code", tags=("vip", "a"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("length > 18", True),
        ("length > 19", False),
        ("words == 4", True),
        ("language == 'en'", True),
        ("language in ['de', 'fr']", False),
        ("'vip' in tags", True),
        ("not ('vip' in tags)", False),
        ("'b' not in tags and tags.length == 2", True),
        ("'Python' in text", True),
        ("text.as_lower == 'write a python code'", True),
        ("text.starts_with('Write') and not text.ends_with('?')", True),
        ("text =~~ '(?i)\\\\bpython\\\\b'", True),
        ('text =~~ "\\d"', False),
        ("text !~~ 'Java'", True),
        ("text =~ 'Python'", False),
        ("text =~ 'Write.*code'", True),
        ("language =~ '^e' or words > 100", True),
        ("words * 2 + 1 >= 9", True),
        ("true", True),
    ],
)
async def test_a_condition_holds_or_not(expression: str, expected: bool) -> None:
    query = QUERY.model_copy(update={"language": "en"})
    assert await compile_condition(expression.replace("\\\\", "\\")).holds(query) is expected


async def test_the_language_is_detected_where_it_is_not_declared() -> None:
    assert await compile_condition("language == 'de'").holds(Query(text="Wie spät ist es heute in Berlin?"))


async def test_an_unclear_language_is_empty() -> None:
    assert await compile_condition("language == ''").holds(Query(text="2+2"))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "is empty"),
        ("lenght > 3", "character 1: 'lenght' is unknown, there is text, length, words, language and tags"),
        ("length >", "ends too early"),
        ("length > 5 length", "character 12: 'length' does not fit here"),
        ("text =~~ 'a' length", "character 14: 'length' does not fit here"),
        ("length = 5", "character 8: '=' has no meaning here"),
        ("length > 'a'", "compares things of different types"),
        ("length", "neither true nor false"),
        ("text", "neither true nor false"),
        ("text =~~ '('", "character 10: the regular expression is wrong"),
        ("text =~~ text", "needs a regular expression in quotes"),
        ("'aaa' =~ 'a'", "compares text or language"),
        ("text.as_lower =~ 'a'", "compares text or language"),
        ("text.encode('utf8') == 1", "'.encode' is unknown"),
        ("$random() > 0.5", "character 1: '$' has no meaning here"),
        ("$any([a for a in tags])", "character 1: '$' has no meaning here"),
        ("[a for a in tags].length > 1", "'a' is unknown"),
        ("[text for text in tags].length > 1", "'for' is unknown"),
        ("9 ** 9 ** 9 > 1", "character 4: '*' has no meaning here"),
        ("text('a')", "'text' cannot be called"),
        ("__import__", "'__import__' is unknown"),
        ("text.__class__ == 1", "'.__class__' is unknown"),
        ("length > 1; length", "';' has no meaning here"),
        ("length > " + "1" * 3_000, "at most 2000"),
        ("length > 1" + " or length > 1" * 100, "at most 200 are allowed"),
        ("text =~~ '" + "a" * 301 + "'", "longer than 300 characters"),
        ("text =~ '((a{200}){200}){200}'", "character 9: the counts in the regular expression multiply to more than"),
        ("text =~ '(a{1000}){1000}'", "multiply to more than 20,000"),
        ("text =~ 'a{30000}'", "multiply to more than 20,000"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_sentence(expression: str, words: str) -> None:
    assert words in str(condition_problem(expression))


def test_counts_side_by_side_are_fine() -> None:
    assert condition_problem(r"text =~ '\d{4}-\d{2}-\d{2} \w{1,500} \w{1,500}'") is None


def test_the_longest_condition_works() -> None:
    assert condition_problem("length > 1" + " or length > 1" * 49) is None


async def test_a_regular_expression_that_explodes_is_stopped() -> None:
    condition = compile_condition("text =~~ '(a|a|b)+(a|aa)+$'")
    with pytest.raises(ConfigurationError, match="took longer than"):
        await condition.holds(Query(text="a" * 5_000 + "!"))


def test_a_condition_over_numbers_knows_the_names_it_was_given() -> None:
    condition = CompiledCondition("accuracy < 0.8 or cost > 2", {"accuracy": "number", "cost": "number", "n": "number"})
    assert condition.names == {"accuracy", "cost"}
    assert [condition.holds_of({"accuracy": a, "cost": c}) for a, c in ((0.9, 1.0), (0.7, 1.0), (0.9, 3.0))] == [
        False,
        True,
        True,
    ]
    with pytest.raises(ConfigurationError, match="'text' is unknown, there is accuracy and cost"):
        CompiledCondition("text == 'x'", {"accuracy": "number", "cost": "number"})
