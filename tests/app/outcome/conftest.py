"""A model server and a workspace that asks it, for tests of outcome tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.loop import LoopThread
from app.workspace import Workspace
from tests.app.experiment.scene import opened, store_facts
from tests.pipelines.gateway.stub import Stub, serving


@pytest.fixture
def server() -> Iterator[Stub]:
    loop = LoopThread()
    context = serving()
    yield loop.call(context.__aenter__())
    loop.call(context.__aexit__(None, None, None))
    loop.close()


@pytest.fixture
def workspace(tmp_path: Path, server: Stub) -> Iterator[Workspace]:
    with opened(tmp_path, server.base_url) as found:
        store_facts(found, 4)
        yield found
