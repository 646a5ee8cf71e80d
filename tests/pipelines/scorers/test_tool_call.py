"""Tool calls in all the ways that models write them, against what BFCL allows."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError, DocumentError
from pipelines.scorers.tool_call import ToolCallMatch
from pipelines.tool_syntax import ToolCall, read_calls
from tests.pipelines.scorers.bench import example, score_of, value_of

WEATHER = {
    "name": "weather.get",
    "parameters": {
        "type": "dict",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "share": {"type": "float"},
            "detailed": {"type": "boolean"},
        },
        "required": ["city"],
    },
}
PARIS = {"weather.get": {"city": ["Paris", "Paris, France"], "days": [3, ""]}}
ROW = example(functions=[WEATHER], possible_answers=[PARIS])


@pytest.mark.parametrize(
    "text",
    [
        "[weather.get(city='Paris', days=3)]",
        'weather.get(city="paris")',
        "weather.get('Paris', 3)",
        'I will look it up.\n```python\nweather.get(city="Paris, France")\n```',
        "Calling:\nweather.get(city='Paris')\nDone.",
        '{"name": "weather.get", "arguments": {"city": "Paris", "days": 3}}',
        '[{"name": "weather_get", "arguments": {"city": "Paris"}}]',
        '{"tool_calls": [{"function": {"name": "weather.get", "arguments": "{\\"city\\": \\"Paris\\"}"}}]}',
        '<tool_call>\n{"name": "weather.get", "arguments": {"city": "Paris"}}\n</tool_call>',
        '[{"weather.get": {"city": "Paris"}}]',
    ],
)
async def test_a_right_call_is_right_in_every_form(text: str) -> None:
    assert await value_of(ToolCallMatch(), ROW, text) == 1.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("weather.get(days=3)", "weather.get: the parameter city is missing"),
        ("weather.get(city='Rome')", "weather.get: expected city = Paris, found Rome"),
        ("weather.get(city='Paris', days='3')", "weather.get: days must be of type integer, found 3"),
        ("weather.get(city='Paris', days=3.5)", "weather.get: days must be of type integer, found 3.5"),
        ("weather.get(city='Paris', days=True)", "weather.get: days must be of type integer, found True"),
        ("weather.get(city='Paris', unit='C')", "weather.get: the parameter unit is not expected"),
        ("news.get(city='Paris')", "expected a call of weather.get, found news.get"),
        ("weather.get(city='Paris'); weather.get(city='Paris')", "expected 1 calls, found 2"),
        ("It rains.", "Found no tool call in 'It rains.'."),
        ("", "Found no tool call in ''."),
    ],
)
async def test_a_wrong_call_says_what_is_wrong(text: str, reason: str) -> None:
    score = await score_of(ToolCallMatch(), ROW, text)
    assert (score.value, score.reason) == (0.0, reason)


async def test_parallel_calls_count_in_any_order() -> None:
    row = example(possible_answers=[{"add": {"a": [1], "b": [2]}}, {"add": {"a": [3], "b": [4]}}])
    assert await value_of(ToolCallMatch(), row, "[add(a=3, b=4), add(a=1, b=2)]") == 1.0
    assert await value_of(ToolCallMatch(), row, "[add(a=1, b=2), add(a=1, b=2)]") == 0.0
    assert await value_of(ToolCallMatch(partial=True), row, "[add(a=1, b=2), add(a=1, b=2)]") == 0.5


async def test_a_whole_number_does_for_a_float_but_not_the_reverse() -> None:
    row = example(functions=[WEATHER], possible_answers=[{"weather.get": {"city": ["Rome"], "share": [1.0]}}])
    assert await value_of(ToolCallMatch(), row, "weather.get(city='Rome', share=1)") == 1.0


async def test_lists_and_objects_are_compared_part_by_part() -> None:
    row = example(
        possible_answers=[
            {"plot": {"points": [[1, 2], [3]], "style": [{"line": ["thin", "fine"], "dash": [True, ""]}]}}
        ]
    )
    assert await value_of(ToolCallMatch(), row, "plot(points=[1, 2], style={'line': 'Fine'})") == 1.0
    assert await value_of(ToolCallMatch(), row, "plot(points=[2, 1], style={'line': 'fine'})") == 0.0
    assert await value_of(ToolCallMatch(), row, "plot(points=[3], style={'line': 'fine', 'dash': false})") == 0.0


async def test_no_call_is_right_where_none_is_wanted() -> None:
    row = example(possible_answers=[])
    assert await value_of(ToolCallMatch(), row, "None of the tools fits.") == 1.0
    assert (await score_of(ToolCallMatch(), row, "f(a=1)")).reason == "expected no call, found f"


async def test_a_possible_answer_may_be_the_text_of_a_call() -> None:
    row = example(possible_answers=["f(a=1)", "g(b=[2])"])
    assert await value_of(ToolCallMatch(), row, "[g(b=[2]), f(a=1)]") == 1.0
    assert await value_of(ToolCallMatch(), row, "[g(b=[2]), f(a=2)]") == 0.0


async def test_a_reference_may_be_the_call_itself() -> None:
    assert (
        await value_of(
            ToolCallMatch(), example("f(a=[1, 2], b=None)"), '{"name": "f", "arguments": {"a": [1, 2], "b": null}}'
        )
        == 1.0
    )
    with pytest.raises(ConfigurationError, match="The row 'r1' does not say which calls are right"):
        await value_of(ToolCallMatch(), example("nonsense"), "f()")


@pytest.mark.parametrize(
    "text",
    [
        "f(__import__('os').system('x'))",
        "f(a=open('x'))",
        "f(*a)",
        "f(**a)",
        "(lambda: 1)()",
        "f(a=1+)",
        "f(a=b)",
        "[" * 9_000,
    ],
)
def test_only_literals_are_read_and_nothing_is_run(text: str) -> None:
    with pytest.raises(DocumentError, match="Found no tool call"):
        read_calls(text)


def test_names_with_dots_and_negative_numbers_are_read() -> None:
    assert read_calls("a.b.c(x=-1.5, y='t')") == (ToolCall(name="a.b.c", arguments={"x": -1.5, "y": "t"}),)
