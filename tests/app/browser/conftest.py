"""One Chromium for the journeys; for each a server of its own over a fresh home, and a model server on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.loop import LoopThread
from pipelines.catalogue import ModelEntry, Price
from storage import open_storage
from tests.app.browser.studio import Server, Studio
from tests.pipelines.gateway.stub import Stub, serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what lies in this folder."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


# Not for the whole session: Playwright's own event loop would be in the way of the asynchronous tests that follow.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    assert path is not None, "CI needs Chromium for the journeys"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def model_server() -> Iterator[Stub]:
    """Serves a model on loopback."""
    loop = LoopThread()
    server = serving()
    yield loop.call(server.__aenter__())
    loop.call(server.__aexit__(None, None, None))
    loop.close()


@contextmanager
def studio_over(home: Path, stub: Stub) -> Iterator[Server]:
    """Serves the studio over a home whose default model is the server's, at 1 and 2 USD per million tokens."""
    price = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=2.0, as_of=date(2026, 1, 1), source="the test")
    with open_storage(home / "routeloom.db") as storage:
        storage.models.put(
            ModelEntry(name="stub", provider="openai_compatible", target="m", base_url=stub.base_url, price=price)
        )
        storage.settings.put("default_model", "stub")
    running = Server(home)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def stub() -> Iterator[Stub]:
    with model_server() as found:
        yield found


@pytest.fixture
def server(tmp_path: Path, stub: Stub) -> Iterator[Server]:
    with studio_over(tmp_path, stub) as running:
        yield running


@pytest.fixture
def tab(server: Server, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Studio]]:
    """Opens tabs, each with a session of its own; how each looked at the end is kept as a picture."""
    opened: list[Studio] = []

    def open_tab(*, dark: bool = False, width: int = 1440, height: int = 900) -> Studio:
        opened.append(Studio.open(server, chromium, dark=dark, width=width, height=height))
        return opened[-1]

    yield open_tab
    for number, studio in enumerate(opened, start=1):
        studio.shot(f"end-{request.node.name}-{number}")
        studio.page.close()
