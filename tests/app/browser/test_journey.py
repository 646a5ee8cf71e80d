"""Whole journeys through the studio, in a real Chromium against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from playwright.sync_api import expect

from storage import open_storage
from tests.app.browser.studio import WAIT_S, Server, Studio, wait_for
from tests.app.drawn import forked
from tests.pipelines.gateway.stub import Stub, chunk, says, streams

Tab = Callable[..., Studio]


def workflow(server: Server) -> str:
    """Stores the forked pipeline and returns the address of the studio with it."""
    with open_storage(server.home / "routeloom.db") as storage:
        slug = storage.workflows.create(forked()).slug
    return f"/studio?w={slug}"


def draw_cascade(studio: Studio) -> None:
    """Draws a cascade on an empty canvas."""
    studio.drag_in("query_input", 390, 120)
    studio.drag_in("cascade", 650, 120)
    studio.drag_in("expert", 910, 330)
    studio.drag_in("answer_output", 1180, 120)
    studio.wire("query_input_1.query", "cascade_1.query")
    studio.wire("cascade_1.accepted", "answer_output_1.answers")
    studio.wire("cascade_1.escalate", "expert_1.query")
    studio.wire("expert_1.answer", "answer_output_1.answers")


def test_a_newcomer_draws_a_cascade_runs_it_and_finds_it_again(tab: Tab, stub: Stub) -> None:
    stub.will(says("Perhaps 41."), says('{"score": 3, "reason": "a guess"}'), says("It is 42."))
    studio = tab().go()
    expect(studio.page.get_by_text("Self-refine").first).to_be_visible()
    studio.shot("journey-1-gallery")
    studio.button("New pipeline").click()
    expect(studio.page.get_by_test_id("empty")).to_be_visible()
    studio.shot("journey-2-empty")

    draw_cascade(studio)
    studio.wire("cascade_1.accepted", "cascade_1.query")
    toast = studio.page.get_by_test_id("toast").last
    expect(toast).to_be_visible()
    studio.shot("journey-3-refused")
    expect(studio.page.get_by_text("Ready to run")).to_be_visible()

    studio.node("cascade_1").dblclick()
    studio.choose("Rule", "self_rating")
    expect(studio.node("cascade_1")).to_contain_text("self-rating ≥ 0.70")
    studio.close_drawer()
    studio.node("expert_1").click()
    prompt = studio.by_key("inspector").get_by_role("textbox", name="System prompt")
    prompt.fill("You are a mathematician.")
    prompt.press("Control+Enter")
    studio.ask("What is six times seven?")
    expect(studio.by_key("answer")).to_contain_text("It is 42.")
    accepted = studio.edge("cascade_1.accepted->answer_output_1.answers")
    expect(accepted).to_have_attribute("data-state", "not_taken")
    expect(studio.page.get_by_text("not taken").first).to_be_visible()
    expect(studio.node("expert_1")).to_contain_text("done")
    expect(studio.node("cascade_1")).to_contain_text("0.30")
    studio.shot("journey-4-run")
    assert stub.calls == 3

    studio.close_drawer()
    studio.node("expert_1").click()
    studio.page.keyboard.press("Delete")
    expect(studio.node("expert_1")).to_have_count(0)
    expect(studio.page.get_by_test_id("canvas")).to_be_focused()
    studio.page.keyboard.press("Control+z")
    expect(studio.node("expert_1")).to_be_visible()

    name = studio.by_key("header").get_by_role("textbox")
    name.fill("My cascade")
    name.press("Enter")
    expect(studio.page.get_by_text("Unsaved changes")).to_be_visible()
    studio.button("Save").first.click()
    studio.page.get_by_role("button", name="Save a new version").click()
    expect(studio.page.get_by_text("Version 2", exact=True)).to_be_visible()
    expect(studio.by_key("header")).to_contain_text("Saved")

    studio.page.reload(wait_until="commit")
    expect(studio.node("expert_1")).to_be_visible()
    expect(studio.by_key("answer")).to_contain_text("It is 42.")
    studio.shot("journey-5-reloaded")

    again = tab().go()
    expect(again.page.get_by_text("My cascade")).to_be_visible()
    again.shot("journey-6-gallery")
    again.by_key("open-untitled").get_by_role("button").click()
    expect(again.node("cascade_1")).to_be_visible()
    assert again.nodes() == 4


def test_two_tabs_that_change_the_same_workflow_keep_both_sides(tab: Tab, server: Server) -> None:
    address = workflow(server)
    first, second = tab().go(address), tab().go(address)
    for studio, node_id in ((first, "expert_1"), (second, "expert_2")):
        studio.node(node_id).click()
        studio.page.keyboard.press("Delete")
        expect(studio.page.get_by_text("Unsaved changes")).to_be_visible()
    expect(second.by_key("conflict")).to_contain_text("both sides are kept")
    second.shot("two-tabs")
    second.button("Keep mine as a new version").click()
    expect(second.by_key("conflict")).to_have_count(0)
    with open_storage(server.home / "routeloom.db") as storage:
        wait_for(lambda: storage.workflows.info("forked").version == 2, WAIT_S, "the version was not saved")
        assert [spec.id for spec in storage.workflows.pipeline("forked").nodes if "expert" in spec.id] == ["expert_1"]
        kept = [draft.pipeline for draft in storage.workflows.drafts("forked")]
    assert [[spec.id for spec in pipeline.nodes if "expert" in spec.id] for pipeline in kept] == [["expert_2"]]


def test_a_reload_in_the_middle_of_a_run_loses_nothing(tab: Tab, server: Server, stub: Stub) -> None:
    gate = asyncio.Event()

    async def wait(_: object) -> None:
        await gate.wait()

    stub.will(streams(chunk("Half of the "), then=wait, done=False, cut=False), says("never asked"))
    studio = tab().go(workflow(server))
    studio.ask("Is it hot?")
    expect(studio.node("expert_2")).to_contain_text("Half of the")
    studio.shot("running")
    studio.page.reload(wait_until="commit")
    expect(studio.node("expert_2")).to_contain_text("Half of the")
    expect(studio.by_key("run-stop")).to_be_visible()
    studio.by_key("run-stop").get_by_role("button").click()
    expect(studio.page.get_by_text("What had finished is kept")).to_be_visible()
    expect(studio.node("expert_2")).to_contain_text("cancelled")
    assert stub.calls == 1


def test_a_crash_in_the_middle_of_a_run_is_taken_up_without_paying_again(tab: Tab, server: Server, stub: Stub) -> None:
    async def never(_: object) -> None:
        await asyncio.Event().wait()

    with open_storage(server.home / "routeloom.db") as storage:
        chain = forked()
        nodes = (*chain.nodes[:1], *chain.nodes[2:4], chain.nodes[4])
        edges = [
            ("question", "query", "expert_1", "query"),
            ("expert_1", "answer", "expert_2", "query"),
            ("expert_2", "answer", "answer", "answers"),
        ]
        joined = tuple(
            chain.edges[0].model_copy(
                update=dict(zip(("source", "source_port", "target", "target_port"), e, strict=True))
            )
            for e in edges
        )
        storage.workflows.create(chain.model_copy(update={"name": "Chain", "nodes": nodes, "edges": joined}))
    stub.will(says("first"), streams(chunk("sec"), then=never), says("second"))
    studio = tab().go("/studio?w=chain")
    studio.ask("Is it hot?")
    expect(studio.node("expert_2")).to_contain_text("sec")
    server.kill()
    server.start()
    again = tab().go("/studio?w=chain")
    expect(again.page.get_by_text("1 call already paid is not bought again")).to_be_visible()
    again.shot("interrupted")
    again.button("Resume").click()
    expect(again.by_key("answer")).to_contain_text("second")
    assert stub.calls == 3


def test_an_edit_made_while_the_server_is_down_is_kept(tab: Tab, server: Server) -> None:
    studio = tab().go(workflow(server))
    studio.node("expert_1").click()
    studio.page.keyboard.press("Delete")
    expect(studio.page.get_by_text("Unsaved changes")).to_be_visible()
    server.kill()
    studio.node("answer").click()
    studio.page.keyboard.press("Delete")
    expect(studio.node("answer")).to_have_count(0)
    server.start()
    with open_storage(server.home / "routeloom.db") as storage:

        def is_kept() -> bool:
            draft = storage.workflows.draft("forked")
            return draft is not None and [spec.id for spec in draft.pipeline.nodes] == [
                "question",
                "router",
                "expert_2",
            ]

        wait_for(is_kept, 60, "the edit did not reach the new server")
    expect(studio.node("answer")).to_have_count(0)
    expect(studio.node("expert_2")).to_be_visible()
