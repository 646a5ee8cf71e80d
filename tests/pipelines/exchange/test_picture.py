"""The pictures of a pipeline: everything on them, nothing of a stranger's in their code."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from app.template import templates
from pipelines.document import NodeSpec, Note, Pipeline, Position
from pipelines.error import DocumentError
from pipelines.exchange.picture import picture
from pipelines.exchange.raster import raster
from pipelines.exchange.sketch import sketch
from tests.pipelines.drawing import draw, node, single_expert

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [str(each.text) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("slug", sorted(templates()))
def test_every_template_is_drawn_with_every_node_and_edge(slug: str) -> None:
    pipeline = templates()[slug]
    root = ElementTree.fromstring(picture(pipeline))
    assert len(list(root.iter(f"{SVG}path"))) == len(pipeline.edges)
    assert {spec.title for spec in pipeline.nodes} <= set(texts(picture(pipeline)))


def test_nodes_stand_where_they_were_drawn() -> None:
    drawn = draw(
        [
            node("a", "query_input", position={"x": -50, "y": 10}),
            node("b", "answer_output", position={"x": 250, "y": 0}),
        ]
    )
    assert [(card.x, card.y) for card in sketch(drawn).cards] == [(32.0, 42.0), (332.0, 32.0)]


def test_nodes_without_a_place_stand_in_layers() -> None:
    assert [(card.x, card.y) for card in sketch(single_expert()).cards] == [(32.0, 32.0), (332.0, 32.0), (632.0, 32.0)]


def test_branches_are_labelled_and_single_outputs_are_not() -> None:
    drawn = texts(picture(templates()["cascade"]))
    assert {"accepted", "escalate"} <= set(drawn)
    assert "query" not in drawn


def test_a_bypassed_node_is_dashed_and_says_so() -> None:
    plain = draw([node("a", "expert", title="Critic", position={"x": 0, "y": 0}), node("b", "expert")])
    nodes = tuple(spec.model_copy(update={"bypassed": True}) for spec in plain.nodes)
    around = plain.model_copy(update={"nodes": nodes})
    assert texts(picture(plain)) == ["Critic", "Expert", "Expert"]
    assert texts(picture(around)) == ["Critic", "bypassed · Expert", "Expert", "bypassed"]
    assert (picture(plain).count("stroke-dasharray"), picture(around).count("stroke-dasharray")) == (0, 2)
    assert raster(plain) != raster(around)


def test_text_of_a_stranger_stays_text() -> None:
    wicked = '</text><script>alert("1")</script>&\x00\u202e'
    note = Note(id="n", text=wicked, position=Position(x=0, y=200))
    svg = picture(Pipeline(name=wicked, nodes=(NodeSpec(id="a", kind=wicked[:30], title=wicked),), notes=(note,)))
    assert {each.tag for each in ElementTree.fromstring(svg).iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "style", "rect", "g", "text")
    }
    assert "<script" not in svg


def test_a_theme_is_fixed_and_auto_follows_the_reader() -> None:
    assert 'fill="#0f172a"/>' in picture(single_expert(), "dark")
    assert "<style>" not in picture(single_expert(), "light")
    assert "prefers-color-scheme:dark" in picture(single_expert())


@pytest.mark.parametrize(("theme", "ground"), [("light", (255, 255, 255)), ("dark", (15, 23, 42))])
def test_a_png_has_two_pixels_for_each_and_the_ground_of_its_theme(theme: str, ground: tuple[int, int, int]) -> None:
    image = Image.open(BytesIO(raster(single_expert(), theme)))  # type: ignore[arg-type]
    drawn = sketch(single_expert())
    assert image.size == (int(drawn.width * 2), int(drawn.height * 2))
    assert image.getpixel((0, 0)) == ground
    assert len(image.convert("RGB").getcolors(1_000_000) or ()) > 20


def test_a_pipeline_drawn_too_far_apart_has_no_png() -> None:
    far = draw([node("a", "expert", position={"x": 0, "y": 0}), node("b", "expert", position={"x": 9e5, "y": 9e5})])
    with pytest.raises(DocumentError, match="tidy the pipeline up first"):
        raster(far)


def test_nothing_drawn_is_an_empty_picture() -> None:
    assert texts(picture(Pipeline())) == []
