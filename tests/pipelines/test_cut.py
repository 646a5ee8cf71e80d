"""Cutting a selection out of a pipeline."""

from __future__ import annotations

import pytest

from pipelines.cut import cut_out
from pipelines.document import NodeSpec, Pipeline, Position
from pipelines.error import DocumentError
from pipelines.graph import find_problems
from pipelines.store import MemoryLibrary
from tests.app.drawn import edge, forked


def chain() -> Pipeline:
    """Returns a question, a draft, a critic, and the answer."""
    return Pipeline(
        name="Chain",
        nodes=(
            NodeSpec(id="question", kind="query_input", position=Position(x=0, y=0)),
            NodeSpec(id="draft", kind="expert", position=Position(x=300, y=0)),
            NodeSpec(id="critic", kind="expert", position=Position(x=600, y=100)),
            NodeSpec(id="out", kind="answer_output", position=Position(x=900, y=0)),
        ),
        edges=tuple(
            edge(line)
            for line in ("question.query->draft.query", "draft.answer->critic.query", "critic.answer->out.answers")
        ),
    )


def test_a_selection_becomes_a_pipeline_with_a_question_and_an_answer() -> None:
    inner = cut_out(chain(), ["draft", "critic"], name="Both").inner
    assert [(spec.id, spec.kind) for spec in inner.nodes] == [
        ("question", "query_input"),
        ("draft", "expert"),
        ("critic", "expert"),
        ("answer", "answer_output"),
    ]
    assert [str(e) for e in inner.edges] == [
        "question.query->draft.query",
        "draft.answer->critic.query",
        "critic.answer->answer.answers",
    ]
    assert (inner.nodes[0].position, inner.nodes[3].position) == (Position(x=-20, y=50), Position(x=920, y=50))
    assert find_problems(inner) == ()


def test_one_node_stands_where_the_selection_was() -> None:
    cut = cut_out(chain(), ["draft", "critic"], name="Both")
    outer = cut.outer("both")
    assert [(spec.id, spec.kind, spec.config) for spec in outer.nodes] == [
        ("question", "query_input", {}),
        ("sub_pipeline_1", "sub_pipeline", {"reference": "both"}),
        ("out", "answer_output", {}),
    ]
    assert [str(e) for e in outer.edges] == [
        "question.query->sub_pipeline_1.query",
        "sub_pipeline_1.answer->out.answers",
    ]
    assert outer.node("sub_pipeline_1").position == Position(x=450, y=50)
    assert find_problems(outer, library=MemoryLibrary({"both": cut.inner})) == ()


def test_an_input_that_takes_no_question_is_refused() -> None:
    line = chain()
    both = line.model_copy(update={"edges": (*line.edges, edge("question.query->critic.documents"))})
    with pytest.raises(DocumentError, match=r"critic\.documents takes a documents"):
        cut_out(both, ["draft", "critic"], name="Both")


def test_two_branches_from_one_port_share_the_question() -> None:
    nodes = (*chain().nodes, NodeSpec(id="merge", kind="merge"))
    lines = (
        "question.query->draft.query",
        "question.query->critic.query",
        "draft.answer->merge.values",
        "critic.answer->merge.values",
        "merge.answer->out.answers",
    )
    wide = Pipeline(name="Wide", nodes=nodes, edges=tuple(edge(line) for line in lines))
    cut = cut_out(wide, ["draft", "critic", "merge"], name="Panel")
    assert len(cut.inner.edges) == 5
    assert [str(e) for e in cut.outer("panel").edges] == [
        "question.query->sub_pipeline_1.query",
        "sub_pipeline_1.answer->out.answers",
    ]


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        (["question", "router"], "'question' stays outside"),
        (["expert_1", "answer"], "'answer' stays outside"),
        (["expert_1", "expert_2"], "the questions here: router.long, router.short"),
        (["router"], "the answers here: router.long, router.short"),
        (["nobody"], "has no node 'nobody'"),
        ([], "the questions here: none"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(nodes: list[str], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        cut_out(forked(), nodes, name="Part")


def test_a_selection_with_a_gap_is_refused() -> None:
    line = chain()
    middle = NodeSpec(id="middle", kind="expert")
    edges = (
        edge("question.query->draft.query"),
        edge("draft.answer->middle.query"),
        edge("middle.answer->critic.query"),
        edge("critic.answer->out.answers"),
    )
    gapped = line.model_copy(update={"nodes": (*line.nodes, middle), "edges": edges})
    with pytest.raises(DocumentError, match=r"the questions here: middle\.answer, question\.query"):
        cut_out(gapped, ["draft", "critic"], name="Gap")


def test_a_path_that_comes_back_is_refused() -> None:
    nodes = (*forked().nodes, NodeSpec(id="late", kind="expert"))
    lines = ("question.query->router.query", "expert_1.answer->late.query", "late.answer->expert_1.query")
    looped = Pipeline(name="Loop", nodes=nodes, edges=tuple(edge(line) for line in lines))
    with pytest.raises(DocumentError, match="leaves the selection and comes back"):
        cut_out(looped, ["expert_1"], name="Loop")


def test_an_output_that_is_no_answer_is_refused() -> None:
    nodes = (
        NodeSpec(id="question", kind="query_input"),
        NodeSpec(id="finder", kind="retriever"),
        NodeSpec(id="expert_1", kind="expert"),
        NodeSpec(id="answer", kind="answer_output"),
    )
    lines = (
        "question.query->finder.query",
        "question.query->expert_1.query",
        "finder.documents->expert_1.documents",
        "expert_1.answer->answer.answers",
    )
    found = Pipeline(name="Found", nodes=nodes, edges=tuple(edge(line) for line in lines))
    with pytest.raises(DocumentError, match=r"finder\.documents gives a documents"):
        cut_out(found, ["finder"], name="Finder")
