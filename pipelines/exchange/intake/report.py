"""What an import says about itself: which nodes came over, which only partly, and what was left out and why."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.document import Pipeline
from pipelines.record import Record

Format = Literal["routeloom", "langflow", "flowise", "dify"]
FORMAT_TITLES: dict[Format, str] = {
    "routeloom": "Routeloom",
    "langflow": "Langflow",
    "flowise": "Flowise",
    "dify": "Dify",
}


class MappedNode(Record):
    """Is a node of the file that has a counterpart; `became` are the nodes here that hold what it held."""

    node: str
    kind: str
    title: str = ""
    became: tuple[str, ...] = ()
    remarks: tuple[str, ...] = Field(default=(), description="What is different here, a sentence each.")


class LeftOutNode(Record):
    """Is a node of the file that has no counterpart."""

    node: str
    kind: str
    title: str = ""
    reason: str


class LeftOutEdge(Record):
    """Is an edge of the file that no edge here stands for."""

    source: str
    target: str
    reason: str


class ImportReport(Record):
    """Accounts for every node and edge of an imported file; `added` are nodes here that no node there asked for."""

    format: Format = "routeloom"
    mapped: tuple[MappedNode, ...] = ()
    partly: tuple[MappedNode, ...] = ()
    left_out: tuple[LeftOutNode, ...] = ()
    edges_left_out: tuple[LeftOutEdge, ...] = ()
    added: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Returns what a person should know about the import, a sentence for each thing that is not as it was."""
        found = [f"'{m.title or m.node}' ({m.kind}): {remark}" for m in self.partly for remark in m.remarks]
        found += [f"Left out: '{n.title or n.node}' ({n.kind}). {n.reason}" for n in self.left_out]
        found += [f"Edge left out: {e.source} → {e.target}. {e.reason}" for e in self.edges_left_out]
        return tuple(found)


class Imported(Record):
    """Is a pipeline that came from a file, with the account of how it came."""

    pipeline: Pipeline
    report: ImportReport
