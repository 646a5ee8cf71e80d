"""What may lie over a pipeline: estimates, a comparison, the history of runs, a batch, commands of the page."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipelines.document import Edge, NodeSpec
from pipelines.record import Record

Change = Literal["added", "removed", "changed", "same"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Estimate(Record):
    """Is what one node is expected to cost and take before a run; `source` says where the numbers come from."""

    cost_usd: float | None = None
    latency_s: float | None = None
    source: str = ""


class NodeChange(Record):
    """Is how one node differs from its counterpart; a delta below 0 is cheaper or faster than there."""

    change: Change
    note: str = ""
    latency_delta_s: float | None = None
    cost_delta_usd: float | None = None


class Ghosts(Record):
    """Is what only the other version holds; a ghost edge may end in a node of either version."""

    nodes: tuple[NodeSpec, ...] = ()
    edges: tuple[Edge, ...] = ()


class Compare(Record):
    """Is a comparison laid over the pipeline; edges are named as `str(Edge)` names them."""

    title: str
    nodes: dict[str, NodeChange] = Field(default_factory=dict)
    edges: dict[str, Change] = Field(default_factory=dict)
    ghosts: Ghosts = Ghosts()


class RunHistory(Record):
    """Is the place of the shown run among the past runs: 1 is the oldest, `count` the latest."""

    position: int = Field(ge=1)
    count: int = Field(ge=1)
    label: str = ""


class BatchEdge(Record):
    """Is what a batch sent along an edge: the share of its rows, their total cost, how many were answered rightly."""

    share: Share
    cost_usd: float | None = None
    accuracy: Share | None = None


class BatchNode(Record):
    """Is what a batch did at one node: total cost, median seconds, share of failures, accuracy of its rows."""

    cost_usd: float | None = None
    latency_s: float | None = None
    error_rate: Share | None = None
    accuracy: Share | None = None


class Batch(Record):
    """Is a batch of `rows` laid over the pipeline; edges are named as `str(Edge)` names them."""

    title: str = ""
    rows: int = Field(default=0, ge=0)
    edges: dict[str, BatchEdge] = Field(default_factory=dict)
    nodes: dict[str, BatchNode] = Field(default_factory=dict)


class PaletteCommand(Record):
    """Is a command of the page in the command palette; choosing it sends its `id` back."""

    id: str = Field(min_length=1, max_length=100)
    title: str
    hint: str = ""
    group: str = ""


class Crumb(Record):
    """Is one step of the way into sub-pipelines: the first is the outermost, the last is the open one."""

    id: str = Field(min_length=1, max_length=200)
    title: str
