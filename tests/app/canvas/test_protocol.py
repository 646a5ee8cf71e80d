"""The messages between Python and the canvas, on the fixture that the TypeScript tests read too."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from app.canvas.protocol import CanvasData, CanvasDoc, NodePatch, PatchNode, next_number, read_out
from pipelines.document import MAX_NODES
from pipelines.error import DocumentError

MESSAGES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("protocol.json").read_text("utf-8"))


def _out(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(MESSAGES["out"]) | changes


def _doc(**changes: Any) -> dict[str, Any]:
    doc: dict[str, Any] = copy.deepcopy(MESSAGES["data"]["doc"])
    return doc | changes


def test_what_python_sends_is_what_the_canvas_expects() -> None:
    data = CanvasData.model_validate(MESSAGES["data"])
    assert data.wire() == MESSAGES["data"]


def test_a_page_that_knows_nothing_new_still_draws_its_canvas() -> None:
    new = {"stale", "palette", "breadcrumbs", "compare", "history", "batch", "late"}
    old = {name: value for name, value in MESSAGES["data"].items() if name not in new}
    wire = CanvasData.model_validate(old).wire()
    assert {name: wire[name] for name in new} == {
        "stale": None,
        "palette": [],
        "breadcrumbs": [],
        "compare": None,
        "history": None,
        "batch": None,
        "late": False,
    }


def test_a_patch_names_only_the_fields_that_it_sets() -> None:
    patch = PatchNode(n=9, id="expert_1", set=NodePatch(pinned=None, disabled=True))
    data = CanvasData.model_validate(MESSAGES["data"]).model_copy(update={"commands": (patch,)})
    assert data.wire()["commands"] == [
        {"n": 9, "op": "patch_node", "id": "expert_1", "set": {"pinned": None, "disabled": True}}
    ]


def test_every_intent_of_the_canvas_is_read() -> None:
    out = read_out(MESSAGES["out"])
    assert [intent.type for intent in out.intents] == [intent["type"] for intent in MESSAGES["out"]["intents"]]
    assert [intent.model_dump() for intent in out.intents] == MESSAGES["out"]["intents"]
    assert (out.instance, out.doc, out.refused) == ("6f1d0c2b9a8e", None, None)


def test_a_document_comes_back_as_it_was_sent() -> None:
    out = read_out(_out(doc=_doc()))
    assert out.doc is not None
    assert out.doc.model_dump(mode="json") == MESSAGES["data"]["doc"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "run",
        [],
        {},
        {"instance": "a", "intents": None},
        _out(instance=""),
        _out(instance="x" * 65),
        _out(intents=[{"n": 1, "type": "run"}] * 21),
        _out(intents=[{"n": 1, "type": "format_disk"}]),
        _out(intents=[{"n": "1", "type": "run"}]),
        _out(intents=[{"n": -1, "type": "run"}]),
        _out(intents=[{"n": 1, "type": "run", "extra": 1}]),
        _out(intents=[{"n": 1, "type": "select", "nodes": ["a" * 65]}]),
        _out(intents=[{"n": 1, "type": "select", "nodes": ["a"] * 1_001}]),
        _out(intents=[{"n": 1, "type": "make_sub", "nodes": []}]),
        _out(intents=[{"n": 1, "type": "run_to"}]),
        _out(intents=[{"n": 1, "type": "history", "step": 2}]),
        _out(intents=[{"n": 1, "type": "command", "id": ""}]),
        _out(intents=[{"n": 1, "type": "inspect_edge", "source": "a", "target": "b"}]),
    ],
)
def test_a_message_that_is_none_of_the_canvas_is_refused(value: object) -> None:
    with pytest.raises(DocumentError):
        read_out(value)


@pytest.mark.parametrize(
    ("doc", "reason"),
    [
        ("graph", "it must be an object"),
        (_doc(rev=-1), "wrong at rev"),
        (_doc(id=""), "wrong at id"),
        (_doc(graph=None), "a pipeline is a json object"),
        (_doc(graph={"schema_version": 99}), "newer"),
        (_doc(graph={"schema_version": 1, "nodes": [{"id": "../x", "kind": "expert"}]}), "nodes.0.id"),
        (
            _doc(graph={"schema_version": 1, "nodes": [{"id": f"n{i}", "kind": "k"} for i in range(MAX_NODES + 1)]}),
            "nodes",
        ),
        (_doc(graph={"schema_version": 1, "name": "x", "notes": float("nan")}), "notes"),
    ],
)
def test_a_bad_document_is_refused_with_the_reason_and_the_intents_still_count(doc: object, reason: str) -> None:
    out = read_out(_out(doc=doc))
    assert out.doc is None
    assert reason in (out.refused or "").lower()
    assert len(out.intents) == 17


def test_only_a_later_state_of_the_same_document_is_newer() -> None:
    doc = CanvasDoc.model_validate(_doc())
    later = doc.model_copy(update={"seq": 13})
    replaced = doc.model_copy(update={"rev": 4, "seq": 0})
    assert later.is_newer_than(doc)
    assert replaced.is_newer_than(later)
    assert not later.is_newer_than(replaced)
    assert not doc.is_newer_than(doc)
    assert not later.model_copy(update={"id": "other"}).is_newer_than(doc)


def test_numbers_grow_within_and_across_processes() -> None:
    first = next_number()
    assert first > 1_700_000_000_000
    assert next_number(first + 10**9) == first + 10**9 + 1
