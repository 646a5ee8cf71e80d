"""The palette and the faces of nodes."""

from __future__ import annotations

import re

from app.face import catalogue, docstring, face, faces
from pipelines.document import NodeSpec
from pipelines.nodes import node_kinds
from tests.app.drawn import forked


def test_every_kind_and_every_type_is_in_the_palette() -> None:
    found = catalogue()
    assert [kind.kind for kind in found.kinds] == list(node_kinds())
    assert {port.type for kind in found.kinds for port in (*kind.inputs, *kind.outputs)} <= {
        t.name for t in found.types
    }
    assert {kind.group for kind in found.kinds} <= {group.name for group in found.groups}


def test_the_version_of_the_palette_is_that_of_its_content() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", catalogue().version)


def test_an_input_of_text_takes_every_other_type() -> None:
    text = next(found for found in catalogue().types if found.name == "text")
    assert set(text.accepts) == {"query", "answer", "documents", "model", "verdict", "text"}


def test_the_ports_of_a_router_are_its_branches() -> None:
    router = faces(forked())["router"]
    assert [port.name for port in router.outputs] == ["long", "short"]


def test_a_node_that_cannot_be_built_has_no_face() -> None:
    assert face(NodeSpec(id="a", kind="merge", config={"carries": "water"})) is None
    assert face(NodeSpec(id="a", kind="from_the_future")) is None


def test_the_models_of_a_node_are_those_it_names() -> None:
    shown = face(NodeSpec(id="a", kind="expert", config={"model": "large"}))
    assert shown is not None
    assert shown.models == ("large",)


def test_the_help_of_a_kind_is_its_docstring_and_source() -> None:
    text, source = docstring(node_kinds()["merge"])
    assert text == "Brings branches together: whichever arrives goes on."
    assert source.startswith("the Coalesce node of Rivet")
