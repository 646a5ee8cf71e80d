"""Many runs together, any two sides compared, templates looked at and the first minute, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from pipelines.document import NodeSpec
from storage import open_storage
from tests.app.browser.conftest import model_server, studio_over
from tests.app.browser.studio import Server, Studio
from tests.app.drawn import forked
from tests.pipelines.gateway.stub import Stub, says

Tab = Callable[..., Studio]
SHORT, LONG = "router.short->expert_2.query", "router.long->expert_1.query"
LONG_END = "hot enough today for a swim in the lake at noon?"


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with model_server() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, stub: Stub) -> Iterator[Server]:
    with studio_over(tmp_path_factory.mktemp("home"), stub) as running:
        yield running


def opened(tab: Tab, server: Server, name: str, inner: str | None = None) -> Studio:
    """Opens a forked pipeline of the test's own; `inner` is the template in place of its second expert."""
    pipeline = forked().model_copy(update={"name": name})
    if inner:
        node = NodeSpec(id="expert_2", kind="sub_pipeline", title="Inside", config={"reference": inner})
        nodes = tuple(node if spec.id == node.id else spec for spec in pipeline.nodes)
        pipeline = pipeline.model_copy(update={"nodes": nodes})
    with open_storage(server.home / "routeloom.db") as storage:
        slug = storage.workflows.create(pipeline).slug
    studio: Studio = tab(width=1280).go(f"/studio?w={slug}")
    expect(studio.node("answer")).to_be_visible()
    return studio


def answered(studio: Studio, question: str, answer: str) -> None:
    studio.ask(question)
    expect(studio.by_key("answer")).to_contain_text(answer)
    studio.settled()


def question(studio: Studio) -> Locator:
    return studio.by_key("runbar").get_by_role("textbox")


def two_runs(studio: Studio, stub: Stub, word: str) -> None:
    """Asks a short and a long question about `word`, which no other test has asked: answers are kept."""
    for number, asked in enumerate((f"Is {word} hot?", f"Is {word} {LONG_END}"), start=1):
        stub.will(says(f"Answer {number} on {word}."))
        answered(studio, asked, f"Answer {number} on {word}.")


def test_a_newcomer_is_guided_by_the_keyboard_from_a_template_to_a_run(tab: Tab, server: Server, stub: Stub) -> None:
    studio = tab(width=1280).go()
    expect(studio.by_key("guide-1")).to_contain_text("Step 1 of 4")
    studio.shot("guide-1")
    studio.by_key("template-single-expert").get_by_role("button").click()
    expect(studio.by_key("guide-2")).to_contain_text("Read the route")
    studio.shot("guide-2")
    studio.by_key("guide-2").get_by_role("button", name="Next").focus()
    studio.page.keyboard.press("Enter")
    expect(studio.by_key("guide-3").get_by_role("status")).to_contain_text("Ask something")
    stub.will(says("Done."))
    answered(studio, "What now?", "Done.")
    expect(studio.by_key("guide-4")).to_contain_text("Change one thing and save")
    studio.shot("guide-4")
    studio.by_key("guide-4").get_by_role("button", name="Done").press("Enter")
    expect(studio.by_key("guide-4")).to_have_count(0)


def test_one_run_and_many_together_are_drawn_with_their_heat(tab: Tab, server: Server, stub: Stub) -> None:
    studio = opened(tab, server, "Heat of many")
    two_runs(studio, stub, "Rome")
    page = studio.page
    heat = page.get_by_test_id("heat")
    expect(heat.get_by_role("radio", name="Accuracy")).to_have_count(0)
    page.get_by_test_id("heat-latency").click()
    expect(page.get_by_test_id("heat-legend")).to_contain_text("ms")
    expect(studio.node("expert_1")).to_have_attribute("data-heat", "true")
    expect(studio.node("expert_2")).not_to_have_attribute("data-heat", "true")
    page.get_by_test_id("scopes").select_option("runs:20")
    expect(studio.edge(SHORT)).to_have_attribute("data-share", "0.5")
    expect(studio.edge(LONG)).to_have_attribute("data-share", "0.5")
    expect(studio.node("expert_2")).to_have_attribute("data-heat", "true")
    expect(heat).to_contain_text("Heat of 2 runs")
    expect(page.get_by_test_id("history")).to_contain_text("2 runs · version 1")
    studio.shot("batch")
    page.get_by_test_id("scopes").focus()
    page.keyboard.press("t")
    expect(studio.edge(SHORT)).to_have_attribute("data-state", "not_taken")


def test_any_two_runs_are_compared_from_the_dialog(tab: Tab, server: Server, stub: Stub) -> None:
    studio = opened(tab, server, "Pair of runs")
    two_runs(studio, stub, "Oslo")
    stub.will(says("Three."))
    answered(studio, "Is it cold?", "Three.")
    page = studio.page
    page.get_by_role("tab", name="Past runs").click()
    studio.by_key("past-pair").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Runs").or_(dialog.get_by_role("button", name="Runs")).first.click()
    dialog.get_by_role("combobox", name="B, which the canvas shows").click()
    page.get_by_role("option").filter(has_text=f"Is Oslo {LONG_END}").click()
    dialog.get_by_role("combobox", name="A, the older side").click()
    page.get_by_role("option").filter(has_text="Is Oslo hot?").click()
    dialog.get_by_role("button", name="Compare", exact=True).click()
    expect(studio.by_key("look")).to_contain_text("Is Oslo hot enough")
    expect(page.get_by_test_id("difference-router")).to_contain_text("short → long")
    studio.shot("compare-pair")
    page.get_by_test_id("compare-close").click()
    expect(studio.by_key("look")).to_have_count(0)
    expect(page.get_by_test_id("palette-expert")).to_be_visible()


def test_any_two_versions_are_compared_without_losing_what_can_be_undone(tab: Tab, server: Server) -> None:
    studio = opened(tab, server, "Pair of versions")
    page = studio.page
    for node_id in ("expert_1", "expert_2"):
        studio.node(node_id).locator(".rl-tile").click()
        page.keyboard.press("Delete")
        expect(studio.node(node_id)).to_have_count(0)
        page.get_by_test_id("canvas").press("Control+s")
        number = 2 if node_id == "expert_1" else 3
        expect(page.get_by_text(f"Version {number}", exact=True)).to_be_visible()
    page.get_by_test_id("canvas").press("Control+k")
    page.get_by_test_id("commands-search").fill("Compare two versions")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    for name, version in (("A, the older side", "Version 1"), ("B, which the canvas shows", "Version 2")):
        dialog.get_by_role("combobox", name=name).click()
        page.get_by_role("option").filter(has_text=version).click()
    dialog.get_by_role("button", name="Compare", exact=True).click()
    expect(studio.by_key("look")).to_contain_text("version 2")
    expect(page.get_by_test_id("ghost-expert_1")).to_be_visible()
    expect(studio.node("expert_2")).to_be_visible()
    studio.by_key("look-back").get_by_role("button").click()
    expect(studio.by_key("look")).to_have_count(0)
    expect(studio.node("expert_2")).to_have_count(0)
    page.get_by_test_id("canvas").press("Control+z")
    expect(studio.node("expert_2")).to_be_visible()


def test_a_template_is_looked_at_and_the_typed_question_stays(tab: Tab, server: Server) -> None:
    studio = opened(tab, server, "Looks inside", inner="self-refine")
    question(studio).fill("Not sent yet")
    studio.node("expert_2").locator(".rl-tile").click()
    studio.page.get_by_test_id("menu-open-expert_2").click()
    expect(studio.by_key("look")).to_contain_text("Self-refine")
    expect(studio.page.get_by_test_id("palette-expert")).to_have_count(0)
    expect(question(studio)).to_have_value("Not sent yet")
    studio.shot("look-template")
    studio.by_key("look-fork").get_by_role("button").click()
    expect(studio.page.get_by_test_id("breadcrumbs")).to_contain_text("Self-refine")
    expect(studio.by_key("look")).to_have_count(0)
    expect(question(studio)).to_have_value("Not sent yet")
    studio.page.get_by_test_id("breadcrumbs").get_by_role("button").first.click()
    expect(studio.node("expert_2")).to_contain_text("self-refine-2")
    expect(question(studio)).to_have_value("Not sent yet")
