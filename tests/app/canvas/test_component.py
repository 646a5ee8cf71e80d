"""The mount of the canvas in a page, without a browser."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.canvas.component import ASSETS, NAME

HERE = Path(__file__).parent
MESSAGES = json.loads((HERE / "protocol.json").read_text("utf-8"))


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_file(str(HERE / "page.py"), default_timeout=60).run()


def _emit(page: AppTest, out: Any) -> AppTest:
    """Answers for the canvas, which only a browser can do."""
    states = page._tree.get_widget_states()
    state = states.widgets.add()
    state.id = page.get("bidi_component")[0].proto.id
    state.json_value = json.dumps({"out": out})
    return page._run(states)


def test_the_canvas_is_mounted_with_the_data_as_json(page: AppTest) -> None:
    assert not page.exception
    mounts = page.get("bidi_component")
    assert [mount.proto.component_name for mount in mounts] == [NAME]
    assert json.loads(mounts[0].proto.json) == MESSAGES["data"]
    assert page.text[0].value == "nothing"


def test_the_bundle_is_served_from_a_file_not_sent_with_every_message(page: AppTest) -> None:
    proto = page.get("bidi_component")[0].proto
    assert proto.js_source_path.startswith("canvas.js")
    assert proto.css_source_path.startswith("canvas.css")
    assert not proto.js_content


def test_what_the_canvas_says_reaches_the_page_and_its_callback(page: AppTest) -> None:
    _emit(page, MESSAGES["out"])
    assert not page.exception
    assert page.text[0].value == "6f1d0c2b9a8e 17"
    assert page.session_state["heard"] == [intent["type"] for intent in MESSAGES["out"]["intents"]]


def test_a_malformed_message_is_ignored_with_a_warning(page: AppTest, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="app.canvas.component"):
        _emit(page, {"instance": 3})
    assert not page.exception
    assert page.text[0].value == "nothing"
    assert "A message of the canvas was ignored" in caplog.text


@pytest.mark.parametrize("name", ["canvas.js", "canvas.css"])
def test_the_built_canvas_ships_with_the_product(name: str) -> None:
    assert (ASSETS / "canvas" / name).stat().st_size > 10_000
