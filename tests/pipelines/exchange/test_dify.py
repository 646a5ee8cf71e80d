"""Dify exports: what comes over, and what is said of the rest."""

from __future__ import annotations

from pipelines.exchange.foreign import read_any
from pipelines.graph import find_problems
from tests.pipelines.exchange.taken import MODELS, edges, kinds, left_out, lost, remarks, taken

FOUND = taken("dify.yml")


def test_the_nodes_become_ours() -> None:
    assert kinds(FOUND) == {
        "start": "query_input",
        "sort-letters": "llm_router",
        "bills": "retriever",
        "bill-clerk": "expert",
        "what-kind": "rule_router",
        "urgent-clerk": "expert",
        "other-clerk": "expert",
        "one-of-them": "merge",
        "polish": "expert",
        "answer": "answer_output",
    }
    assert (FOUND.pipeline.name, FOUND.report.format, FOUND.report.added) == ("Letter desk", "dify", ())


def test_what_comes_after_what_becomes_what_each_node_takes() -> None:
    assert edges(FOUND) == {
        "start.query->sort-letters.query",
        "sort-letters.about_a_bill->bills.query",
        "sort-letters.about_a_bill->bill-clerk.query",
        "bills.documents->bill-clerk.documents",
        "sort-letters.branch_2->what-kind.query",
        "what-kind.case_true->urgent-clerk.query",
        "what-kind.otherwise->other-clerk.query",
        "bill-clerk.answer->one-of-them.values",
        "urgent-clerk.answer->one-of-them.values",
        "other-clerk.answer->one-of-them.values",
        "start.query->polish.query",
        "one-of-them.answer->polish.one_of_them",
        "polish.answer->answer.answers",
    }


def test_a_classifier_keeps_its_classes_in_any_script() -> None:
    assert FOUND.pipeline.node("sort-letters").config == {
        "model": "gpt-4o-mini",
        "instruction": "Mind the subject of the question.",
        "branches": [
            {"name": "about_a_bill", "description": "About a bill"},
            {"name": "branch_2", "description": "其他"},
        ],
        "default": "branch_2",
    }


def test_conditions_on_the_question_become_one_rule() -> None:
    config = FOUND.pipeline.node("what-kind").config
    assert config["branches"][0]["condition"] == r"('it\'s urgent' in text) or (text.starts_with('Help'))"
    assert (config["branches"][1]["condition"], config["default"]) == ("", "otherwise")
    assert remarks(FOUND)["if1"] == (
        "The condition 'sys.dialogue_count ≥ 3' of the branch 'n_3' has no counterpart; write a new one.",
    )


def test_prompts_keep_their_variables() -> None:
    assert FOUND.pipeline.node("bill-clerk").config == {
        "model": "seek",
        "sampling": {"temperature": 0.2, "max_tokens": 300, "stop": ["END"]},
        "system_prompt": "You know bills.",
        "prompt_template": "Use {documents}\n\nAnswer {query}",
    }
    assert FOUND.pipeline.node("other-clerk").config["prompt_template"] == "Letter:\n{query}\nReply {tone}."
    assert FOUND.pipeline.node("other-clerk").config["sampling"] == {}
    assert FOUND.pipeline.node("polish").config["prompt_template"] == "Polish this: {one_of_them}"


def test_a_variable_that_nothing_gives_is_an_open_input_that_is_named() -> None:
    urgent = FOUND.pipeline.node("urgent-clerk").config
    assert urgent["prompt_template"] == "Be quick, in a {tone} tone. The key is {service_key}.\n\n{query}"
    assert "model" not in urgent
    found = [str(problem) for problem in find_problems(FOUND.pipeline)]
    assert "urgent-clerk.tone: The input 'tone' needs an edge from an output of type text." in found
    assert remarks(FOUND)["llm2"][2].startswith("It names 'tone', which nothing here gives: wire the input 'tone'")


def test_a_model_on_other_servers_is_not_the_one_of_the_catalogue() -> None:
    assert remarks(FOUND)["llm2"][0] == "The model 'gpt-4o-mini' is not in the catalogue; it takes the default model."


def test_code_and_calls_are_left_out_with_their_edges() -> None:
    assert left_out(FOUND) == {"http1": "Nodes here call no services.", "code1": "Nodes here run no code."}
    assert lost(FOUND) == [("if1", "http1"), ("http1", "code1")]


def test_a_note_keeps_its_text() -> None:
    assert FOUND.pipeline.notes[0].text == "Mind the bills"


def test_an_app_of_one_prompt_becomes_one_expert() -> None:
    text = """
app: {mode: chat, name: Greeter}
kind: app
model_config:
  model: {provider: openai, name: gpt-5, completion_params: {temperature: 0.4}}
  pre_prompt: Greet people.
"""
    found = read_any(text.encode(), MODELS)
    assert kinds(found) == {"greeter": "expert", "question": "query_input", "answer": "answer_output"}
    assert found.pipeline.node("greeter").config == {
        "model": "gpt-5",
        "sampling": {"temperature": 0.4},
        "system_prompt": "Greet people.",
        "prompt_template": "{query}",
    }
    assert find_problems(found.pipeline) == ()


def test_what_stands_in_an_iteration_runs_once() -> None:
    text = """
app: {mode: workflow, name: Each}
kind: app
workflow:
  graph:
    nodes:
      - {id: s, type: custom, data: {type: start, title: Start, variables: [{variable: list, type: paragraph}]}}
      - id: it
        type: custom
        data: {type: iteration, title: Each, iterator_selector: [s, list], output_selector: [l, text]}
      - {id: its, type: custom-iteration-start, parentId: it, data: {type: iteration-start, title: ''}}
      - id: l
        type: custom
        parentId: it
        data: {type: llm, title: Do, prompt_template: [{role: user, text: 'Do {{#it.item#}}'}]}
      - {id: e, type: custom, data: {type: end, title: End, outputs: [{variable: out, value_selector: [it, output]}]}}
    edges:
      - {source: s, sourceHandle: source, target: it}
      - {source: its, sourceHandle: source, target: l}
      - {source: it, sourceHandle: source, target: e}
"""
    found = read_any(text.encode(), MODELS)
    assert edges(found) == {"start.query->do.query", "do.answer->end.answers"}
    assert found.pipeline.node("do").config["prompt_template"] == "Do {query}"
    assert remarks(found)["it"] == ("What is inside it runs once, on the whole list, and not for each item.",)
    assert lost(found) == []
