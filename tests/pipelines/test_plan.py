"""A plan says which steps follow each other without anything else to wait for."""

from __future__ import annotations

from typing import Any

from pipelines.document import Pipeline
from pipelines.plan import build_plan
from tests.pipelines.drawing import draw, node, single_expert


def chains(pipeline: Pipeline) -> list[list[str]]:
    return [[step.spec.id for step in chain] for chain in build_plan(pipeline).chains]


def fork(**join: Any) -> Pipeline:
    """Returns a question for two experts, the answers of which meet in a merge."""
    return draw(
        [
            node("out", "answer_output"),
            node("both", "merge", **join),
            node("q", "query_input"),
            node("left", "expert"),
            node("right", "expert"),
        ],
        "q.query > left.query",
        "q.query > right.query",
        "left.answer > both.values",
        "right.answer > both.values",
        "both.answer > out.answers",
    )


def test_a_line_of_nodes_is_one_chain() -> None:
    assert chains(single_expert()) == [["question", "expert", "answer"]]


def test_a_chain_goes_on_with_the_first_branch_and_ends_where_branches_meet() -> None:
    assert chains(fork()) == [["q", "left"], ["right"], ["both", "out"]]


def test_what_may_be_stopped_by_itself_is_a_chain_by_itself_and_begins_before_what_stops_it() -> None:
    assert chains(fork(join={"rule": "first"})) == [["q"], ["left"], ["right"], ["both"], ["out"]]


def test_a_disabled_node_follows_nobody_because_it_waits_for_nobody() -> None:
    line = single_expert()
    disabled = line.model_copy(
        update={"nodes": (line.nodes[0], line.nodes[1].model_copy(update={"disabled": True}), line.nodes[2])}
    )
    assert chains(disabled) == [["question"], ["expert", "answer"]]
