"""What holds of every reader: it is known, knows its own files, and never lets a strange one through as an accident."""

from __future__ import annotations

import gzip
import inspect
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.data.intake import open_source, read_examples, recognise
from pipelines.error import RouteloomError
from pipelines.readers import __path__ as folder
from pipelines.readers import reader_kinds
from tests.pipelines.readers.sample import SAMPLES

KINDS = sorted(reader_kinds())
TEXTS = [kind for kind in KINDS if not reader_kinds()[kind].binary]


def test_every_reader_has_a_sample_and_every_sample_a_reader() -> None:
    assert sorted(SAMPLES) == KINDS
    assert folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_says_what_it_is(kind: str) -> None:
    cls = reader_kinds()[kind]
    assert cls.kind() == kind
    assert cls.title
    assert "Source:" in (inspect.getdoc(cls) or "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_recognised_by_itself(kind: str) -> None:
    assert recognise(SAMPLES[kind].content, SAMPLES[kind].name) == kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "promptfoo"])
def test_a_file_is_recognised_without_its_name(kind: str) -> None:
    assert recognise(SAMPLES[kind].content) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_gives_its_examples(kind: str) -> None:
    sample = SAMPLES[kind]
    report = read_examples(sample.content, sample.name)
    assert (report.kind, len(report.examples), report.skipped) == (kind, sample.count, 0)
    assert report.examples[0] == sample.first
    assert read_examples(sample.content, sample.name) == report


@pytest.mark.parametrize("kind", KINDS)
def test_a_compressed_file_gives_the_same(kind: str) -> None:
    sample = SAMPLES[kind]
    packed = gzip.compress(sample.content)
    assert read_examples(packed, f"{sample.name}.gz").examples[0] == sample.first


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_tells_the_encoding(kind: str, encoding: str) -> None:
    sample = SAMPLES[kind]
    marked = sample.content.decode("utf-8-sig").encode(encoding)
    assert read_examples(marked, sample.name).examples[0] == sample.first


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_or_damaged_file_gives_rows_or_a_sentence(kind: str) -> None:
    sample, generator = SAMPLES[kind], random.Random(7)
    for _ in range(60):
        damaged = bytearray(sample.content[: generator.randrange(1, len(sample.content) + 1)])
        for _ in range(generator.randrange(4)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        _read_or_refuse(bytes(damaged), sample.name, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_of_another_format_gives_rows_or_a_sentence(kind: str) -> None:
    for other in SAMPLES.values():
        _read_or_refuse(other.content, other.name, kind)


_CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", [kind for kind in TEXTS if SAMPLES[kind].content[:1] == b"{"])
def test_cells_of_any_kind_give_rows_or_a_sentence(kind: str, data: st.DataObject) -> None:
    import json

    row = json.loads(SAMPLES[kind].content.splitlines()[0])
    for column in list(row):
        if data.draw(st.booleans()):
            row[column] = data.draw(_CELLS)
    _read_or_refuse(json.dumps(row).encode() + b"\n", SAMPLES[kind].name, kind)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_sentence(content: bytes) -> None:
    try:
        report = read_examples(content, "x.csv", collect=True)
    except RouteloomError as error:
        assert str(error).endswith(".")
    else:
        assert all(example.query.strip() for example in report.examples)


def _read_or_refuse(content: bytes, name: str, kind: str) -> None:
    try:
        source = open_source(content, name, kind=kind)
        report = read_examples(source.content, name, kind=kind, collect=True)
    except RouteloomError as error:
        assert len(str(error)) > 20
    else:
        assert all(problem.message for problem in report.problems)
