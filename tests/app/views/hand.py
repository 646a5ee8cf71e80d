"""Hands for the studio page without a browser: what the canvas got, and what it would say."""

from __future__ import annotations

import json
import time
from typing import Any

from streamlit.testing.v1 import AppTest

from app.live import live_runs

END_S = 30.0


def canvas_data(at: AppTest) -> dict[str, Any]:
    assert not at.exception
    found: dict[str, Any] = json.loads(at.get("bidi_component")[0].proto.json)
    return found


def emit(at: AppTest, *intents: dict[str, Any], doc: dict[str, Any] | None = None, after: int = 0) -> AppTest:
    """Answers for the canvas, which only a browser can do; `after` intents have been sent before."""
    states = at._tree.get_widget_states()
    state = states.widgets.add()
    state.id = at.get("bidi_component")[0].proto.id
    numbered = [{"n": n, **intent} for n, intent in enumerate(intents, after + 1)]
    state.json_value = json.dumps({"out": {"instance": "i", "intents": numbered, "doc": doc}})
    return at._run(states)


def ended(at: AppTest) -> AppTest:
    """The page after its run has ended."""
    deadline = time.monotonic() + END_S
    while live_runs().running("forked") is not None:
        assert time.monotonic() < deadline, "the run did not end"
        time.sleep(0.01)
    return at.run()


def ask(at: AppTest, question: str) -> AppTest:
    at.text_area(key="question:forked").set_value(question)
    return ended(at.button(key="run").click().run())


def texts(at: AppTest) -> str:
    assert not at.exception
    parts = (*at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.code)
    return "\n".join(element.value for element in parts)
