"""What the tests of experiments share: a workspace that asks a real server, a data set, and an experiment over both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from app.config import Config
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry, Price
from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.document import Pipeline
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings
from pipelines.record import now
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.gateway import stub as s

PRICE = Price(input_usd_per_mtok=1_000.0, output_usd_per_mtok=1_000.0, as_of=now().date())
CALL_USD = 0.007
"""What one call to the stub costs: 5 tokens in and 2 out."""
EXACT = {"kind": "exact_match"}


def examples(count: int) -> tuple[Example, ...]:
    """Returns questions of which every second is answered right by `hello`."""
    tags = ("easy", "hard")
    return tuple(
        Example(id=f"e{n}", query=f"question {n}", references=("hello" if n % 2 == 0 else "bye",), tags=(tags[n % 2],))
        for n in range(count)
    )


def two_steps() -> Pipeline:
    """Returns a question that one model rewrites and another answers: two calls, one after the other."""
    return draw(
        [
            node("q", "query_input"),
            node("first", "expert", {"prompt_template": "{query}"}),
            node("second", "expert", {"prompt_template": "{query}"}),
            node("out", "answer_output"),
        ],
        "q.query > first.query",
        "first.answer > second.query",
        "second.answer > out.answers",
    )


def experiment(*pipelines: Pipeline, scorers: tuple[dict[str, Any], ...] = (EXACT,), **settings: Any) -> Experiment:
    """Returns an experiment on the data set `facts`."""
    drawn = pipelines or (single_expert(),)
    return Experiment(
        id="x1",
        contenders=tuple(Contender(label=f"p{n}", pipeline=each) for n, each in enumerate(drawn)),
        data_set="facts",
        data_hash="",
        scorers=scorers,
        settings=ExperimentSettings(**{"concurrency": 4, **settings}),
    )


@contextmanager
def opened(home: Path, base_url: str, **changes: Any) -> Iterator[Workspace]:
    """Opens a workspace whose one model `small` is at an address."""
    fields = {"name": "small", "provider": "openai_compatible", "target": "m", "price": PRICE, "timeout_s": 5.0}
    with Workspace(Config(home=home)) as workspace:
        workspace.storage.models.put(ModelEntry(**{**fields, "base_url": base_url, "max_concurrency": 64, **changes}))
        workspace.refresh_catalogue(look_around=False)
        workspace.set_default_model("small")
        yield workspace


def store_facts(workspace: Workspace, count: int) -> None:
    """Stores the data set `facts`."""
    workspace.storage.data_sets.put(DataSet(name="facts", examples=examples(count)))


async def echoes(request: web.Request) -> web.StreamResponse:
    """Answers with the question and `hello`, so that what is asked with the answer differs too."""
    asked = (await request.json())["messages"][-1]["content"]
    return await s.says(f"{asked} hello")(request)


class Gate:
    """Is a behaviour of the stub that answers only once it is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        await self.open.wait()
        return await echoes(request)


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits until something holds, and fails if it never does."""
    end_s = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end_s, "it never came to hold"
        time.sleep(0.005)
