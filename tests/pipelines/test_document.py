"""The pipeline document: strict on load, stable under round trip."""

from __future__ import annotations

import json

import pytest

from pipelines.document import Edge, JoinRule, NodeSpec, Note, Pipeline, Position, load_pipeline
from pipelines.error import DocumentError
from pipelines.value import Answer

FULL = Pipeline(
    name="Full",
    description="Every field differs from its default.",
    nodes=(
        NodeSpec(
            id="a",
            kind="expert",
            version=2,
            title="A",
            config={"model": "m", "examples": [{"question": "q", "answer": "a"}]},
            position=Position(x=1.5, y=-2.0),
            disabled=True,
            pinned={"answer": Answer(text="fixed", model="m", confidence=0.5, data={"k": [1]}, refused=True)},
            join=JoinRule(rule="k_of_n", k=2),
            on_error="silent",
        ),
        NodeSpec(id="b", kind="answer_output"),
    ),
    edges=(Edge(source="a", source_port="answer", target="b", target_port="answers"),),
    notes=(Note(id="n", text="why", position=Position(x=0, y=0), width=300, height=90),),
)


def test_every_field_survives_a_round_trip() -> None:
    assert load_pipeline(FULL.to_json()) == FULL


def test_the_same_pipeline_is_written_as_the_same_text() -> None:
    assert load_pipeline(FULL.to_json()).to_json() == FULL.to_json()


def test_the_content_hash_ignores_what_cannot_change_an_answer() -> None:
    moved = FULL.nodes[0].model_copy(update={"position": None, "title": "Z"})
    same = FULL.model_copy(update={"name": "Other", "notes": (), "nodes": (moved, FULL.nodes[1])})
    assert same.content_hash() == FULL.content_hash()


def test_the_content_hash_of_a_pipeline_without_a_bypass_is_the_one_it_had_before_there_were_any() -> None:
    drawn = Pipeline(
        nodes=(NodeSpec(id="q", kind="query_input"), NodeSpec(id="a", kind="expert", disabled=True)),
        edges=(Edge(source="q", source_port="query", target="a", target_port="query"),),
    )
    assert drawn.content_hash() == "993b9f490d075f7467af8fa6ddcc6e77cc47093f38ae84cea014836054f0bec5"
    around = drawn.nodes[1].model_copy(update={"disabled": False, "bypassed": True})
    enabled = drawn.nodes[1].model_copy(update={"disabled": False})
    hashes = {drawn.model_copy(update={"nodes": (drawn.nodes[0], last)}).content_hash() for last in (around, enabled)}
    assert len(hashes | {drawn.content_hash()}) == 3


def test_a_bypass_survives_a_round_trip_and_excludes_disabled() -> None:
    around = FULL.nodes[0].model_copy(update={"disabled": False, "bypassed": True})
    pipeline = FULL.model_copy(update={"nodes": (around, FULL.nodes[1])})
    assert load_pipeline(pipeline.to_json()) == pipeline
    text = '{"schema_version": 1, "nodes": [{"id": "n", "kind": "expert", "disabled": true, "bypassed": true}]}'
    with pytest.raises(DocumentError, match="'n' is both disabled and bypassed; it can be one of them"):
        load_pipeline(text)


def test_the_content_hash_sees_a_changed_prompt() -> None:
    other = FULL.nodes[0].model_copy(update={"config": {"model": "n"}})
    assert FULL.model_copy(update={"nodes": (other, FULL.nodes[1])}).content_hash() != FULL.content_hash()


def holding(value: str) -> str:
    """Returns the JSON of a pipeline with a value in the configuration of its node."""
    return f'{{"schema_version": 1, "nodes": [{{"id": "n", "kind": "expert", "config": {{"x": [{value}]}}}}]}}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is not JSON"),
        ("[1]", "A pipeline is a JSON object; found a list."),
        ("null", "A pipeline is a JSON object; found nothing."),
        ("{}", "The file has schema_version None; readable are 1 to 1."),
        ('{"schema_version": true}', "The file has schema_version True; readable are 1 to 1."),
        ('{"schema_version": 99}', "The file has schema_version 99 of a newer Routeloom; this one reads up to 1."),
        ('{"schema_version": 1, "schema_version": 1}', "the key 'schema_version' occurs 2 times in one object"),
        ('{"schema_version": 1, "evil": 1}', "At evil: extra inputs are not permitted."),
        ('{"schema_version": 1, "name": NaN}', "NaN is not a JSON number"),
        ('{"schema_version": 1, "nodes": [{"id": "../x", "kind": "expert"}]}', "At nodes.0.id: string should match"),
        ('{"schema_version": 1, "notes": [{"id": "n", "position": {"x": 1e999, "y": 0}}]}', "At notes.0.position.x"),
        (holding("1e999"), "At nodes.0.config.x.0: the number is too large."),
        (holding("9223372036854775808"), "At nodes.0.config.x.0: the whole number has more than 64 bits."),
        (holding('"\\ud83d"'), "At nodes.0.config.x.0: the text holds half a character, which is not valid Unicode."),
        (holding('{"\\ud83d": 1}'), "At nodes.0.config.x.0: the text holds half a character"),
        ('{"schema_version": 1, "nodes": [' + "{}," * 200_000 + "{}]}", "The file has 200,001 nodes; a pipeline may"),
        ('{"schema_version": 1, "edges": [' + "1," * 10_000 + "1]}", "The file has 10,001 edges; a pipeline may"),
    ],
)
def test_what_is_no_pipeline_is_refused_with_the_place(text: str, sentence: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_pipeline(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"schema_version": 1, "nodes": ' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"schema_version": 1, "name": "\\ud800"}',
        b"\xff\xfe\x00",
        '{"schema_version": 1, "name": "' + "x" * 6_000_000 + '"}',
        json.dumps({"schema_version": 1, "nodes": [{"id": f"n{i}", "kind": "expert"} for i in range(1_001)]}),
    ],
    ids=["deep", "deep list", "surrogate", "no utf-8", "too large", "too many nodes"],
)
def test_a_hostile_file_is_refused_and_nothing_else_happens(text: str | bytes) -> None:
    with pytest.raises(DocumentError):
        load_pipeline(text)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert load_pipeline(b"\xef\xbb\xbf" + FULL.to_json().encode()) == FULL


def test_two_nodes_of_one_id_are_refused() -> None:
    nodes = [{"id": "a", "kind": "expert"}, {"id": "a", "kind": "judge"}]
    with pytest.raises(DocumentError, match="the node id 'a' occurs 2 times"):
        load_pipeline(json.dumps({"schema_version": 1, "nodes": nodes}))


def test_a_file_in_another_encoding_is_said_in_plain_words() -> None:
    with pytest.raises(DocumentError, match=r"^The file is not UTF-8 text \(byte 1\)\.$"):
        load_pipeline(b"{\xff}")
