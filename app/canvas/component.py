"""Mounts the canvas in a Streamlit page and reads what it sends back."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from app.canvas.protocol import CanvasData, CanvasOut, read_out
from pipelines.error import DocumentError

ASSETS = Path(__file__).parents[2] / "assets"
PROJECT = "routeloom"
NAME = f"{PROJECT}.canvas"

_log = logging.getLogger(__name__)


def mount_canvas(
    data: CanvasData, *, key: str, height: int | str, on_out_change: Callable[[], None] | None = None
) -> CanvasOut | None:
    """Draws the canvas and returns what it last said; None while it has said nothing that makes sense.

    `key` is the identity of the mount: keep it while the view is the same. `height` is pixels or "stretch".
    `on_out_change` takes no arguments and reads `canvas_out(key)`. Handle what comes in both places, by the numbers
    of intents and documents: after a lost connection Streamlit restores values without calling back.
    """
    _declare_assets()
    result = _component()(
        key=key,
        data=data.wire(),
        default={"out": None},
        width="stretch",
        height=height,
        on_out_change=on_out_change or _nothing,
    )
    return _read(result.get("out"))


def canvas_out(key: str) -> CanvasOut | None:
    """Returns what the canvas mounted under `key` last said, for use in its callback."""
    state = st.session_state.get(key)
    return _read(state.get("out")) if state else None


def _read(value: object) -> CanvasOut | None:
    if value is None:
        return None
    try:
        out = read_out(value)
    except DocumentError as error:
        _log.warning("A message of the canvas was ignored: %s", error)
        return None
    if out.refused:
        _log.warning("A document of the canvas was refused: %s", out.refused)
    return out


def _nothing() -> None:
    """Lets the page rerun and nothing else."""


def _declare_assets() -> None:
    # The manifest scan of Streamlit finds no editable install, and every runtime has its own registry.
    registry = get_bidi_component_manager()
    if registry.get_component_asset_root(NAME) is None:
        manifest = ComponentManifest(PROJECT, "0", [ComponentConfig("canvas", asset_dir="canvas")])
        registry.register_from_manifest(manifest, ASSETS)


@functools.cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component(NAME, html='<div class="rl-root"></div>', js="canvas.js", css="canvas.css")
