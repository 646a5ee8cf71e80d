"""The studio in a real Chromium: page open to interactive canvas, and the round trip of an edit, by size of pipeline.

python -m tests.bench.page
"""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, WebSocket, sync_playwright

from pipelines.document import NodeSpec, Pipeline, Position
from storage import open_storage
from tests.app.browser.conftest import FLAGS
from tests.app.browser.studio import Server
from tests.pipelines.drawing import edge, node

SIZES = (7, 20, 100)
OPENINGS = 4
EDITS = 12
COLUMNS = 10
SEQUENCE = re.compile(rb'"seq": ?(\d+)')


def grid(size: int) -> Pipeline:
    """Returns a pipeline of `size` nodes: a question, experts in rows of ten, an answer."""
    names = [f"n{number}" for number in range(size - 2)]
    place = [Position(x=330.0 * (1 + n % COLUMNS), y=260.0 * (n // COLUMNS)) for n in range(len(names))]
    nodes: list[NodeSpec] = [
        node("q", "query_input", position=Position(x=0, y=0)),
        *(node(name, "expert", {}, position=at) for name, at in zip(names, place, strict=True)),
        node("out", "answer_output", position=Position(x=330.0 * (COLUMNS + 1), y=0)),
    ]
    edges = []
    for number, name in enumerate(names):
        source = f"{names[number - 1]}.answer" if number % COLUMNS else "q.query"
        edges.append(edge(f"{source} > {name}.query"))
        edges.append(edge(f"{name}.answer > out.answers"))
    return Pipeline(name=f"Grid {size}", nodes=tuple(nodes), edges=tuple(edges))


class Echo:
    """Listens to what the server sends and remembers when it first knew of each edit."""

    def __init__(self) -> None:
        """Starts without edits."""
        self.newest = -1
        self.heard_s = 0.0

    def listen(self, socket: WebSocket) -> None:
        """Follows a connection."""
        socket.on("framereceived", self._hear)

    def _hear(self, payload: bytes | str) -> None:
        raw = payload if isinstance(payload, bytes) else payload.encode()
        newest = max((int(number) for number in SEQUENCE.findall(raw)), default=-1)
        if newest > self.newest:
            self.newest, self.heard_s = newest, time.perf_counter()


def measure(browser: Browser, server: Server, slug: str) -> tuple[list[float], list[float]]:
    """Returns the seconds of each opening and the milliseconds of each edit's round trip."""
    openings = []
    for _ in range(OPENINGS):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        echo = Echo()
        page.on("websocket", echo.listen)
        start_s = time.perf_counter()
        page.goto(f"{server.url}/studio?w={slug}", wait_until="commit")
        page.get_by_test_id("node-n0").wait_for(timeout=120_000)
        openings.append(time.perf_counter() - start_s)
        if len(openings) < OPENINGS:
            page.close()
    page.get_by_test_id("node-n0").locator(".rl-head").click()
    page.wait_for_timeout(3_000)
    trips = []
    for _ in range(EDITS):
        before = echo.newest
        start_s = time.perf_counter()
        page.keyboard.press("d")
        while echo.newest == before:
            page.wait_for_timeout(2)
        trips.append((echo.heard_s - start_s) * 1_000)
        page.wait_for_timeout(500)
    page.close()
    return openings, trips


def main() -> None:
    """Prints a row for each size."""
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("Chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        with open_storage(home / "routeloom.db") as storage:
            slugs = {size: storage.workflows.create(grid(size)).slug for size in SIZES}
        server = Server(home)
        server.start()
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for size, slug in slugs.items():
            openings, trips = measure(browser, server, slug)
            first, later, median = openings[0], statistics.median(openings[1:]), statistics.median(trips)
            print(f"{size:4} nodes: open to canvas {first:.2f} s, again {later:.2f} s", end="; ")
            print(f"edit round trip median {median:.0f} ms, {min(trips):.0f} to {max(trips):.0f}", flush=True)
        browser.close()
        server.kill()


if __name__ == "__main__":
    main()
