"""Test cases of promptfoo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, names_of, text_of
from pipelines.data.table_text import table_rows
from pipelines.error import DocumentError
from pipelines.exchange.intake.untrusted import parsed_file
from pipelines.reader import Peek, Reader

REFERENCES: Final = frozenset({"equals", "contains", "icontains", "starts-with", "similar", "levenshtein", "rouge-n"})
QUESTIONS: Final = ("question", "query", "prompt", "input", "message", "text", "topic")
PREFIX: Final = "__"


class Promptfoo(Reader):
    """Reads tests with `vars` and `assert` from YAML, JSON or CSV (`__expected` columns).

    The question is the variable named so, else the only one. Values of assertions that compare become references; all
    assertions are in `extra` as `asserts`, and none is run: those in code stay text.

    Source: promptfoo documentation, test cases and assertions.
    """

    title: ClassVar[str] = "promptfoo tests"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has variables or expected values, or YAML has tests."""
        lines = peek.head.splitlines()
        yaml = peek.suffix in (".yaml", ".yml") and any(line.lstrip("- ").startswith("vars:") for line in lines)
        table = any(name.startswith("__expected") for name in peek.columns)
        return 0.9 if yaml or table or isinstance(peek.first.get("vars"), dict) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the tests, with what the file says of all of them filled in."""
        begin = content.lstrip()[:1]
        if begin in (b"{", b"["):
            return _yaml_rows(content) if b'"defaultTest"' in content else json_rows(content)
        is_yaml = any(line.lstrip(b"- ").startswith(b"vars:") for line in content.splitlines())
        return _yaml_rows(content) if is_yaml else table_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the test as a question."""
        variables, asserts = _test_of(row)
        named: list[str] = [name for name in QUESTIONS if name in variables]
        if not named and len(variables) == 1:
            named = list(variables)
        if not named:
            found = ", ".join(f"'{found}'" for found in list(variables)[:20]) or "none"
            raise RowRefused(f"one variable is the question, called {', '.join(QUESTIONS)}; found {found}", "vars")
        question = text_of(variables.pop(named[0]))
        if not question.strip():
            raise RowRefused("the question is empty; it needs a text", named[0])
        references = [text_of(item.get("value")) for item in asserts if item.get("type") in REFERENCES]
        extra = {key: value for key, value in (("vars", variables), ("asserts", asserts)) if value}
        return built(
            id=str(row.number),
            query=question,
            references=tuple(dict.fromkeys(text for text in references if text)),
            tags=names_of([row.text("description")]),
            extra=extra,
        )


def _yaml_rows(content: bytes) -> Iterator[RawRow | Problem]:
    whole = parsed_file(content)
    tests = whole.get("tests") if isinstance(whole, Mapping) else whole
    if not isinstance(tests, list):
        raise DocumentError("The file has no list of tests; a promptfoo file has them under 'tests:'.")
    default = whole.get("defaultTest") if isinstance(whole, Mapping) else None
    shared = default if isinstance(default, Mapping) else {}
    for number, test in enumerate(tests, start=1):
        if not isinstance(test, Mapping):
            yield Problem(row=number, message="the test is no object with 'vars' and 'assert'")
            continue
        variables = {**_mapping(shared.get("vars")), **_mapping(test.get("vars"))}
        asserts = [*_list(shared.get("assert")), *_list(test.get("assert"))]
        yield RawRow(number, None, {**test, "vars": variables, "assert": asserts})


def _test_of(row: RawRow) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the variables and the assertions of a test."""
    if "vars" in row.cells:
        asserts = [dict(item) for item in _list(row.cells.get("assert")) if isinstance(item, Mapping)]
        return dict(_mapping(row.cells.get("vars"))), asserts
    variables = {name: value for name, value in row.cells.items() if not name.startswith(PREFIX)}
    expected = [text_of(value) for name, value in row.cells.items() if name.startswith("__expected")]
    return variables, [_assertion(text) for text in expected if text.strip()]


def _assertion(text: str) -> dict[str, Any]:
    """Returns the assertion that a cell such as `contains: Paris` stands for; plain text means equality."""
    kind, colon, value = text.partition(":")
    known = kind.strip().removeprefix("not-")
    if colon and known.replace("-", "").isalpha() and known.islower() and " " not in known:
        return {"type": kind.strip(), "value": value.strip()}
    return {"type": "equals", "value": text.strip()}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
