"""The guided first minute."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from tests.app.views.conftest import MAIN, TIMEOUT_S
from tests.app.views.hand import ask, canvas_data, emit
from tests.pipelines.gateway.stub import Stub


def step(at: AppTest) -> str | None:
    """The step that the page shows."""
    assert not at.exception
    bodies: list[str] = [getattr(element, "body", "") for element in at.get("html")]
    found = [body for body in bodies if 'class="rl-guide"' in body]
    return found[0].partition("<b>")[2].partition("</b>")[0] if found else None


def test_a_newcomer_is_led_from_a_template_to_a_saved_change(gallery: AppTest, stub: Stub) -> None:
    assert step(gallery) == "Open a template"
    at = gallery.button(key="template:single-expert").click().run()
    assert step(at) == "Read the route"
    at.button(key="tour:next").click().run()
    assert step(at) == "Ask something"
    at.text_area[0].set_value("Is it hot?")
    at.button(key="run").click().run()
    assert step(at) == "Change one thing and save"
    doc = canvas_data(at)["doc"]
    doc["graph"]["nodes"][0]["title"] = "Mine"
    emit(at, {"type": "save"}, doc={**doc, "seq": doc["seq"] + 1})
    assert step(at) is None
    assert step(AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run()) is None


def test_an_empty_shelf_has_no_heading_while_the_guide_is_there(gallery: AppTest) -> None:
    assert [head.value for head in gallery.subheader] == ["Templates"]
    gallery.button(key="tour:skip").click().run()
    assert [head.value for head in gallery.subheader] == ["Your workflows", "Templates"]


def test_whoever_skips_the_guide_is_left_alone_until_asking_for_it(gallery: AppTest) -> None:
    gallery.button(key="tour:skip").click().run()
    assert step(gallery) is None
    assert step(AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run()) is None
    gallery.button(key="gallery:guide").click().run()
    assert step(gallery) == "Open a template"


def test_who_has_worked_before_is_not_guided_but_may_ask_for_it(studio: AppTest, space: Workspace) -> None:
    space.storage.settings.remove("guide")
    assert step(AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run()) is None
    assert step(studio.run()) is None
    emit(studio, {"type": "command", "id": "guide"})
    assert step(studio) == "Read the route"


def test_a_run_before_its_step_goes_on_to_the_last_one(studio: AppTest, stub: Stub) -> None:
    assert step(studio) == "Read the route"
    ask(studio, "Is it hot?")
    assert step(studio) == "Change one thing and save"
    studio.button(key="tour:next").click().run()
    assert step(studio) is None
