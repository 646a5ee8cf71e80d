"""Records survive the way through JSON, whatever text is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.chat import Message
from pipelines.value import Answer
from storage.codec import LARGEST_INTEGER, bounded, dump, load, plain
from storage.error import StorageError

any_text = st.text(st.characters(codec=None))
json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(any_text)
def test_any_text_comes_back(content: str) -> None:
    message = Message(role="user", content=content)
    assert load(Message, dump(message)) == message


@given(json_value)
def test_any_json_value_comes_back(data: object) -> None:
    answer = Answer(text="x", data=data)
    assert load(Answer, dump(answer)) == answer


@given(any_text)
def test_plain_text_suits_every_database(content: str) -> None:
    found = plain(content)
    found.encode("utf-8")
    assert "\x00" not in found
    assert len(found) == len(content)


def test_plain_leaves_ordinary_text_alone() -> None:
    assert plain("naïve 漢字 🦜") == "naïve 漢字 🦜"
    assert plain("a\x00b") == "a\ufffdb"
    assert plain("a\ud800b") == "a?b"


def test_counts_fit_their_column() -> None:
    assert (bounded(5), bounded(2**70)) == (5, LARGEST_INTEGER)


def test_a_damaged_record_is_told_with_its_place() -> None:
    with pytest.raises(StorageError, match="A stored Message cannot be read: at 'role'"):
        load(Message, '{"role": "king", "content": "x"}')
