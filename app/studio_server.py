"""The server of the studio: the pages, the events of live runs, a health check."""

from __future__ import annotations

import ipaddress
import os
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import Any, Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from app.config import Config
from app.live import LiveRun, live_runs

SCRIPT: Final = Path(__file__).with_name("main.py")
BROWSER_DELAY_S: Final = 1.5
WARM_DELAY_S: Final = 4.0
"""The first page comes first."""
METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]
LIGHT: Final = {
    "primaryColor": "#4f46e5",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f4f5f8",
    "textColor": "#1c2030",
    "borderColor": "#dfe2ea",
    "grayBackgroundColor": "#eef0f5",
    "grayTextColor": "#4b5268",
}
HEADINGS: Final = ["2rem", "1.65rem", "1.25rem", "1.1rem", "1rem", "0.9rem"]
DARK: Final = {
    "primaryColor": "#6a63ec",
    "backgroundColor": "#12141c",
    "secondaryBackgroundColor": "#1b1e29",
    "textColor": "#e6e8f0",
    "borderColor": "#2e3342",
    "grayBackgroundColor": "#262a38",
    "grayTextColor": "#aab1c5",
}
CHART_LIGHT: Final = [
    "#4f46e5", "#0f9d6b", "#d97706", "#dc2626", "#0e7490", "#9333ea", "#be185d", "#4d7c0f", "#475569", "#b45309",
]  # fmt: skip
CHART_DARK: Final = [
    "#818cf8", "#34d399", "#fbbf24", "#f87171", "#22d3ee", "#c084fc", "#f472b6", "#a3e635", "#94a3b8", "#fb923c",
]  # fmt: skip


def build_app() -> st.App:
    """Returns the application with its routes."""
    return st.App(SCRIPT, routes=routes())


def routes() -> list[Route]:
    """Returns what is served beside the pages; Streamlit would answer an unknown path with a page."""
    return [
        Route("/healthz", _health),
        Route("/api/runs/{run_id}/events", _events),
        Route("/api/{path:path}", _nothing_here, methods=METHODS),
        Route("/v1/{path:path}", _nothing_here, methods=METHODS),
    ]


def serve(config: Config, *, open_browser: bool = False) -> None:
    """Serves the studio until it is interrupted."""
    # The script reads its configuration from the environment, like every command.
    os.environ["ROUTELOOM_HOME"] = str(config.home)
    if open_browser:
        _later(BROWSER_DELAY_S, lambda: webbrowser.open(f"http://{_reachable(config.host)}:{config.port}"))
    _later(WARM_DELAY_S, _load)
    build_app().run(config=settings(config))


def settings(config: Config) -> Mapping[str, Any]:
    """Returns the Streamlit settings that the studio is served with."""
    themes = {f"theme.light.{name}": value for name, value in LIGHT.items()}
    themes |= {f"theme.dark.{name}": value for name, value in DARK.items()}
    return {
        "server.address": config.host,
        "server.port": config.port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.maxUploadSize": 50,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorLinks": False,
        "client.showErrorDetails": "none",
        "runner.magicEnabled": False,
        # A full collection after every script held each edit up by 60 ms; Python's own rhythm is enough.
        "runner.postScriptGC": False,
        "theme.light.headingFontSizes": HEADINGS,
        "theme.dark.headingFontSizes": HEADINGS,
        "theme.light.chartCategoricalColors": CHART_LIGHT,
        "theme.dark.chartCategoricalColors": CHART_DARK,
        **themes,
    }


def _later(delay_s: float, act: Callable[[], object]) -> None:
    timer = Timer(delay_s, act)
    timer.daemon = True
    timer.start()


def _load() -> None:
    """Loads what the first table, interval and chart need, so that whoever opens an experiment need not wait for it."""
    from app.charts.warm import warm

    for name in ("pandas", "scipy.special"):
        import_module(name)
    warm()


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _events(request: Request) -> Response:
    """Streams the state of a run until it ends, as server-sent events."""
    live = live_runs().get(request.path_params["run_id"])
    if live is None:
        return JSONResponse({"error": "No run of that id is known here."}, status_code=404)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(live), media_type="text/event-stream", headers=headers)


async def _stream(live: LiveRun) -> AsyncIterator[str]:
    async for snapshot in live.watch():
        yield f"data: {snapshot.model_dump_json()}\n\n"


async def _nothing_here(request: Request) -> Response:
    return JSONResponse({"error": f"There is nothing at {request.url.path}."}, status_code=404)


def _reachable(host: str) -> str:
    """Returns a host that a browser on this machine can open."""
    try:
        return "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host
