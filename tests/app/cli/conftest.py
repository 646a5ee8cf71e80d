"""A fresh home with the command, and a model server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.loop import LoopThread
from pipelines.catalogue import ModelEntry, Price
from storage import open_storage
from tests.app.cli.program import Program
from tests.pipelines.gateway.stub import Stub, serving


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    return Program(home)


@pytest.fixture
def stub() -> Iterator[Stub]:
    loop = LoopThread()
    server = serving()
    yield loop.call(server.__aenter__())
    loop.call(server.__aexit__(None, None, None))
    loop.close()


@pytest.fixture
def asking(program: Program, stub: Stub) -> Program:
    """The command in a home whose default model is the server's, at 1 and 2 USD per million tokens."""
    price = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=2.0, as_of=date(2026, 1, 1))
    with open_storage(program.home / "routeloom.db") as storage:
        storage.models.put(
            ModelEntry(name="stub", provider="openai_compatible", target="m", base_url=stub.base_url, price=price)
        )
        storage.settings.put("default_model", "stub")
    return program
