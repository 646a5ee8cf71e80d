"""The small picture of a pipeline."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from app.template import templates
from app.thumbnail import thumbnail
from pipelines.document import NodeSpec, Pipeline
from tests.app.drawn import edge, forked

SVG = "{http://www.w3.org/2000/svg}"


def boxes(pipeline: Pipeline) -> list[tuple[str, float, float]]:
    root = ElementTree.fromstring(thumbnail(pipeline))
    found = []
    for group in root.iter(f"{SVG}g"):
        rect, text = group.find(f"{SVG}rect"), group.find(f"{SVG}text")
        if rect is not None and text is not None:
            found.append((str(text.text), float(rect.attrib["x"]), float(rect.attrib["y"])))
    return found


def test_a_node_stands_right_of_what_it_waits_for() -> None:
    places = {title: (x, y) for title, x, y in boxes(forked())}
    assert [title for title, _ in sorted(places.items(), key=lambda place: place[1])] == [
        "Question",
        "By length",
        "Long",
        "Short",
        "Answer",
    ]
    assert places["Long"][0] == places["Short"][0]
    assert places["Long"][1] < places["Short"][1]


def test_every_edge_is_a_wire() -> None:
    root = ElementTree.fromstring(thumbnail(forked()))
    assert len(list(root.iter(f"{SVG}path"))) == 5


def test_a_wire_past_a_box_runs_above_it() -> None:
    root = ElementTree.fromstring(thumbnail(templates()["cascade"]))
    wires = [path.attrib["d"] for path in root.iter(f"{SVG}path")]
    assert [wire for wire in wires if "C" in wire and float(wire.split("C")[1].split()[1]) < 0] == [
        "M210.0 17.0C210.0 -27.0 354.0 -27.0 354.0 17.0"
    ]


@pytest.mark.parametrize("slug", sorted(templates()))
def test_every_template_has_a_picture_with_a_box_for_each_node(slug: str) -> None:
    assert len(boxes(templates()[slug])) == len(templates()[slug].nodes)


def test_a_title_of_a_stranger_is_shown_as_text_and_cut_short() -> None:
    title = '<script>alert("x")</script>\x00\x1b'
    drawn = thumbnail(Pipeline(nodes=(NodeSpec(id="a", kind="<b>", title=title),)))
    assert boxes(Pipeline(nodes=(NodeSpec(id="a", kind="<b>", title=title),)))[0][0] == "<script>aler…"
    assert "<script" not in drawn


def test_a_bypassed_node_is_dashed() -> None:
    plain = forked()
    first, *others = plain.nodes
    around = plain.model_copy(update={"nodes": (first.model_copy(update={"bypassed": True}), *others)})
    assert (thumbnail(plain).count("dasharray"), thumbnail(around).count("dasharray")) == (0, 1)


def test_a_loop_is_drawn_all_the_same() -> None:
    nodes = tuple(NodeSpec(id=name, kind="expert") for name in "abc")
    looped = Pipeline(
        nodes=nodes, edges=tuple(map(edge, ("a.answer->b.query", "b.answer->c.query", "c.answer->a.query")))
    )
    assert len(boxes(looped)) == 3


def test_nothing_drawn_is_an_empty_picture() -> None:
    assert boxes(Pipeline()) == []
