"""Values as Python source: read back they are the same."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.exchange.literal import comment, identifier, literal

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
NESTED = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.lists(inner).map(tuple), max_leaves=12
)


@given(NESTED, st.integers(0, 40))
def test_a_literal_reads_back_as_the_value(value: object, indent: int) -> None:
    assert ast.literal_eval(literal(value, " " * indent)) == value


@given(st.text(alphabet="ab \n\r\u2028\"'\\{}", min_size=90, max_size=400))
def test_a_long_text_is_cut_into_lines_and_stays_whole(text: str) -> None:
    written = literal(text)
    assert ast.literal_eval(written) == text
    assert written.isprintable() or all(line.isprintable() for line in written.split("\n"))


@given(st.text())
def test_a_comment_never_ends_before_its_line(text: str) -> None:
    tree = ast.parse(f"x = 1  # {comment(text)}\n")
    assert ast.unparse(tree) == "x = 1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cheap-First", "cheap_first"),
        ("class", "nclass"),
        ("1st", "n1st"),
        ("outer/inner", "outer_inner"),
        ("---", "node"),
    ],
)
def test_an_identifier_is_a_python_name(name: str, expected: str) -> None:
    assert identifier(name) == expected
    assert expected.isidentifier()


def test_another_type_is_refused() -> None:
    with pytest.raises(TypeError):
        literal(object())
