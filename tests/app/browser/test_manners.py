"""How the canvas behaves under the hands of a person: what is in view, where the keys go, what a click opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, expect

from storage import open_storage
from tests.app.browser.conftest import model_server, studio_over
from tests.app.browser.studio import WAIT_S, Server, Studio, wait_for
from tests.app.browser.test_interaction import canvas, middle, picked, pressed, selected
from tests.app.drawn import forked
from tests.bench.page import grid
from tests.pipelines.gateway.stub import Stub, hangs, says

Tab = Callable[..., Studio]
Rectangle = tuple[float, float, float, float]
PANELS = ".rl-palette, .rl-tools, .rl-totals, .react-flow__minimap, .rl-places > *"


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with model_server() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, stub: Stub) -> Iterator[Server]:
    with studio_over(tmp_path_factory.mktemp("home"), stub) as running:
        yield running


@pytest.fixture
def slug(server: Server, request: pytest.FixtureRequest) -> str:
    """A forked pipeline of the test's own."""
    with open_storage(server.home / "routeloom.db") as storage:
        return storage.workflows.create(forked().model_copy(update={"name": request.node.name[5:45]})).slug


@pytest.fixture
def studio(tab: Tab, slug: str) -> Studio:
    opened: Studio = tab(width=1280, height=800).go(f"/studio?w={slug}")
    expect(opened.node("answer")).to_be_visible()
    return opened


def rectangles(found: Locator) -> list[Rectangle]:
    """Returns left, top, right and bottom of each element that has a size."""
    read = "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
    return [(left, top, right, bottom) for left, top, right, bottom in found.evaluate_all(read) if right > left]


def covered(studio: Studio) -> list[tuple[Rectangle, Rectangle]]:
    """Returns each card with a panel of the canvas or the drawer of the page that lies over a part of it."""
    panels = rectangles(studio.page.locator(PANELS)) + rectangles(studio.by_key("inspector"))
    return [
        (card, panel)
        for card in rectangles(studio.page.locator(".rl-card"))
        for panel in panels
        if card[0] < panel[2] and panel[0] < card[2] and card[1] < panel[3] and panel[1] < card[3]
    ]


def test_nothing_lies_over_a_card_when_everything_is_shown(studio: Studio, stub: Stub) -> None:
    stub.will(says("It is."))
    studio.ask("Is all in view?")
    expect(studio.by_key("answer")).to_contain_text("It is.")
    expect(studio.page.get_by_test_id("history")).to_be_visible()
    pressed(studio, "f")
    wait_for(lambda: covered(studio) == [], WAIT_S, "a panel lies over a card")
    picked(studio, "answer")
    expect(studio.by_key("inspector")).to_be_visible()
    pressed(studio, "f")
    wait_for(lambda: covered(studio) == [], WAIT_S, "a panel or the drawer lies over a card")
    studio.close_drawer()
    picked(studio, "router", "expert_2")
    pressed(studio, ".")
    chosen = studio.page.locator(".rl-card[data-selected]")
    panels = rectangles(studio.page.locator(PANELS))

    def clear() -> bool:
        return not any(
            card[0] < panel[2] and panel[0] < card[2] and card[1] < panel[3] and panel[1] < card[3]
            for card in rectangles(chosen)
            for panel in panels
        )

    wait_for(clear, WAIT_S, "a panel lies over what was asked for")


def test_a_click_on_the_selected_node_brings_its_drawer_back(studio: Studio) -> None:
    picked(studio, "expert_1")
    expect(studio.by_key("inspector")).to_be_visible()
    studio.close_drawer()
    studio.settled()
    studio.node("expert_1").locator(".rl-tile").click()
    expect(studio.by_key("inspector").get_by_role("textbox", name="Title")).to_have_value("Long")
    assert selected(studio) == ["expert_1"]


def test_what_was_deleted_comes_back_by_the_next_key(studio: Studio) -> None:
    for node_id in ("expert_1", "expert_2"):
        card = studio.node(node_id).locator("xpath=..")
        studio.settled()
        card.focus()
        studio.page.keyboard.press("Enter")
        expect(studio.by_key("inspector")).to_be_visible()
        expect(card).to_be_focused()
        studio.page.keyboard.press("Delete")
        assert studio.page.evaluate(FOCUS_IS_ON_CANVAS)
        studio.page.keyboard.press("Control+z")
        expect(studio.node(node_id)).to_be_visible()
        studio.page.keyboard.press("Escape")


FOCUS_IS_ON_CANVAS = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at?.closest('.rl-canvas') !== null && at?.closest('.rl-canvas') !== undefined;
}"""


def test_a_box_drawn_with_shift_selects_what_it_touches(studio: Studio) -> None:
    boxes = [studio.node(node_id).bounding_box() for node_id in ("expert_1", "expert_2")]
    first, second = boxes
    assert first is not None
    assert second is not None
    left, right = min(first["x"], second["x"]), max(first["x"], second["x"]) + first["width"]
    top = min(first["y"], second["y"])
    bottom = max(first["y"] + first["height"], second["y"] + second["height"])
    page = studio.page
    page.keyboard.down("Shift")
    page.mouse.move(left - 8, top - 8)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=6)
    page.mouse.move(right - 20, bottom - 8, steps=6)
    page.mouse.up()
    page.keyboard.up("Shift")
    wait_for(lambda: selected(studio) == ["expert_1", "expert_2"], WAIT_S, "the box selects something else")


def test_three_nodes_are_spread_evenly(studio: Studio) -> None:
    names = ("question", "router", "answer")
    x, y = middle(studio.node("router").locator(".rl-tile"))
    mouse = studio.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 60, y + 140, steps=6)
    mouse.up()
    picked(studio, *names)

    def gaps() -> list[float]:
        places = sorted(rectangles(studio.page.locator(".rl-card[data-selected]")))
        return [second[0] - first[2] for first, second in pairwise(places)]

    before = gaps()
    assert abs(before[0] - before[1]) > 20
    studio.page.get_by_test_id("selection-align-across").click()
    wait_for(lambda: abs(gaps()[0] - gaps()[1]) < 3, WAIT_S, "they are not spread evenly")


def test_a_node_is_pasted_with_the_wires_that_lead_to_it(studio: Studio) -> None:
    picked(studio, "expert_2")
    pressed(studio, "Control+c", "Control+Shift+v")
    expect(studio.node("expert_3")).to_be_visible()
    expect(studio.edge("router.short->expert_3.query")).to_have_count(1)
    pressed(studio, "Control+v")
    expect(studio.node("expert_4")).to_be_visible()
    expect(studio.edge("router.short->expert_4.query")).to_have_count(0)


def test_a_run_is_stopped_from_the_canvas(studio: Studio, stub: Stub) -> None:
    stub.will(hangs)
    studio.ask("How long?")
    expect(studio.node("expert_2")).to_have_attribute("data-status", "running")
    studio.page.get_by_test_id("tool-stop").click()
    expect(studio.node("expert_2")).to_have_attribute("data-status", "cancelled")
    expect(studio.page.get_by_test_id("tool-stop")).to_have_count(0)


def test_the_picture_shows_icons_and_what_is_expected(studio: Studio, tmp_path: Path) -> None:
    studio.page.get_by_test_id("tool-picture").click()
    with studio.page.expect_download() as waiting:
        studio.page.get_by_test_id("picture-svg").click()
    path = tmp_path / "picture.svg"
    waiting.value.save_as(path)
    root = ElementTree.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    icons = [group for group in root.iter(f"{space}g") if (group.get("transform") or "").endswith("scale(0.875)")]
    assert len(icons) == 5
    assert all(len(icon) > 0 for icon in icons)
    assert any((text.text or "").startswith("estimated") for text in root.iter(f"{space}text"))


def test_a_port_is_hit_within_24_pixels(studio: Studio) -> None:
    port = studio.page.get_by_test_id("port-router-in-query")
    picked(studio, "router")
    pressed(studio, ".")
    hit = """(port, reach) => {
        const { left, top, width, height } = port.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const root = port.getRootNode();
        return [[reach, 0], [-reach, 0], [0, reach], [0, -reach]].every(
            ([dx, dy]) => root.elementFromPoint(x + dx, y + dy)?.closest('.rl-port') === port
        );
    }"""
    wait_for(lambda: bool(port.evaluate(hit, 11.9)), WAIT_S, "the port is smaller than 24 pixels for the pointer")


def test_a_large_pipeline_from_far_away_is_painted_and_can_still_be_dragged(tab: Tab, server: Server) -> None:
    with open_storage(server.home / "routeloom.db") as storage:
        slug = storage.workflows.create(grid(260)).slug
    studio = tab().go(f"/studio?w={slug}")
    expect(studio.node("n7")).to_be_visible(timeout=60_000)
    for _ in range(4):
        studio.page.get_by_test_id("tool-zoom-out").click()
    expect(studio.page.get_by_test_id("overview")).to_be_visible()
    expect(studio.page.locator(".react-flow__edge")).to_have_count(0)
    x, y = middle(studio.node("n7"))
    mouse = studio.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 20, y - 30, steps=15)
    mouse.up()

    def moved() -> bool:
        new_x, new_y = middle(studio.node("n7"))
        return abs(new_x - x + 20) < 6 and abs(new_y - y + 30) < 6

    wait_for(moved, WAIT_S, "the card stays where it was")
    canvas(studio).focus()
    studio.page.keyboard.press("Control+z")
    wait_for(lambda: abs(middle(studio.node("n7"))[0] - x) < 3, WAIT_S, "it does not go back")
