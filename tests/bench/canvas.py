"""Frame times of the canvas in a real Chromium while panning and dragging, by size of pipeline.

python -m tests.bench.canvas
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.document import NodeSpec, Pipeline, Position
from storage import open_storage
from tests.app.browser.conftest import FLAGS
from tests.app.browser.studio import Server
from tests.pipelines.drawing import edge, node

SIZES = (20, 100, 500)
MOVES = 120
FRAME_MS = 1_000 / 60
WATCH = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const tick = (now) => {
    window.frames_ms.push(now - last);
    last = now;
    window.watching = requestAnimationFrame(tick);
  };
  window.watching = requestAnimationFrame(tick);
}"""
TAKE = "() => { cancelAnimationFrame(window.watching); return window.frames_ms.slice(2); }"
EMPTY_PLACE = """() => {
  const hosts = [...document.querySelectorAll('*')].filter((each) => each.shadowRoot);
  const root = hosts.map((each) => each.shadowRoot).find((each) => each.querySelector('.rl-canvas'));
  const frame = root.querySelector('.rl-canvas').getBoundingClientRect();
  for (let y = frame.top + 90; y < frame.bottom - 60; y += 7)
    for (let x = frame.left + 320; x < frame.right - 260; x += 11)
      if (root.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) return [x, y];
  return null;
}"""


@dataclass(frozen=True)
class Frames:
    """Are the frame times of one gesture, in milliseconds."""

    times_ms: list[float]

    def __str__(self) -> str:
        """Returns the percentiles and the share of frames that a 60 Hz screen would have missed."""
        cuts = statistics.quantiles(self.times_ms, n=100, method="inclusive")
        missed = sum(max(0, round(each / FRAME_MS) - 1) for each in self.times_ms)
        share = missed / (missed + len(self.times_ms))
        return f"p50 {cuts[49]:5.1f}  p95 {cuts[94]:5.1f}  p99 {cuts[98]:5.1f} ms, dropped {share:4.0%}"


def mesh(size: int) -> Pipeline:
    """Returns a pipeline of `size` nodes and about one and a half times as many edges, experts in columns of ten."""
    names = [f"n{number}" for number in range(size - 2)]
    place = [Position(x=340.0 * (1 + number // 10), y=230.0 * (number % 10)) for number in range(len(names))]
    nodes: list[NodeSpec] = [
        node("q", "query_input", position=Position(x=0, y=0)),
        *(node(name, "expert", {}, position=at) for name, at in zip(names, place, strict=True)),
        node("out", "answer_output", position=Position(x=340.0 * (2 + len(names) // 10), y=0)),
    ]
    edges = []
    for number, name in enumerate(names):
        edges.append(edge(f"{f'{names[number - 10]}.answer' if number >= 10 else 'q.query'} > {name}.query"))
        if number % 2:
            edges.append(edge(f"{name}.answer > out.answers"))
    return Pipeline(name=f"Mesh {size}", nodes=tuple(nodes), edges=tuple(edges))


def moved(page: Page, x: float, y: float) -> Frames:
    """Presses at a place and moves round in circles, one step a frame."""
    mouse = page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 6, y + 6)
    page.evaluate(WATCH)
    for step in range(MOVES):
        turn = step % 40
        mouse.move(x + 6 + 4 * min(turn, 40 - turn), y + 6 + 2 * min(turn, 40 - turn))
    times_ms: list[float] = page.evaluate(TAKE)
    mouse.up()
    return Frames(times_ms)


def measure(browser: Browser, server: Server, slug: str, size: int) -> None:
    """Prints how it feels to pan and to drag, with everything in view and at reading size."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    page.goto(f"{server.url}/studio?w={slug}", wait_until="commit")
    page.get_by_test_id("node-n0").wait_for()
    page.wait_for_timeout(3_000)
    for view, key in (("all in view", "f"), ("at reading size", ".")):
        page.get_by_test_id("canvas").focus()
        if key == ".":
            page.keyboard.press("Control+k")
            page.get_by_test_id("commands-search").fill("n7")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press(key)
        page.wait_for_timeout(1_500)
        place = page.evaluate(EMPTY_PLACE)
        if place is not None:
            print(f"{size:4} nodes, {view:15} pan  {moved(page, *place)}", flush=True)
        box = page.get_by_test_id("node-n7").locator(".rl-summary").bounding_box()
        assert box is not None
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        print(f"{size:4} nodes, {view:15} drag {moved(page, *middle)}", flush=True)
        page.wait_for_timeout(500)
    page.close()


def main() -> None:
    """Prints rows for each size."""
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("Chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        with open_storage(home / "routeloom.db") as storage:
            slugs = {size: storage.workflows.create(mesh(size)).slug for size in SIZES}
        server = Server(home)
        server.start()
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for size, slug in slugs.items():
            measure(browser, server, slug, size)
        browser.close()
        server.kill()


if __name__ == "__main__":
    main()
