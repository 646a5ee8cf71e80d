"""The Mermaid drawing of a pipeline."""

from __future__ import annotations

from app.mermaid import mermaid
from pipelines.document import Edge, NodeSpec, Pipeline


def test_a_drawing_has_a_line_for_each_node_and_edge() -> None:
    pipeline = Pipeline(
        nodes=(
            NodeSpec(id="q", kind="query_input"),
            NodeSpec(id="e", kind="expert", title="Physicist"),
            NodeSpec(id="a", kind="answer_output"),
        ),
        edges=(
            Edge(source="q", source_port="query", target="e", target_port="query"),
            Edge(source="e", source_port="answer", target="a", target_port="answers"),
        ),
    )
    assert mermaid(pipeline).splitlines() == [
        "flowchart LR",
        '    n1(["Question"])',
        '    n2["Physicist<br/>Expert"]',
        '    n3(["Answer"])',
        '    n1 -->|"query"| n2',
        '    n2 -->|"answer"| n3',
    ]


def test_a_title_can_only_be_a_label() -> None:
    hostile = 'x"]; click n1 "javascript:alert(1)"\n    n1 --> n9[<img onerror=1>] #quot; `b` %%'
    drawing = mermaid(Pipeline(nodes=(NodeSpec(id="q", kind="query_input", title=hostile),)))
    assert drawing.count("\n") == 2
    label = drawing.splitlines()[1].removeprefix('    n1(["').removesuffix('"])')
    assert not set(label.replace("<br/>Question", "")) & set("\"<>[]`%|(){}\\'")
    assert label.startswith("x#34;#93;#59; click n1 ")


def test_a_disabled_node_and_an_unknown_kind_are_shown_as_such() -> None:
    pipeline = Pipeline(nodes=(NodeSpec(id="odd", kind="time_machine", disabled=True),))
    assert mermaid(pipeline).splitlines()[1:] == [
        '    n1["odd<br/>unknown kind time_machine"]',
        "    classDef disabled stroke-dasharray: 4 4,opacity: 0.5",
        "    class n1 disabled",
    ]


def test_a_bypassed_node_is_dotted_and_says_so() -> None:
    pipeline = Pipeline(nodes=(NodeSpec(id="e", kind="expert", title="Judge", bypassed=True),))
    assert mermaid(pipeline).splitlines()[1:] == [
        '    n1["Judge<br/>Expert<br/>bypassed"]',
        "    classDef bypassed stroke-dasharray: 1 4",
        "    class n1 bypassed",
    ]


def test_an_edge_to_a_node_that_does_not_exist_is_left_out() -> None:
    lost = Edge(source="q", source_port="query", target="gone", target_port="query")
    assert "-->" not in mermaid(Pipeline(nodes=(NodeSpec(id="q", kind="query_input"),), edges=(lost,)))
