"""The pages over a fresh home, with a model server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.loop import LoopThread
from app.shelf import add_pipeline
from app.state import workspace
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry, Price
from storage import open_storage
from tests.app.drawn import forked
from tests.pipelines.gateway.stub import Stub, serving

MAIN = str(Path(__file__).parents[3] / "app" / "main.py")
TIMEOUT_S = 60


@pytest.fixture
def stub() -> Iterator[Stub]:
    loop = LoopThread()
    server = serving()
    yield loop.call(server.__aenter__())
    loop.call(server.__aexit__(None, None, None))
    loop.close()


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stub: Stub) -> Iterator[Workspace]:
    """The workspace of the pages, whose default model is the server's at 1 and 2 USD per million tokens."""
    monkeypatch.setenv("ROUTELOOM_HOME", str(tmp_path))
    price = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=2.0, as_of=date(2026, 1, 1), source="the test")
    entry = ModelEntry(name="stub", provider="openai_compatible", target="m", base_url=stub.base_url, price=price)
    with open_storage(tmp_path / "routeloom.db") as storage:
        storage.models.put(entry)
        storage.settings.put("default_model", "stub")
    st.cache_resource.clear()
    opened = workspace()
    yield opened
    st.cache_resource.clear()
    opened.close()


@pytest.fixture
def gallery(space: Workspace) -> AppTest:
    """The gallery page, just opened."""
    return AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run()


@pytest.fixture
def studio(gallery: AppTest, space: Workspace) -> AppTest:
    """The studio with the forked pipeline open."""
    slug = add_pipeline(space, forked())
    gallery.run()
    return gallery.button(key=f"open:{slug}").click().run()
