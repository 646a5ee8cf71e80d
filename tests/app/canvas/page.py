"""A page with nothing but the canvas, for the tests of its mount."""

import json
from pathlib import Path

import streamlit as st

from app.canvas.component import canvas_out, mount_canvas
from app.canvas.protocol import CanvasData

MESSAGES = json.loads(Path(__file__).with_name("protocol.json").read_text("utf-8"))


def _heard() -> None:
    out = canvas_out("canvas")
    st.session_state.heard = None if out is None else [intent.type for intent in out.intents]


answer = mount_canvas(CanvasData.model_validate(MESSAGES["data"]), key="canvas", height=640, on_out_change=_heard)
st.text("nothing" if answer is None else f"{answer.instance} {len(answer.intents)}")
