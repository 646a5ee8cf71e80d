"""A workflow as one tab has it open: what the canvas told, what the forms changed, and where the draft stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from app.canvas.intent import InspectEdgeIntent, Intent
from app.canvas.protocol import (
    CanvasDoc,
    CanvasOut,
    Command,
    FocusCommand,
    NodePatch,
    PatchNode,
    ToastCommand,
    next_number,
)
from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.error import StaleWrite
from pipelines.run import Fired
from storage import Storage
from storage.draft import MAIN, Draft
from storage.error import DraftConflict

COMMANDS_KEPT = 20
ECHOES_WAITED = 5


class Compared(NamedTuple):
    """Names what the canvas compares, versions by number or runs by id: something older with something newer.

    Without `other` the newer side is the pipeline as it stands, with the shown run.
    """

    kind: Literal["version", "run"]
    reference: str
    other: str | None = None


class OpenWorkflow:
    """Holds the open document. It belongs to one session and is not shared between threads.

    Attributes:
        version: the version that the work is based on.
        conflict: what to tell the person when somebody else wrote in the meantime, or None.
        selected: ids of the nodes that are selected on the canvas.
        inspected: the node whose drawer is open; the drawer stays away while nodes are being added.
        compared: what the canvas compares with, or None.
        crossed: the edge whose value is shown in the drawer, or None.
        wishes: what the canvas asked of the page and nobody has fulfilled yet.
    """

    def __init__(self, storage: Storage, slug: str, *, heard: Mapping[str, int] | None = None) -> None:
        """Opens a workflow with its newest unsaved work; `heard` are the intents that another document has taken.

        Raises:
            NotFound: if there is no such workflow.
        """
        self._workflows = storage.workflows
        self._settings = storage.settings
        self.slug = slug
        self.conflict: str | None = None
        self.selected: tuple[str, ...] = ()
        self.inspected: str | None = None
        self.crossed: Edge | None = None
        self.wishes: list[Intent] = []
        self.commands: tuple[Command, ...] = ()
        self.compared: Compared | None = None
        self._seen = dict(heard or {})
        self._patches: dict[str, tuple[dict[str, Any], int]] = {}
        self._number = 0
        self._met: set[str] = set()
        self.doc: CanvasDoc
        self.name: str
        self.version: int
        self._saved: Pipeline
        self._written: Pipeline
        self._branch: str
        self._revision: int
        self._load()

    @property
    def graph(self) -> Pipeline:
        """Returns the pipeline as it stands, with the changes that the canvas has not confirmed yet."""
        if not self._patches:
            return self.doc.graph
        nodes = tuple(self._patched(spec) for spec in self.doc.graph.nodes)
        return self.doc.graph.model_copy(update={"nodes": nodes, "name": self.name})

    @property
    def heard(self) -> Mapping[str, int]:
        """Returns the number of the last intent that each mount of the canvas was heard with."""
        return self._seen

    @property
    def changed(self) -> bool:
        """Says whether there is work that no version holds."""
        return _content(self.graph) != _content(self._saved)

    def node(self, node_id: str) -> NodeSpec | None:
        """Returns a node as it stands, or None if there is none."""
        return next((spec for spec in self.graph.nodes if spec.id == node_id), None)

    def receive(self, out: CanvasOut | None, *, live: bool) -> bool:
        """Takes what the canvas said, each thing once, and says whether the document changed.

        Only `live` messages may wish for something: a message that Streamlit restored after a lost connection must not
        start a run again.
        """
        if out is None:
            return False
        self._obey(out, live=live)
        if out.doc is None or not out.doc.is_newer_than(self.doc):
            return False
        gone = {spec.id for spec in self.doc.graph.nodes} - {spec.id for spec in out.doc.graph.nodes}
        self.doc = out.doc
        self._met -= gone
        self._settle_patches()
        self.selected = tuple(node_id for node_id in self.selected if self.node(node_id))
        if self.crossed not in self.doc.graph.edges:
            self.crossed = None
        self.write_draft()
        return True

    def patch(self, node_id: str, **changes: Any) -> None:
        """Changes fields of a node; the canvas makes it an undo step and confirms it."""
        spec = self.node(node_id)
        if spec is None or all(getattr(spec, name) == value for name, value in changes.items()):
            return
        waiting = self._patches.get(node_id, ({}, 0))[0]
        self._patches[node_id] = ({**waiting, **changes}, 0)
        self._command(PatchNode(n=self._next(), id=node_id, set=NodePatch(**changes)))

    def pin(self, node_id: str, fired: Fired) -> None:
        """Fixes the output of a node, so that it is not asked again."""
        self.patch(node_id, pinned=dict(fired.ports))

    def replace(self, pipeline: Pipeline) -> None:
        """Puts another graph in place of this one; on the canvas that is one undo step."""
        self._patches = {}
        self._met.update(spec.id for spec in pipeline.nodes)
        self.doc = CanvasDoc(id=self.doc.id, rev=next_number(self.doc.rev), seq=0, graph=pipeline)

    def rename(self, name: str) -> None:
        """Gives the workflow another name, at once."""
        if name.strip() and name.strip() != self.name:
            self.name = self._workflows.rename(self.slug, name.strip()).name
            self.doc = self.doc.model_copy(update={"graph": self.doc.graph.model_copy(update={"name": self.name})})
            self._saved = self._saved.model_copy(update={"name": self.name})

    def focus(self, node_id: str) -> None:
        """Selects a node and brings it near."""
        self.selected, self.inspected, self.crossed = (node_id,), node_id, None
        self._command(FocusCommand(n=self._next(), node=node_id))

    def say(self, message: str, *, tone: Literal["info", "error"] = "error") -> None:
        """Shows a sentence on the canvas."""
        self._command(ToastCommand(n=self._next(), message=message, tone=tone))

    def write_draft(self) -> None:
        """Stores the work as a draft; when somebody else wrote, this side goes on in a draft of its own."""
        graph = self.doc.graph.model_copy(update={"name": self.name})
        if graph == self._written:
            return
        try:
            self._revision = self._workflows.save_draft(
                self.slug, graph, base=self.version, revision=self._revision, branch=self._branch
            )
        except DraftConflict as error:
            self._branch, self._revision = error.branch, error.revision
            self.conflict = "This workflow was changed in another tab. Nothing was overwritten: both sides are kept."
        self._written = graph
        self._mark()

    def save(self, message: str = "") -> bool:
        """Saves the next version and says whether that was possible; if not, `conflict` says why."""
        graph = self.graph.model_copy(update={"name": self.name})
        try:
            info = self._workflows.save(
                self.slug, graph, parent=self.version, message=message, draft_revision=self._revision or None
            )
        except StaleWrite as error:
            self.conflict = str(error)
            return False
        self._settle_version(info.version, graph)
        return True

    def keep_mine(self) -> None:
        """Ends a conflict: this side becomes the next version, whatever was saved in the meantime."""
        self.version = self._workflows.info(self.slug).version
        if self.save("Kept over a change made elsewhere"):
            self.conflict = None

    def take_theirs(self) -> None:
        """Ends a conflict: this side is left behind, where versions and drafts still hold it."""
        if self._branch != MAIN:
            self._workflows.drop_draft(self.slug, self._branch)
        mine = self.doc
        self._load()
        self.doc = CanvasDoc(id=mine.id, rev=next_number(mine.rev), seq=0, graph=self.doc.graph)
        self.conflict = None

    def restore(self, number: int) -> None:
        """Brings the content of a version back as unsaved work."""
        old = self._workflows.version(self.slug, number)
        self.replace(old.model_copy(update={"name": self.name}))
        self.write_draft()

    def side_drafts(self) -> tuple[Draft, ...]:
        """Returns unsaved work that other tabs left, latest first."""
        return tuple(draft for draft in self._workflows.drafts(self.slug) if draft.branch != self._branch)

    def _load(self) -> None:
        info = self._workflows.info(self.slug)
        self.name, self.version = info.name, info.version
        self._saved = self._workflows.pipeline(self.slug)
        draft = next((found for found in self._workflows.drafts(self.slug) if found.base == info.version), None)
        self._branch, self._revision = (draft.branch, draft.revision) if draft else (MAIN, self._main_revision())
        graph = (draft.pipeline if draft else self._saved).model_copy(update={"name": info.name})
        self._written = graph
        self._patches = {}
        self._met = {spec.id for spec in graph.nodes}
        self.doc = CanvasDoc(id=f"w/{self.slug}", **self._numbers(), graph=graph)

    def _main_revision(self) -> int:
        main = self._workflows.draft(self.slug)
        return main.revision if main else 0

    def _settle_version(self, version: int, graph: Pipeline) -> None:
        self.version, self._saved, self._written = version, graph, graph
        mine = self._workflows.draft(self.slug, self._branch)
        self._revision = mine.revision if mine else 0
        self._mark()

    def _mark(self) -> None:
        """Notes which state of the canvas is stored, so that a server that starts anew takes up from there."""
        stored = {"version": self.version, "revision": self._revision}
        self._settings.put(f"canvas:{self.slug}", {**stored, "rev": self.doc.rev, "seq": self.doc.seq})

    def _numbers(self) -> dict[str, int]:
        """Returns the numbers of the loaded state: the noted ones while nobody else wrote, else new and higher ones."""
        mark = self._settings.get(f"canvas:{self.slug}")
        if isinstance(mark, dict) and (mark["version"], mark["revision"]) == (self.version, self._revision):
            return {"rev": mark["rev"], "seq": mark["seq"]}
        return {"rev": next_number(), "seq": 0}

    def _obey(self, out: CanvasOut, *, live: bool) -> None:
        seen = self._seen.get(out.instance, 0)
        for intent in out.intents:
            if intent.n <= seen:
                continue
            if intent.type == "select":
                self._select(intent.nodes)
            elif intent.type == "inspect":
                self.selected, self.inspected, self.crossed = (intent.node,), intent.node, None
            elif intent.type == "inspect_edge":
                self._inspect_edge(intent)
            elif live:
                self.wishes.append(intent)
        self._seen[out.instance] = max([seen, *(intent.n for intent in out.intents)])

    def _select(self, nodes: list[str]) -> None:
        """Opens the drawer of a single node, unless the node was only just added: whoever draws goes on drawing."""
        self.selected = tuple(nodes)
        self.inspected = nodes[0] if len(nodes) == 1 and nodes[0] in self._met else None
        if nodes:
            self.crossed = None
        self._met.update(nodes)

    def _inspect_edge(self, intent: InspectEdgeIntent) -> None:
        edge = Edge.model_construct(**intent.model_dump(exclude={"n", "type"}))
        self.crossed = edge if edge in self.doc.graph.edges else None
        self.selected, self.inspected = (), None

    def _settle_patches(self) -> None:
        waiting: dict[str, tuple[dict[str, Any], int]] = {}
        specs = {spec.id: spec for spec in self.doc.graph.nodes}
        for node_id, (changes, echoes) in self._patches.items():
            spec = specs.get(node_id)
            confirmed = spec is None or all(getattr(spec, name) == value for name, value in changes.items())
            if not confirmed and echoes < ECHOES_WAITED:
                waiting[node_id] = (changes, echoes + 1)
        self._patches = waiting

    def _patched(self, spec: NodeSpec) -> NodeSpec:
        changes: Mapping[str, Any] = self._patches.get(spec.id, ({}, 0))[0]
        return spec.model_copy(update=dict(changes)) if changes else spec

    def _command(self, command: Command) -> None:
        self.commands = (*self.commands, command)[-COMMANDS_KEPT:]

    def _next(self) -> int:
        self._number = next_number(self._number)
        return self._number


def _content(pipeline: Pipeline) -> Pipeline:
    """Returns the pipeline without the places of its nodes, which the canvas fills in by itself."""
    nodes = tuple(spec.model_copy(update={"position": None}) for spec in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes, "name": ""})
