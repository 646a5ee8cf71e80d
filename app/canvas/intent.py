"""What a person wished for on the canvas, numbered so that each wish counts once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from pipelines.record import Record

MAX_INTENTS = 20
NodeId = Annotated[str, Field(min_length=1, max_length=64)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class _Numbered(Record):
    model_config = ConfigDict(strict=True)

    n: Count


class SelectIntent(_Numbered):
    """Says which nodes are selected now."""

    type: Literal["select"]
    nodes: list[NodeId] = Field(max_length=1_000)


class InspectIntent(_Numbered):
    """Says that a node was double-clicked, or Enter pressed on it."""

    type: Literal["inspect"]
    node: NodeId


class PlainIntent(_Numbered):
    """Says that a button of the page was pressed on the canvas, or that it waits for what was late."""

    type: Literal["run", "stop", "save", "compare_close", "catch_up"]


class NodeIntent(_Numbered):
    """Wishes something of one node: run up to it or from it, keep its last outputs, or open the pipeline inside it."""

    type: Literal["run_to", "run_from", "pin", "step_into"]
    node: NodeId


class MakeSubIntent(_Numbered):
    """Wishes that these nodes become one sub-pipeline."""

    type: Literal["make_sub"]
    nodes: list[NodeId] = Field(min_length=1, max_length=1_000)


class StepOutIntent(_Numbered):
    """Wishes to go back to an outer pipeline; `id` is that of its crumb."""

    type: Literal["step_out"]
    id: str = Field(min_length=1, max_length=200)


class InspectEdgeIntent(_Numbered):
    """Says that an edge was selected, to see the value that crossed it."""

    type: Literal["inspect_edge"]
    source: NodeId
    source_port: NodeId
    target: NodeId
    target_port: NodeId


class CommandIntent(_Numbered):
    """Says that a command of the page was chosen in the command palette."""

    type: Literal["command"]
    id: str = Field(min_length=1, max_length=100)


class HistoryIntent(_Numbered):
    """Wishes to see the run before (-1) or after (1) the one that is shown."""

    type: Literal["history"]
    step: Literal[-1, 1]


class RunFinishedIntent(_Numbered):
    """Says that the canvas saw the end of a run, or lost sight of it."""

    type: Literal["run_finished"]
    run: str = Field(max_length=200)


Intent = Annotated[
    SelectIntent
    | InspectIntent
    | PlainIntent
    | NodeIntent
    | MakeSubIntent
    | StepOutIntent
    | InspectEdgeIntent
    | CommandIntent
    | HistoryIntent
    | RunFinishedIntent,
    Field(discriminator="type"),
]
INTENTS: TypeAdapter[list[Intent]] = TypeAdapter(Annotated[list[Intent], Field(max_length=MAX_INTENTS)])
