"""Follows runs while they happen: any number of watchers see the same state, and nothing of it hangs on a page."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import Future
from functools import cache
from typing import Final

from app.canvas.protocol import NodeRun, RunSnapshot
from app.snapshot import TAIL_CHARACTERS, edge_states, edge_values, inner_totals, node_run, snapshot_of
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.event import AnyEvent, CallFinished, NodeFinished, NodeStarted, RunFinished, RunStarted, TokenArrived
from pipelines.run import Fired, Run, Span, Totals

FRAME_S: Final = 0.05
FINISHED_KEPT: Final = 50
STREAM_CHARACTERS: Final = 50_000


class LiveRun:
    """Follows one run: takes its events on the thread of the run, gives its state to any other thread."""

    def __init__(self, run: Run) -> None:
        """Takes the run as it was handed to the engine."""
        self._lock = threading.Lock()
        self._run = run
        self._begun_s = time.monotonic()
        self._started: dict[str, float] = {}
        self._spans: dict[str, Span] = {}
        self._texts: dict[str, deque[str]] = {}
        self._writer = ""
        self._totals = Totals()
        self._queued: tuple[str, ...] = ()
        self._finished = False
        self._version = 0

    @property
    def run(self) -> Run:
        """Returns the run: whole once it has finished, until then with the spans that ended."""
        with self._lock:
            if self._finished:
                return self._run
            spans = tuple(self._spans.values())
            latency_s = time.monotonic() - self._begun_s
            return self._run.model_copy(update={"spans": spans, "totals": self._totals, "latency_s": latency_s})

    @property
    def finished(self) -> bool:
        """Says whether nothing more will come."""
        return self._finished

    @property
    def version(self) -> int:
        """Returns a number that grows with every change."""
        return self._version

    def latest_text(self) -> tuple[str, str]:
        """Returns the node that wrote last, by id, with what it has written until now; empty before the first word."""
        with self._lock:
            return self._writer, "".join(self._texts.get(self._writer, ()))

    def on_event(self, event: AnyEvent) -> None:
        """Takes one event of the run."""
        with self._lock:
            self._fold(event)
            self._version += 1

    def on_end(self, future: Future[Run]) -> None:
        """Takes the end of a run, also of one that ended without an event because it could not start."""
        with self._lock:
            if self._finished:
                return
            error = None if future.cancelled() else future.exception()
            if error is None and not future.cancelled():
                self._run = future.result()
            else:
                told = str(error) if isinstance(error, RouteloomError) else f"{type(error).__name__}: {error}"
                status = {"status": "failed", "error": told} if error else {"status": "cancelled"}
                self._run = self._run.model_copy(update={**status, "spans": tuple(self._spans.values())})
            self._finished = True
            self._version += 1

    def snapshot(self) -> RunSnapshot:
        """Returns the state for the canvas."""
        with self._lock:
            if self._finished:
                return snapshot_of(self._run)
            return RunSnapshot(
                run=self._run.id,
                status="running",
                nodes=self._nodes(),
                edges=edge_states(self._run.pipeline, self._spans),
                values=edge_values(self._run.pipeline, self._spans),
                cost_usd=self._totals.cost_usd,
                latency_s=time.monotonic() - self._begun_s,
            )

    async def watch(self) -> AsyncIterator[RunSnapshot]:
        """Yields the state whenever it changed, at most one in `FRAME_S` seconds; the last one is final."""
        seen = -1
        while True:
            ended, version = self._finished, self._version
            if version != seen or ended:
                seen = version
                yield self.snapshot()
            if ended:
                return
            await asyncio.sleep(FRAME_S)

    def _fold(self, event: AnyEvent) -> None:
        match event:
            case RunStarted():
                self._queued = event.nodes
            case NodeStarted():
                self._started[event.node_id] = event.at_s
            case TokenArrived():
                self._writer = event.node_id.partition("/")[0]
                self._texts.setdefault(self._writer, deque(maxlen=STREAM_CHARACTERS)).extend(event.text)
            case CallFinished():
                self._totals = event.run_totals
            case NodeFinished():
                self._spans[event.span.node_id] = event.span
            case RunFinished():
                self._run, self._finished = event.run, True

    def _nodes(self) -> dict[str, NodeRun]:
        inner = inner_totals(self._spans.values())
        found: dict[str, NodeRun] = {node_id: NodeRun(status="queued") for node_id in self._queued}
        for node_id in self._started:
            if "/" not in node_id:
                tail = "".join(self._texts.get(node_id, ()))[-TAIL_CHARACTERS:]
                found[node_id] = NodeRun(status="running", text=tail)
        for node_id, span in self._spans.items():
            if "/" not in node_id:
                found[node_id] = node_run(span, inner.get(node_id, Totals()))
        return found


class LiveRuns:
    """Holds the runs of this process by id: all that run, and the latest that have finished."""

    def __init__(self) -> None:
        """Starts empty."""
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._lock = threading.Lock()

    def start(
        self, workspace: Workspace, run: Run, *, reuse: Mapping[str, Fired] | None = None, resume: bool = False
    ) -> LiveRun:
        """Starts a run and follows it, or follows it further; one that cannot start shows as failed with the reason."""
        live = LiveRun(run)
        with self._lock:
            present = self._runs.get(run.id)
            if present is not None and not present.finished:
                return present
            self._runs[run.id] = live
            done = [run_id for run_id, other in self._runs.items() if other.finished]
            for run_id in done[: max(0, len(done) - FINISHED_KEPT)]:
                del self._runs[run_id]
        workspace.start(run, on_event=live.on_event, reuse=reuse, resume=resume).add_done_callback(live.on_end)
        return live

    def get(self, run_id: str | None) -> LiveRun | None:
        """Returns the run of that id, or None if this process does not know it any more."""
        return None if run_id is None else self._runs.get(run_id)

    def running(self, workflow: str) -> LiveRun | None:
        """Returns the latest run of a workflow that has not finished, or None."""
        with self._lock:
            found = [live for live in self._runs.values() if not live.finished]
        return next((live for live in reversed(found) if live.run.workflow == workflow), None)


@cache
def live_runs() -> LiveRuns:
    """Returns the runs of this process, the same for pages and routes."""
    return LiveRuns()
