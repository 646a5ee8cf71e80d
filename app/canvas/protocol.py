"""What crosses the wire between Python and the canvas in the browser; `frontend/src/protocol.ts` is its twin."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, ValidationError

from app.canvas.intent import INTENTS, Count, Intent, NodeId
from app.canvas.overlay import Compare, Crumb, Estimate, PaletteCommand, RunHistory
from pipelines.document import JoinRule, Pipeline, Position, load_pipeline
from pipelines.error import DocumentError
from pipelines.fleet import Batch
from pipelines.node import Port
from pipelines.record import Record

NodeStatus = Literal["queued", "running", "done", "skipped", "failed", "blocked", "budget", "cancelled"]
RunStatus = Literal["running", "done", "failed", "budget", "cancelled", "no_answer"]
EdgeStatus = Literal["taken", "not_taken", "idle"]
Action = Literal["run", "save", "run_to", "run_from", "pin", "make_sub", "step_into", "inspect_edge"]


class CanvasDoc(Record):
    """Is the open pipeline; `rev` grows when Python replaces the graph, `seq` with each edit in the browser."""

    id: str = Field(min_length=1, max_length=200)
    rev: Count
    seq: Count
    graph: Pipeline

    def is_newer_than(self, other: CanvasDoc) -> bool:
        """Says whether this is a later state of the same document."""
        return self.id == other.id and (self.rev, self.seq) > (other.rev, other.seq)


class Face(Record):
    """Is how one node shows: its ports by its configuration, one line about it, the models it uses.

    `inner` names the saved pipeline that the node opens, `estimate` what it is expected to cost before a run;
    `critical`: it most likely decides how long a run takes.
    """

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    summary: str = ""
    models: tuple[str, ...] = ()
    inner: str = ""
    estimate: Estimate | None = None
    critical: bool = False


class Kind(Record):
    """Is one entry of the palette; `icon` is a Lucide name, `config` the configuration of a new node."""

    kind: str
    title: str
    group: str
    icon: str
    help: str = ""
    version: int = 1
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    config: dict[str, Any] = Field(default_factory=dict)


class Group(Record):
    """Is a heading of the palette."""

    name: str
    title: str


class PortType(Record):
    """Is a type of value with its colours (#rrggbb); `accepts` names the other types that its inputs take."""

    name: str
    title: str
    colour_light: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    colour_dark: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    accepts: tuple[str, ...] = ()


class Catalogue(Record):
    """Is everything that can be drawn."""

    version: str
    kinds: tuple[Kind, ...]
    groups: tuple[Group, ...]
    types: tuple[PortType, ...]


class CanvasProblem(Record):
    """Is one thing wrong with the pipeline, shown at its node and port."""

    node: str | None = None
    port: str | None = None
    message: str
    severity: Literal["error", "warning"] = "error"


class NodeRun(Record):
    """Is what a run did at one node; `notional` marks a cost that nobody is charged."""

    status: NodeStatus
    cached: bool = False
    pinned: bool = False
    cost_usd: float | None = None
    notional: bool = False
    latency_s: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    error: str | None = None
    reason: str | None = None
    text: str = ""
    fired: tuple[str, ...] = ()
    scores: dict[str, float] = Field(default_factory=dict)
    threshold: float | None = None


class RunSnapshot(Record):
    """Is the state of a run; edges are named as `str(Edge)` names them, `values` tell shortly what crossed them."""

    run: str
    status: RunStatus
    nodes: dict[str, NodeRun] = Field(default_factory=dict)
    edges: dict[str, EdgeStatus] = Field(default_factory=dict)
    values: dict[str, str] = Field(default_factory=dict)
    cost_usd: float = 0.0
    latency_s: float = 0.0


class NodePatch(Record):
    """Is new values for fields of a node; only those that are set are changed, `config` as a whole."""

    title: str | None = None
    config: dict[str, Any] | None = None
    position: Position | None = None
    disabled: bool | None = None
    bypassed: bool | None = None
    pinned: dict[str, Any] | None = None
    join: JoinRule | None = None
    on_error: Literal["fail", "silent"] | None = None


class PatchNode(Record):
    """Changes one node; the canvas makes it an undo step and sends the document back."""

    n: Count
    op: Literal["patch_node"] = "patch_node"
    id: NodeId
    set: NodePatch


class ShowCommand(Record):
    """Lays everything out afresh, or shows everything."""

    n: Count
    op: Literal["layout", "fit"]


class SelectCommand(Record):
    """Selects exactly these nodes."""

    n: Count
    op: Literal["select"] = "select"
    nodes: tuple[NodeId, ...]


class FocusCommand(Record):
    """Selects one node and brings it near."""

    n: Count
    op: Literal["focus"] = "focus"
    node: NodeId


class ToastCommand(Record):
    """Says a sentence on the canvas."""

    n: Count
    op: Literal["toast"] = "toast"
    message: str
    tone: Literal["info", "error"] = "info"


Command = Annotated[
    PatchNode | ShowCommand | SelectCommand | FocusCommand | ToastCommand,
    Field(discriminator="op"),
]


def next_number(last: int = 0) -> int:
    """Returns a number for the next command or revision: above `last`, and above all of an earlier process."""
    return max(last + 1, time.time_ns() // 1_000_000)


class CanvasData(Record):
    """Is everything that Python tells the canvas; `view` names the place, so that two canvases stay apart.

    The canvas takes the graph of `doc` only for a new `id` or a higher `rev`, and obeys each command once.
    `inset_right` is the pixels on the right that the page covers, with a drawer for example. `actions` are the wishes
    that the page fulfils: the canvas offers no others. `stale` names the nodes that were edited since the shown run;
    None lets the canvas find them, which it can for a run that it saw begin. Where something is `late`, such as an
    estimate that takes longer than an edit may, the canvas asks for it (`catch_up`) once it is left alone for a moment.
    """

    view: str
    doc: CanvasDoc
    faces: dict[str, Face] = Field(default_factory=dict)
    catalogue: Catalogue
    problems: tuple[CanvasProblem, ...] = ()
    run: RunSnapshot | None = None
    events_url: str | None = None
    commands: tuple[Command, ...] = ()
    read_only: bool = False
    actions: tuple[Action, ...] = ("run", "save")
    inset_right: int = Field(default=0, ge=0, le=2_000)
    stale: tuple[str, ...] | None = None
    palette: tuple[PaletteCommand, ...] = ()
    breadcrumbs: tuple[Crumb, ...] = ()
    compare: Compare | None = None
    history: RunHistory | None = None
    batch: Batch | None = None
    late: bool = False

    def wire(self) -> dict[str, Any]:
        """Returns the JSON value for the browser; fields that a patch does not set are left out."""
        value = self.model_dump(mode="json", exclude={"commands"})
        value["commands"] = [_command(command) for command in self.commands]
        return value


def _command(command: Command) -> dict[str, Any]:
    value = command.model_dump(mode="json")
    if isinstance(command, PatchNode):
        value["set"] = {name: value["set"][name] for name in command.set.model_fields_set}
    return value


class CanvasOut(Record):
    """Is what the canvas told Python: intents numbered from 1 for each `instance`, and the document if it changed.

    `refused` says why a document that came was not taken; `doc` is then None.
    """

    instance: str = Field(min_length=1, max_length=64)
    doc: CanvasDoc | None = None
    intents: tuple[Intent, ...] = ()
    refused: str | None = None


def read_out(value: object) -> CanvasOut:
    """Reads what came from the browser, which is not trusted.

    Raises:
        DocumentError: if it is not a message of the canvas at all.
    """
    if not isinstance(value, dict):
        raise DocumentError(f"The canvas sent {type(value).__name__}; a message is an object.")
    try:
        intents = INTENTS.validate_python(value.get("intents"))
        out = CanvasOut(instance=value.get("instance", ""), intents=tuple(intents))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(
            f"The canvas sent a message that is wrong at {place or 'intents'}: {first['msg']}."
        ) from error
    if value.get("doc") is None:
        return out
    try:
        return out.model_copy(update={"doc": _read_doc(value["doc"])})
    except DocumentError as error:
        return out.model_copy(update={"refused": str(error)})


def _read_doc(value: object) -> CanvasDoc:
    if not isinstance(value, dict):
        raise DocumentError(f"The document of the canvas is {type(value).__name__}; it must be an object.")
    try:
        graph = load_pipeline(orjson.dumps(value.get("graph")))
        return CanvasDoc.model_validate({**value, "graph": graph})
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise DocumentError(f"The document of the canvas is not JSON: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(f"The document of the canvas is wrong at {place}: {first['msg']}.") from error
