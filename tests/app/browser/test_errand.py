"""What a person does in passing, each in a real Chromium; one server and one browser serve them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from storage import open_storage
from tests.app.browser.conftest import model_server, studio_over
from tests.app.browser.studio import Server, Studio
from tests.app.drawn import forked
from tests.pipelines.gateway.stub import Stub, fails, says

Tab = Callable[..., Studio]


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with model_server() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, stub: Stub) -> Iterator[Server]:
    with studio_over(tmp_path_factory.mktemp("home"), stub) as running:
        yield running


def workflow(server: Server) -> str:
    """Stores a forked pipeline of the test's own and returns the address of the studio with it."""
    with open_storage(server.home / "routeloom.db") as storage:
        slug = storage.workflows.create(forked()).slug
    return f"/studio?w={slug}"


def test_a_change_in_the_form_shows_on_the_canvas_and_is_undone_there(tab: Tab, server: Server) -> None:
    studio = tab().go(workflow(server))
    studio.node("expert_2").click()
    title = studio.by_key("inspector").get_by_role("textbox", name="Title")
    expect(title).to_have_value("Short")
    title.fill("Brief expert")
    title.press("Enter")
    expect(studio.node("expert_2")).to_contain_text("Brief expert")
    studio.shot("inspector")
    studio.page.get_by_test_id("tool-undo").click()
    expect(studio.node("expert_2")).to_contain_text("Short")
    expect(title).to_have_count(1)
    expect(title).to_have_value("Short")


def test_an_error_of_a_provider_is_shown_at_its_node(tab: Tab, server: Server, stub: Stub) -> None:
    stub.will(fails(400, "this model is retired"))
    studio = tab().go(workflow(server))
    studio.ask("Is it hot?")
    expect(studio.node("expert_2")).to_contain_text("this model is retired")
    expect(studio.node("answer")).to_contain_text("blocked")
    studio.shot("failed")


def test_a_malformed_file_is_refused_with_a_sentence(tab: Tab, server: Server, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"schema_version": 1, "nodes": [{"id": "a"}]}')
    studio = tab().go()
    studio.button("Import a file").click()
    studio.page.locator("input[type=file]").set_input_files(bad)
    expect(studio.page.get_by_text("At nodes.0.kind: field required")).to_be_visible()
    studio.shot("import-refused")


def test_documents_are_uploaded_where_a_retriever_wants_them(tab: Tab, tmp_path: Path) -> None:
    note = tmp_path / "ferry.md"
    note.write_text("The last ferry leaves at nine.")
    studio = tab().go()
    studio.button("New pipeline").click()
    studio.drag_in("retriever", 600, 200)
    studio.button("Configure").click()
    studio.button("New set from files").click()
    studio.page.get_by_label("Name of the set").fill("Timetable")
    studio.page.get_by_label("Name of the set").press("Enter")
    studio.page.locator("input[type=file]").set_input_files(note)
    studio.page.get_by_role("button", name="Make the set").click()
    expect(studio.node("retriever_1")).to_contain_text("Timetable")
    studio.shot("documents")


def test_a_model_is_added_with_its_price_and_answers_a_test_call(tab: Tab, stub: Stub) -> None:
    stub.will(says("Hello to you."))
    studio = tab().go("/models")
    studio.button("Add a model").click()
    dialog = studio.page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Kind").click()
    studio.page.get_by_role("option", name="OpenAI-compatible server (an address)").click()
    dialog.get_by_role("textbox", name="Name in pipelines").fill("mine")
    dialog.get_by_role("textbox", name="Name at the provider").fill("m")
    dialog.get_by_role("textbox", name="Address").fill("http://10.1.2.3/v1")
    dialog.get_by_role("button", name="Save the model").click()
    expect(dialog).to_contain_text("is not allowed")
    dialog.get_by_role("textbox", name="Address").fill(stub.base_url)
    dialog.get_by_role("button", name="Save the model").click()
    expect(studio.page.get_by_text("'mine' is saved.")).to_be_visible()
    studio.button("Test call").click()
    expect(studio.page.get_by_text("Hello to you.")).to_be_visible()
    studio.shot("models")


def test_the_pages_are_legible_in_the_dark_and_on_a_wide_screen(tab: Tab, server: Server, stub: Stub) -> None:
    stub.will(says("Yes."))
    studio = tab(dark=True, width=1920).go(workflow(server))
    studio.ask("Is it hot?")
    expect(studio.by_key("answer")).to_contain_text("Yes.")
    studio.node("router").click()
    expect(studio.by_key("inspector").get_by_role("textbox", name="Title")).to_have_value("By length")
    studio.shot("dark-studio")
    studio.go("/models")
    expect(studio.page.get_by_text("Models on this machine")).to_be_visible()
    studio.shot("dark-models")
    studio.go("/")
    expect(studio.page.get_by_text("Single expert")).to_be_visible()
    studio.shot("dark-gallery")
