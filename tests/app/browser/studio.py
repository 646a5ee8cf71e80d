"""The studio as a person meets it: a real server process and a real Chromium, with hands to draw."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.app.free_port import free_port

ROOT = Path(__file__).parents[3]
SCREENSHOTS = ROOT / "screenshots"
START_S = 120.0
# Long enough for a machine that runs other tests beside this one; what is there in time waits for nothing.
WAIT_S = 60.0
WAIT_MS = WAIT_S * 1_000
COMMAND = [sys.executable, "-c", "from app.cli import main; main()", "studio", "--no-browser"]


@dataclass
class Server:
    """The process of `routeloom studio` over a home."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTELOOM_", "STREAMLIT_"))}
        environment = {**kept, "ROUTELOOM_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        log = (self.home / "server.log").open("ab")
        with log:
            command = [*COMMAND, "--port", str(self.port)]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self.home)
        wait_for(self._is_up, START_S, "the server does not answer")

    def kill(self) -> None:
        """Ends the process as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "server.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


@dataclass
class Studio:
    """One browser tab."""

    server: Server
    browser: Browser
    page: Page

    @classmethod
    def open(
        cls, server: Server, browser: Browser, *, dark: bool = False, width: int = 1440, height: int = 900
    ) -> Studio:
        scheme = "dark" if dark else "light"
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        return cls(server, browser, page)

    def go(self, path: str = "/") -> Studio:
        self.page.goto(f"{self.server.url}{path}", wait_until="commit")
        return self

    def shot(self, name: str) -> None:
        """Leaves a picture for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def button(self, name: str) -> Locator:
        return self.page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)

    def by_key(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key}")

    def node(self, node_id: str) -> Locator:
        return self.page.get_by_test_id(f"node-{node_id}")

    def edge(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"edge-{name}")

    def nodes(self) -> int:
        return self.page.locator("[data-testid^='node-']").count()

    def drag_in(self, kind: str, x: float, y: float) -> None:
        """Drags a kind from the palette to a place on the canvas, in pixels from its corner."""
        before = self.nodes()
        canvas = self.page.get_by_test_id("canvas")
        entry = self.page.get_by_test_id(f"palette-{kind}")
        entry.scroll_into_view_if_needed()
        entry.drag_to(canvas, target_position={"x": x, "y": y})
        wait_for(lambda: self.nodes() == before + 1, WAIT_S, f"the {kind} is not on the canvas")

    def wire(self, source: str, target: str) -> None:
        """Pulls a wire from `node.port` to `node.port`."""
        (from_node, from_port), (to_node, to_port) = source.split("."), target.split(".")
        start = self.page.get_by_test_id(f"port-{from_node}-out-{from_port}")
        end = self.page.get_by_test_id(f"port-{to_node}-in-{to_port}")
        (x1, y1), (x2, y2) = _middle(start), _middle(end)
        mouse = self.page.mouse
        mouse.move(x1, y1)
        mouse.down()
        mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=6)
        mouse.move(x2, y2, steps=6)
        mouse.up()

    def ask(self, question: str) -> None:
        """Types a question and runs the pipeline by the keyboard."""
        box = self.by_key("runbar").get_by_role("textbox")
        box.fill(question)
        box.press("Control+Enter")

    def choose(self, field: str, option: str) -> None:
        """Chooses an option of a field in the drawer."""
        box = self.by_key("inspector").get_by_role("combobox", name=field)
        wanted = self.page.get_by_role("option", name=option, exact=True)
        self.settled()

        def opened() -> bool:
            # A list that opened while the page was drawn again is closed again.
            if not wanted.is_visible():
                box.click()
            return wanted.is_visible()

        wait_for(opened, WAIT_S, f"{field} does not offer {option}")
        wanted.click()

    def close_drawer(self) -> None:
        self.by_key("inspector-close").get_by_role("button").click()
        expect(self.by_key("inspector")).to_have_count(0)

    def settled(self) -> None:
        """Waits until the page has stopped drawing."""
        self.page.get_by_test_id("stStatusWidget").wait_for(state="detached")


def wait_for(holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def _middle(locator: Locator) -> tuple[float, float]:
    # A card that has just been dropped is not drawn yet.
    expect(locator).to_be_visible()
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
