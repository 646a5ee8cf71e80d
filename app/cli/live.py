"""Shows a run on a terminal while it happens: what each node does, and the answer as it is written."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

from app.cli.output import cell, console, visible
from app.cli.trace import COLOURS, cost, duration
from pipelines.event import AnyEvent, NodeFinished, NodeStarted, RunStarted, TokenArrived
from pipelines.run import Span

if TYPE_CHECKING:
    from rich.console import RenderableType

TAIL_CHARACTERS = 400


class LiveView:
    """Draws the run on standard error until it ends, and then leaves no trace.

    `on_event` may be called from another thread.
    """

    def __init__(self) -> None:
        """Starts without a node."""
        from rich.live import Live

        self._lock = threading.Lock()
        self._waiting: dict[str, None] = {}
        self._texts: dict[str, str] = {}
        self._done: list[Span] = []
        self._live = Live(get_renderable=self._draw, console=console(), refresh_per_second=10, transient=True)

    def __enter__(self) -> LiveView:
        """Begins to draw."""
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipes what was drawn."""
        self._live.__exit__(kind, error, trace)

    def on_event(self, event: AnyEvent) -> None:
        """Takes an event of the run."""
        with self._lock:
            if isinstance(event, RunStarted):
                self._waiting = dict.fromkeys(event.nodes)
                self._done.clear()
            elif isinstance(event, NodeStarted):
                self._texts[event.node_id] = ""
                self._waiting.pop(event.node_id, None)
            elif isinstance(event, TokenArrived):
                self._texts[event.node_id] = self._texts.get(event.node_id, "") + event.text
            elif isinstance(event, NodeFinished):
                self._texts.pop(event.span.node_id, None)
                self._waiting.pop(event.span.node_id, None)
                self._done.append(event.span)

    def _draw(self) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        with self._lock:
            for span in self._done:
                took = "" if span.status == "skipped" else duration(span.latency_s)
                paid = cost(span.totals) if span.totals.calls else ""
                reason = cell(span.error or span.reason)
                table.add_row(cell(span.node_id), Text(span.status, style=COLOURS[span.status]), took, paid, reason)
            for node_id, text in self._texts.items():
                tail = Text(visible(text[-TAIL_CHARACTERS:]), style="cyan")
                table.add_row(cell(node_id), Text("running", style="bold cyan"), "", "", tail)
            if self._waiting:
                table.add_row(Text(f"{len(self._waiting)} waiting", style="bright_black"))
        return table
