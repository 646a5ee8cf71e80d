"""A file becomes examples, or a sentence that names file, row, line and column."""

from __future__ import annotations

import gzip
import json

import pytest

from pipelines.data.example import Example
from pipelines.data.intake import open_source, read_examples, read_source
from pipelines.data.mapping import ColumnMapping
from pipelines.error import DocumentError, NotFound
from pipelines.value import Document
from tests.pipelines.readers.sample import lines


def queries(content: bytes, **options: object) -> list[str]:
    return [example.query for example in read_examples(content, **options).examples]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"question,answer\nA?,1\n\n,2\n",
            "q.csv, row 2 (line 4), column 'question': the cell is empty; it needs a text.",
        ),
        (
            b'question,answer\n"A\nB?",1\nC?\n',
            "q.csv, row 2 (line 4): the row has 1 cell where 2 are expected (question, answer).",
        ),
        (
            b'question,answer\nA?,1\n"B?,2\nC?,3\n',
            "q.csv, row 2 (line 3): a quotation mark is opened and never closed.",
        ),
        (
            b'question,answer\n"A"?,1\n',
            "q.csv, row 1 (line 2): text follows a closing quotation mark; write a quotation mark inside quotes twice.",
        ),
        (
            b"id,question\n7,A?\n8,B?\n7,C?\n",
            "q.csv, row 3 (line 4): the id '7' is that of row 1 too; every row needs its own.",
        ),
        (
            b"question,A,B,answer\nWhich?,x,y,C\n",
            "q.csv, row 1 (line 2), column 'answer': found 'C'; with choices the answer is a letter from A to B, the"
            " text of a choice, or its number from 0 to 1.",
        ),
    ],
)
def test_the_first_bad_row_is_told_with_its_place(content: bytes, sentence: str) -> None:
    mapping = None
    if content.startswith(b"id"):
        mapping = ColumnMapping(query="question", id="id")
    with pytest.raises(DocumentError) as error:
        read_examples(content, "q.csv", kind="table", mapping=mapping)
    assert str(error.value) == sentence


def test_bad_lines_of_json_are_told_with_their_place() -> None:
    content = b'{"question": "A?"}\n\n[1]\n{"question": }\n{"question": "B?"}\n'
    report = read_examples(content, "q.jsonl", collect=True)
    assert [str(problem) for problem in report.problems] == [
        "q.jsonl, row 2 (line 3): the row is a list; every row is an object with named values",
        "q.jsonl, row 3 (line 4): the line is not JSON (character 14: unexpected character, expected a JSON value)",
    ]
    assert (report.skipped, [(e.id, e.query) for e in report.examples]) == (2, [("1", "A?"), ("4", "B?")])


def test_good_rows_are_imported_and_the_others_counted() -> None:
    content = b"question,answer\n" + b"A?,1\n,2\n" * 1_500
    report = read_examples(content, "q.csv", collect=True)
    assert (len(report.examples), report.skipped, len(report.problems)) == (1_500, 1_500, 1_000)
    assert report.examples[-1].id == "2999"


def test_a_preview_reads_only_the_first_rows() -> None:
    content = b"question\nA?\nB?\nC?\n" + b'"broken'
    assert [e.query for e in read_examples(content, kind="table", limit=2).examples] == ["A?", "B?"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "q.csv", "q.csv is empty; a data set has at least one row."),
        (b"question,answer\n", "q.csv", "q.csv has no rows that can be read as Table"),
        (b"question,question\nA?,1\n", "q.csv", "names the column 'question' 2 times"),
        (b'{"a": 1', "q.json", "The file is not JSON: line 1"),
        (
            b"question,answer\nCaf\xe9?,1\n",
            "q.csv",
            "q.csv, line 2: the byte 0xe9 is not UTF-8 text; save",
        ),
        (gzip.compress(b"question\nA?\n", mtime=0)[:-9], "q.csv.gz", "q.csv.gz is a gzip file that ends too early"),
        (b"\x1f\x8bnonsense", "q.csv.gz", "q.csv.gz is a damaged gzip file"),
        (b"PAR1 and nothing more", "q.parquet", "q.parquet: The Parquet file cannot be read"),
        (b"\x00\x01\x02", "q.bin", "has no rows that can be read|is of no format"),
    ],
)
def test_a_file_that_is_no_data_set_is_told_in_a_sentence(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        read_examples(content, name)


def test_an_encoding_can_be_named() -> None:
    source = open_source(b"question,answer\nCaf\xe9?,1\n", "q.csv", encoding="cp1252")
    assert read_source(source).examples[0].query == "Café?"
    for wrong in ("klingon", "hex", "undefined"):
        with pytest.raises(DocumentError, match=f"The encoding '{wrong}' is unknown"):
            open_source(b"question\nA?\n", "q.csv", encoding=wrong)


def test_an_unknown_format_or_column_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFound, match=r"no data set format 'excel'; there are .*gsm8k"):
        open_source(b"question\nA?\n", kind="excel")
    with pytest.raises(DocumentError, match=r"q\.csv has no column 'frage'; it has question\."):
        read_examples(b"question\nA?\n", "q.csv", kind="table", mapping=ColumnMapping(query="frage"))


def test_a_cell_has_a_largest_size_and_depth() -> None:
    long, deep = "x" * 1_000_001, json.loads("[" * 41 + "]" * 41)
    report = read_examples(
        lines({"question": long}, {"question": "A?", "notes": deep}, {"question": "B?"}), "q.jsonl", collect=True
    )
    assert [problem.message for problem in report.problems] == [
        "the cell has 1,000,001 characters; it may have at most 1,000,000",
        "the cell is nested deeper than 40 levels",
    ]
    assert len(report.examples) == 1


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    bomb = gzip.compress(b"question\n" + b"a" * 210_000_000, compresslevel=1)
    with pytest.raises(DocumentError, match="may have at most 200,000,000"):
        open_source(bomb, "q.csv.gz")


def test_a_large_file_that_is_one_json_value_is_refused_before_it_is_read() -> None:
    with pytest.raises(DocumentError, match="at most 64,000,000 are read at once, so save it as JSON Lines"):
        read_examples(b"[" + b" " * 64_000_000 + b"{}]", "q.json", kind="json_lines")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    content = f'question{delimiter}answer\n"A, b; c?"{delimiter}1\nD?{delimiter}2\n'.encode()
    assert queries(content, kind="table") == ["A, b; c?", "D?"]


def test_one_column_is_a_table_too() -> None:
    assert queries(b"question\nWhat, then?\nAnd now\n", kind="table") == ["What, then?", "And now"]


def test_what_json_cannot_hold_becomes_what_it_can() -> None:
    content = b'{"question": "A?", "n": 12345678901234567890, "u": "\\ufffd"}\n'
    example = read_examples(content, "q.jsonl").examples[0]
    assert example.extra == {"n": "12345678901234567890", "u": "\ufffd"}


def test_every_meaning_of_a_column_reaches_the_example() -> None:
    row = {
        "q": "Which?",
        "right": "blue",
        "also": "ignored",
        "options": "red|blue",
        "text": ["One.", "Two."],
        "name": "Doc",
        "labels": "a, b",
        "key": "k7",
        "book": "Emma",
        "level": 3,
        "schema": {"type": "object"},
    }
    mapping = ColumnMapping(
        query="q",
        references=("right",),
        choices=("options",),
        documents=("text",),
        document_title="name",
        tags=("labels",),
        id="key",
        group="book",
        difficulty="level",
        extra=("schema",),
    )
    assert read_examples(lines(row), mapping=mapping).examples == (
        Example(
            id="k7",
            query="Which?",
            references=("B",),
            choices=("red", "blue"),
            documents=(Document(title="Doc", text="One."), Document(title="Doc", text="Two.")),
            tags=("a", "b"),
            group="Emma",
            difficulty="3",
            extra={"schema": {"type": "object"}},
        ),
    )


def test_several_answers_in_a_cell_are_parted_by_the_separator() -> None:
    mapping = ColumnMapping(query="q", references=("a", "b"), separator="/")
    assert read_examples(b"q,a,b\nA?,1/one,2\n", mapping=mapping, kind="table").examples[0].references == (
        "1",
        "one",
        "2",
    )
