"""Imported pipelines run: the branches, prompts and joins of the other studio do here what they did there."""

from __future__ import annotations

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest
from pipelines.document import Pipeline
from pipelines.exchange.foreign import read_any
from pipelines.gateway.scripted import ScriptedProvider
from pipelines.run import Run
from tests.pipelines.engine.stage import Stage, play, statuses
from tests.pipelines.exchange.taken import FILES, taken

TWO_DESKS = """
app: {mode: workflow, name: Two desks}
kind: app
workflow:
  graph:
    nodes:
      - {id: s, data: {type: start, title: Start, variables: [{variable: text, type: paragraph}]}}
      - id: if
        data:
          type: if-else
          title: Polite
          cases:
            - case_id: 'true'
              logical_operator: and
              conditions: [{comparison_operator: contains, value: please, variable_selector: [s, text]}]
      - {id: a, data: {type: llm, title: Kind, prompt_template: [{role: user, text: 'Kindly: {{#s.text#}}'}]}}
      - {id: b, data: {type: llm, title: Curt, prompt_template: [{role: user, text: 'Curtly: {{#s.text#}}'}]}}
      - {id: m, data: {type: variable-aggregator, title: Either, variables: [[a, text], [b, text]]}}
      - {id: p, data: {type: llm, title: Polish, prompt_template: [{role: user, text: 'Polish: {{#m.output#}}'}]}}
      - {id: e, data: {type: end, title: End, outputs: [{variable: out, value_selector: [p, text]}]}}
    edges:
      - {source: s, sourceHandle: source, target: if}
      - {source: if, sourceHandle: 'true', target: a}
      - {source: if, sourceHandle: 'false', target: b}
      - {source: a, sourceHandle: source, target: m}
      - {source: b, sourceHandle: source, target: m}
      - {source: m, sourceHandle: source, target: p}
      - {source: p, sourceHandle: source, target: e}
"""


def echo(_: ModelEntry, request: ChatRequest) -> str:
    """Answers with what it was asked, in brackets."""
    return f"[{request.messages[-1].content}]"


def played(pipeline: Pipeline, question: str) -> Run:
    async def work() -> Run:
        return await Stage(provider=ScriptedProvider(echo)).run(pipeline, question)

    return play(work())


def text_of(run: Run) -> str:
    assert run.answer is not None
    return run.answer.text


def test_a_dify_branch_is_taken_and_the_join_waits_for_nobody_else() -> None:
    pipeline = read_any(TWO_DESKS.encode()).pipeline
    kind = played(pipeline, "Tea, please")
    assert text_of(kind) == "[Polish: [Kindly: Tea, please]]"
    assert {name: state for name, state in statuses(kind).items() if state == "skipped"} == {"curt": "skipped"}
    assert text_of(played(pipeline, "Tea")) == "[Polish: [Curtly: Tea]]"


def test_a_flowise_chain_hands_the_first_answer_to_the_second_prompt() -> None:
    pipeline = taken("flowise-chat.json").pipeline
    wanted = {"question", "planner", "doer", "answer"}
    chain = pipeline.model_copy(
        update={
            "nodes": tuple(
                node.model_copy(update={"config": {**node.config, "model": None}}) if node.kind == "expert" else node
                for node in pipeline.nodes
                if node.id in wanted
            ),
            "edges": tuple(edge for edge in pipeline.edges if {edge.source, edge.target} <= wanted),
        }
    )
    assert text_of(played(chain, "sail")) == "[Carry out [Plan how to do sail.] for sail, as a sailor.]"


def test_a_langflow_export_without_models_of_the_catalogue_runs_on_the_default_model() -> None:
    pipeline = read_any((FILES / "langflow.json").read_bytes()).pipeline
    run = played(pipeline, "I am cross")
    assert run.status == "done"
    assert text_of(run) == "[I am cross]"
    assert statuses(run)["price-expert"] == "skipped"
