"""What a person does on the canvas, each in a real Chromium; one server and one browser serve them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from storage import open_storage
from tests.app.browser.conftest import model_server, studio_over
from tests.app.browser.studio import WAIT_S, Server, Studio, wait_for
from tests.app.drawn import forked
from tests.pipelines.gateway.stub import Stub, says

Tab = Callable[..., Studio]
FIRST, SHORT, LONG = "question.query->router.query", "router.short->expert_2.query", "router.long->expert_1.query"


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
    opened: Studio = tab().go(f"/studio?w={slug}")
    expect(opened.node("answer")).to_be_visible()
    return opened


def canvas(studio: Studio) -> Locator:
    return studio.page.get_by_test_id("canvas")


def pressed(studio: Studio, *keys: str) -> None:
    """Presses keys on the canvas."""
    canvas(studio).focus()
    for key in keys:
        studio.page.keyboard.press(key)


def selected(studio: Studio) -> list[str]:
    found = studio.page.locator("[data-card][data-selected]").evaluate_all("all => all.map(e => e.dataset.card)")
    return sorted(found)


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def picked(studio: Studio, *node_ids: str) -> None:
    """Selects exactly these nodes, by clicking their icons: a title would be renamed by a second click."""
    if selected(studio):
        pressed(studio, "Escape")
    for number, node_id in enumerate(node_ids):
        studio.node(node_id).locator(".rl-tile").click(modifiers=["Control"] if number else [])
    wait_for(lambda: selected(studio) == sorted(node_ids), WAIT_S, f"{node_ids} are not selected")


def clicked(studio: Studio, edge: str) -> None:
    """Clicks a wire halfway."""
    halfway = """path => {
        const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
        return [x, y];
    }"""
    x, y = studio.edge(edge).locator(".react-flow__edge-interaction").evaluate(halfway)
    studio.page.mouse.click(x, y)


def answered(studio: Studio, question: str, answer: str) -> None:
    studio.ask(question)
    expect(studio.by_key("answer")).to_contain_text(answer)
    studio.settled()


def test_a_node_is_added_by_searching_for_it(studio: Studio) -> None:
    pressed(studio, "/")
    search = studio.page.get_by_test_id("quick-add")
    expect(search).to_be_visible()
    studio.page.get_by_test_id("quick-add-search").fill("majority")
    studio.page.keyboard.press("Enter")
    expect(studio.node("majority_vote_1")).to_be_visible()
    studio.drag_in("merge", 700, 420)
    expect(studio.node("merge_1")).to_be_visible()


def test_a_wire_pulled_into_the_empty_offers_what_fits_and_connects_it(studio: Studio) -> None:
    x, y = middle(studio.page.get_by_test_id("port-question-out-query"))
    mouse = studio.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 30, y + 90, steps=6)
    mouse.move(x + 60, y + 170, steps=6)
    mouse.up()
    expect(studio.page.get_by_test_id("quick-add")).to_be_visible()
    expect(studio.page.get_by_test_id("quick-merge")).to_have_count(0)
    studio.page.get_by_test_id("quick-expert").click()
    expect(studio.edge("question.query->expert_3.query")).to_have_count(1)


def test_a_node_dropped_on_a_wire_stands_between_and_is_taken_out_again(studio: Studio) -> None:
    frame = canvas(studio).bounding_box()
    assert frame is not None
    x, y = middle(studio.edge(SHORT))
    studio.drag_in("query_rewriter", x - frame["x"], y - frame["y"])
    expect(studio.edge("router.short->query_rewriter_1.query")).to_have_count(1)
    expect(studio.edge("query_rewriter_1.query->expert_2.query")).to_have_count(1)
    expect(studio.edge(SHORT)).to_have_count(0)
    picked(studio, "query_rewriter_1")
    pressed(studio, "Control+Backspace")
    expect(studio.node("query_rewriter_1")).to_have_count(0)
    expect(studio.edge(SHORT)).to_have_count(1)


def test_a_port_that_does_not_fit_fades_and_says_why(studio: Studio) -> None:
    studio.drag_in("expert", 420, 420)
    wrong = studio.page.get_by_test_id("port-expert_3-in-documents")
    x, y = middle(studio.page.get_by_test_id("port-question-out-query"))
    to_x, to_y = middle(wrong)
    mouse = studio.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=6)
    opacity = "e => { let o = 1; for (; e; e = e.parentElement) o *= +getComputedStyle(e).opacity; return o }"
    wait_for(lambda: wrong.evaluate(opacity) < 0.6, WAIT_S, "the port does not fade")
    right = studio.page.get_by_test_id("port-expert_3-in-query")
    assert right.evaluate(opacity) > 0.9
    mouse.move(to_x, to_y, steps=6)
    mouse.up()
    expect(studio.page.get_by_test_id("toast").last).to_contain_text("Documents")
    expect(studio.edge("question.query->expert_3.documents")).to_have_count(0)


def test_a_form_is_undone_and_redone_and_a_run_is_not(studio: Studio, stub: Stub) -> None:
    stub.will(says("Undone?"))
    picked(studio, "expert_2")
    prompt = studio.by_key("inspector").get_by_role("textbox", name="System prompt")
    prompt.fill("Answer in three words.")
    prompt.press("Control+Enter")
    expect(studio.page.get_by_text("Unsaved changes")).to_be_visible()
    answered(studio, "May a run be undone?", "Undone?")
    pressed(studio, "Control+z")
    expect(prompt).to_have_value("")
    expect(studio.node("expert_2")).to_have_attribute("data-status", "done")
    expect(studio.node("expert_2")).to_have_attribute("data-stale", "true")
    pressed(studio, "Control+Shift+z")
    expect(prompt).to_have_value("Answer in three words.")


def test_nodes_are_copied_with_their_wires_into_another_pipeline(studio: Studio, server: Server) -> None:
    with open_storage(server.home / "routeloom.db") as storage:
        other = storage.workflows.create(forked().model_copy(update={"name": "Paste here", "nodes": (), "edges": ()}))
    pressed(studio, "Control+a", "Control+c", "Control+d")
    wait_for(lambda: studio.nodes() == 10, WAIT_S, "nothing was duplicated")
    studio.go(f"/studio?w={other.slug}")
    expect(studio.page.get_by_test_id("empty")).to_be_visible()
    pressed(studio, "Control+v")
    wait_for(lambda: studio.nodes() == 5, WAIT_S, "nothing was pasted")
    expect(studio.page.locator("[data-testid^='edge-']")).to_have_count(5)
    pressed(studio, "Control+z")
    wait_for(lambda: studio.nodes() == 0, WAIT_S, "pasting is not one step")


def test_what_lies_behind_and_before_a_node_is_selected_and_aligned(studio: Studio) -> None:
    picked(studio, "router")
    pressed(studio, "Shift+D")
    wait_for(lambda: selected(studio) == ["answer", "expert_1", "expert_2", "router"], WAIT_S, "not all that is behind")
    picked(studio, "expert_2")
    pressed(studio, "Shift+U")
    wait_for(lambda: selected(studio) == ["expert_2", "question", "router"], WAIT_S, "not all that is before")
    picked(studio, "router", "expert_1")
    studio.page.get_by_test_id("selection-align-left").click()

    def lined_up() -> bool:
        first, second = studio.node("router").bounding_box(), studio.node("expert_1").bounding_box()
        return first is not None and second is not None and abs(first["x"] - second["x"]) < 1

    wait_for(lined_up, WAIT_S, "they do not stand one below the other")
    pressed(studio, "t")
    wait_for(lambda: not lined_up(), WAIT_S, "tidying up changed nothing")


def test_the_view_goes_to_the_selection_and_back_to_everything(studio: Studio) -> None:
    def width() -> float:
        box = studio.node("expert_2").bounding_box()
        return box["width"] if box else 0

    before = width()
    picked(studio, "expert_2")
    pressed(studio, ".")
    wait_for(lambda: width() > before * 1.05, WAIT_S, "the view does not come nearer")
    near = width()
    pressed(studio, "f")
    wait_for(lambda: width() < near * 0.97, WAIT_S, "the view does not go back")
    expect(studio.page.locator(".react-flow__minimap")).to_be_visible()


def test_the_command_palette_finds_nodes_and_opens_another_workflow(studio: Studio, server: Server) -> None:
    with open_storage(server.home / "routeloom.db") as storage:
        storage.workflows.create(forked().model_copy(update={"name": "Elsewhere", "nodes": forked().nodes[:2]}))
    studio.page.reload(wait_until="commit")
    expect(studio.node("answer")).to_be_visible()
    pressed(studio, "Control+k")
    studio.page.get_by_test_id("commands-search").fill("By length")
    studio.page.keyboard.press("Enter")
    wait_for(lambda: selected(studio) == ["router"], WAIT_S, "the node is not shown")
    pressed(studio, "Control+k")
    studio.page.get_by_test_id("commands-search").fill("Open Elsewhere")
    studio.page.keyboard.press("Enter")
    expect(studio.node("answer")).to_have_count(0)
    expect(studio.by_key("header").get_by_role("textbox")).to_have_value("Elsewhere")


def test_a_run_goes_to_a_node_and_on_from_a_node(studio: Studio, stub: Stub) -> None:
    stub.will(says("To and from."))
    answered(studio, "How far?", "To and from.")
    calls = stub.calls
    picked(studio, "router")
    studio.page.get_by_test_id("menu-run-to-router").click()
    expect(studio.node("answer")).to_have_attribute("data-status", "idle")
    expect(studio.node("router")).to_have_attribute("data-status", "done")
    expect(studio.page.get_by_text("and no further")).to_be_visible()
    pressed(studio, "Shift+F")
    expect(studio.node("answer")).to_have_attribute("data-status", "done")
    expect(studio.by_key("answer")).to_contain_text("To and from.")
    assert stub.calls == calls


def test_a_node_and_a_wire_tell_what_went_through_them(studio: Studio, stub: Stub) -> None:
    stub.will(says("Through and through."))
    answered(studio, "What goes through?", "Through and through.")
    picked(studio, "expert_2")
    drawer = studio.by_key("inspector")
    drawer.get_by_role("tab", name="Last run").click()
    expect(drawer).to_contain_text("What goes through?")
    expect(drawer).to_contain_text("tokens")
    studio.close_drawer()
    clicked(studio, "expert_2.answer->answer.answers")
    expect(drawer).to_contain_text("expert_2.answer")
    expect(drawer).to_contain_text("Through and through.")
    clicked(studio, LONG)
    expect(drawer).to_contain_text("Nothing crossed this wire")


def test_an_output_is_pinned_edited_and_used_downstream(studio: Studio, stub: Stub) -> None:
    stub.will(says("As the model says."))
    answered(studio, "What is pinned?", "As the model says.")
    calls = stub.calls
    picked(studio, "expert_2")
    studio.page.get_by_test_id("menu-pin-expert_2").click()
    expect(studio.node("expert_2")).to_have_attribute("data-pinned", "true")
    studio.by_key("inspector").get_by_text("Behaviour").click()
    field = studio.by_key("inspector").get_by_role("textbox", name="Gives on answer")
    field.fill("As I say.")
    field.press("Control+Enter")
    expect(field).to_have_value("As I say.")
    studio.settled()
    answered(studio, "What is pinned now?", "As I say.")
    assert stub.calls == calls


def test_a_disabled_node_shows_what_never_runs(studio: Studio) -> None:
    picked(studio, "router")
    pressed(studio, "d")
    expect(studio.node("router")).to_have_attribute("data-disabled", "true")
    for node_id in ("expert_1", "expert_2", "answer"):
        expect(studio.node(node_id)).to_have_attribute("data-dead", "true")
    pressed(studio, "Control+z")
    expect(studio.node("answer")).not_to_have_attribute("data-dead", "true")


def test_a_bypassed_node_shows_the_way_through_it_before_a_run_and_takes_it(studio: Studio, stub: Stub) -> None:
    picked(studio, "router")
    pressed(studio, "Control+b")
    expect(studio.node("router")).not_to_have_attribute("data-bypassed", "true")
    pressed(studio, "b")
    expect(studio.node("router")).to_have_attribute("data-bypassed", "true")
    expect(studio.node("router")).to_contain_text("bypassed")
    expect(studio.page.get_by_test_id("bypass-router")).to_have_attribute("data-output", "long")
    expect(studio.node("expert_2")).to_have_attribute("data-dead", "true")
    expect(studio.node("expert_1")).not_to_have_attribute("data-dead", "true")
    expect(studio.edge(SHORT)).to_have_attribute("data-dead", "true")
    expect(studio.edge(LONG)).not_to_have_attribute("data-dead", "true")
    stub.will(says("The long way."))
    answered(studio, "Short?", "The long way.")
    expect(studio.node("router")).to_have_attribute("data-status", "done")
    expect(studio.node("expert_2")).to_have_attribute("data-status", "skipped")
    picked(studio, "router")
    studio.page.get_by_test_id("menu-bypass-router").click()
    expect(studio.node("router")).not_to_have_attribute("data-bypassed", "true")
    pressed(studio, "Control+z")
    expect(studio.node("router")).to_have_attribute("data-bypassed", "true")
    pressed(studio, "Control+z")
    expect(studio.page.get_by_test_id("bypass-router")).to_have_count(0)


def test_a_bypass_is_copied_and_one_that_passes_nothing_is_told(studio: Studio) -> None:
    picked(studio, "expert_2")
    pressed(studio, "b", "Control+d")
    expect(studio.node("expert_3")).to_have_attribute("data-bypassed", "true")
    expect(studio.node("expert_2")).to_have_attribute("data-dead", "true")
    expect(studio.page.get_by_test_id("problem-expert_2")).to_have_attribute(
        "aria-label", "It cannot be bypassed: it takes query and gives answer, so it stays silent."
    )


def test_a_selection_becomes_a_sub_pipeline_that_is_entered_and_left(studio: Studio, stub: Stub) -> None:
    stub.will(says("From inside."))
    picked(studio, "expert_2")
    studio.page.get_by_test_id("menu-make-sub-expert_2").click()
    expect(studio.node("sub_pipeline_1")).to_be_visible()
    expect(studio.node("expert_2")).to_have_count(0)
    answered(studio, "Who is inside?", "From inside.")
    picked(studio, "sub_pipeline_1")
    studio.page.get_by_test_id("menu-open-sub_pipeline_1").click()
    expect(studio.node("expert_2")).to_be_visible()
    expect(studio.page.get_by_test_id("breadcrumbs")).to_contain_text("Short")
    studio.page.get_by_test_id("breadcrumbs").get_by_role("button").first.click()
    expect(studio.node("sub_pipeline_1")).to_be_visible()
    expect(studio.page.get_by_test_id("breadcrumbs")).to_have_count(0)


def test_making_a_sub_pipeline_is_one_step_back(studio: Studio) -> None:
    picked(studio, "expert_2")
    pressed(studio, "Control+g")
    expect(studio.node("sub_pipeline_1")).to_be_visible()
    pressed(studio, "Control+z")
    expect(studio.node("expert_2")).to_be_visible()
    expect(studio.node("sub_pipeline_1")).to_have_count(0)


def test_past_runs_are_stepped_through_and_compared(studio: Studio, stub: Stub) -> None:
    stub.will(says("One."))
    answered(studio, "Which is one?", "One.")
    stub.will(says("Two."))
    answered(studio, "And which of all of them would you say is two?", "Two.")
    expect(studio.page.get_by_test_id("history")).to_contain_text("Run 2 of 2")
    studio.page.get_by_test_id("history-older").click()
    expect(studio.page.get_by_test_id("history")).to_contain_text("Run 1 of 2")
    expect(studio.node("expert_1")).to_have_attribute("data-status", "skipped")
    expect(studio.by_key("answer")).to_contain_text("One.")
    studio.page.get_by_test_id("history-newer").click()
    expect(studio.node("expert_2")).to_have_attribute("data-status", "skipped")
    studio.page.get_by_role("tab", name="Past runs").click()
    studio.button("Compare").first.click()
    expect(studio.page.get_by_test_id("compare")).to_contain_text("Which is one?")
    expect(studio.page.get_by_test_id("difference-router")).to_contain_text("short → long")
    studio.page.get_by_test_id("compare-close").click()
    expect(studio.page.get_by_test_id("compare")).to_have_count(0)


def test_a_version_is_compared_and_brought_back(studio: Studio) -> None:
    picked(studio, "expert_1")
    pressed(studio, "Delete", "Control+s")
    expect(studio.page.get_by_text("Version 2", exact=True)).to_be_visible()
    pressed(studio, "Control+k")
    studio.page.get_by_test_id("commands-search").fill("Compare with version 1")
    studio.page.keyboard.press("Enter")
    expect(studio.page.get_by_test_id("ghost-expert_1")).to_be_visible()
    studio.shot("compare-version")
    pressed(studio, "Control+k")
    studio.page.get_by_test_id("commands-search").fill("Bring back version 1")
    studio.page.keyboard.press("Enter")
    expect(studio.node("expert_1")).to_be_visible()
    expect(studio.page.get_by_test_id("ghost-expert_1")).to_have_count(0)
    pressed(studio, "Control+z")
    expect(studio.node("expert_1")).to_have_count(0)


def test_the_critical_path_is_drawn_before_a_run_and_gone_with_it(studio: Studio) -> None:
    legend = studio.page.get_by_test_id("critical")
    expect(legend).to_have_text("critical path")
    marked = studio.page.locator("[data-card][data-critical]").evaluate_all("all => all.map(e => e.dataset.card)")
    assert len(marked) == 4
    assert {"question", "router", "answer"} < set(marked)
    expect(studio.page.locator(".rl-wire[data-critical]")).to_have_count(3)
    studio.shot("critical-path")
    studio.ask("Is it hot?")
    expect(studio.node("answer")).to_have_attribute("data-status", "done")
    expect(legend).to_have_count(0)
    expect(studio.page.locator("[data-critical]")).to_have_count(0)
