"""What may lie over a pipeline: estimates, a comparison, the history of runs, commands of the page."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.document import Edge, NodeSpec
from pipelines.record import Record

Change = Literal["added", "removed", "changed", "same"]


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


class Scope(Record):
    """Is a choice of what is shown of the past runs; choosing it sends its `id` back as a command."""

    id: str = Field(min_length=1, max_length=100)
    title: str


class RunHistory(Record):
    """Is the place of the shown run among the past runs: 1 is the oldest, `count` the latest.

    `scope` is the id of the choice that holds among `scopes`: one run, or many together.
    """

    position: int = Field(ge=1)
    count: int = Field(ge=1)
    label: str = ""
    scopes: tuple[Scope, ...] = ()
    scope: str = ""


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
