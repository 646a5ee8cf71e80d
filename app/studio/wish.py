"""Fulfils what the canvas wishes for, once each."""

from __future__ import annotations

from app.canvas.intent import (
    CommandIntent,
    HistoryIntent,
    MakeSubIntent,
    NodeIntent,
    PlainIntent,
    StepOutIntent,
)
from app.guide import END, reach
from app.state import session
from app.studio.comparing import step_in_history
from app.studio.inside import make_sub, step_into, step_out
from app.studio.look import leave_look, look_of
from app.studio.open_workflow import OpenWorkflow
from app.studio.palette import choose
from app.studio.running import estimated, last_fired, start, stop


def fulfil(opened: OpenWorkflow) -> None:
    """Does what was wished for since the last time.

    Raises:
        RouteloomError: if one of the wishes cannot be fulfilled; those behind it are forgotten.
    """
    wishes, opened.wishes = opened.wishes, []
    for wish in wishes:
        match wish:
            case NodeIntent():
                _of_node(opened, wish)
            case PlainIntent():
                _plain(opened, wish)
            case MakeSubIntent():
                make_sub(opened, wish.nodes)
            case StepOutIntent():
                step_out(opened, wish.id)
            case HistoryIntent():
                step_in_history(opened, wish.step)
            case CommandIntent():
                choose(opened, wish.id)


def _of_node(opened: OpenWorkflow, wish: NodeIntent) -> None:
    match wish.type:
        case "run_from":
            _run(opened, from_node=wish.node)
        case "run_to":
            _run(opened, to_node=wish.node)
        case "pin":
            _pin(opened, wish.node)
        case "step_into":
            look = look_of(opened)
            step_into(opened, look.node(wish.node) if look else opened.node(wish.node))


def _plain(opened: OpenWorkflow, wish: PlainIntent) -> None:
    match wish.type:
        case "run":
            _run(opened)
        case "stop":
            stop(opened)
        case "save" if opened.changed:
            if opened.save():
                reach(END)
        case "catch_up":
            estimated(opened)
        case "compare_close":
            leave_look(opened)
            opened.compared = None


def _run(opened: OpenWorkflow, *, from_node: str | None = None, to_node: str | None = None) -> None:
    refusal = start(opened, from_node=from_node, to_node=to_node)
    if refusal:
        opened.say(refusal)
    elif to_node:
        # What is typed but not sent yet lives in the browser alone, so the question that counts is named.
        opened.say(f"Asks up to here: {session().run_form.question[:80]}", tone="info")


def _pin(opened: OpenWorkflow, node_id: str) -> None:
    fired = last_fired(opened, node_id)
    if fired is None:
        opened.say("This node has given nothing yet that could be kept; run the pipeline first.")
    else:
        opened.pin(node_id, fired)
