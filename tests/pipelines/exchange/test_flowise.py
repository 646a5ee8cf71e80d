"""Flowise exports of both kinds: what comes over, and what is said of the rest."""

from __future__ import annotations

from pipelines.graph import find_problems
from tests.pipelines.exchange.taken import edges, kinds, left_out, lost, remarks, taken

AGENT = taken("flowise-agent.json")
CHAT = taken("flowise-chat.json")


def test_the_nodes_of_an_agent_flow_become_ours() -> None:
    assert kinds(AGENT) == {
        "start": "query_input",
        "which-desk": "llm_router",
        "search-words": "expert",
        "timetable-store": "retriever",
        "timetable-clerk": "expert",
        "polite": "rule_router",
        "kind-answer": "expert",
        "harbour-flow": "sub_pipeline",
        "reply": "answer_output",
        "answer": "answer_output",
    }
    assert AGENT.report.added == ("answer",)


def test_what_comes_after_what_becomes_what_each_node_takes() -> None:
    assert edges(AGENT) == {
        "start.query->which-desk.query",
        "which-desk.asks_about_the_timetable->search-words.query",
        "search-words.answer->timetable-store.query",
        "which-desk.asks_about_the_timetable->timetable-clerk.query",
        "timetable-store.documents->timetable-clerk.documents",
        "timetable-clerk.answer->reply.answers",
        "which-desk.anything_else->polite.query",
        "polite.please->kind-answer.query",
        "polite.otherwise->harbour-flow.query",
        "kind-answer.answer->answer.answers",
        "harbour-flow.answer->answer.answers",
    }


def test_rich_text_and_variables_become_prompts() -> None:
    words = AGENT.pipeline.node("search-words").config
    assert words["system_prompt"] == "Give search words.\n- short"
    assert words["prompt_template"] == "About {query} & nothing else"
    assert words["sampling"] == {"temperature": 0.9, "max_tokens": 250}
    assert AGENT.pipeline.node("timetable-clerk").config["prompt_template"] == "Question: {query}\nFound: {documents}"


def test_a_structured_output_becomes_a_schema() -> None:
    assert AGENT.pipeline.node("kind-answer").config["response_schema"] == {
        "type": "object",
        "properties": {
            "mood": {"type": "string", "description": "how", "enum": ["glad", "sad"]},
            "words": {"type": "number", "description": "how many"},
        },
        "required": ["mood", "words"],
    }


def test_conditions_on_the_question_become_rules_and_others_stay_open() -> None:
    branches = AGENT.pipeline.node("polite").config["branches"]
    assert [(branch["name"], branch["condition"]) for branch in branches] == [
        ("please", "'please' in text"),
        ("n_3", ""),
    ]
    assert remarks(AGENT)["conditionAgentflow_0"] == (
        "The condition '{{ runtime_messages_length }} larger 3' of the branch 'n_3' has no counterpart;"
        " write a new one.",
    )
    assert "polite: Branch 'n_3': The condition is empty; write for example: length > 200." in [
        str(problem) for problem in find_problems(AGENT.pipeline)
    ]


def test_models_are_found_by_provider_and_name() -> None:
    models = {
        node.id: node.config.get("model") for node in AGENT.pipeline.nodes if node.kind in ("expert", "llm_router")
    }
    assert models == {
        "which-desk": "gpt-4o-mini",
        "search-words": "gpt-5-mini",
        "timetable-clerk": "haiku",
        "kind-answer": None,
    }


def test_loops_calls_and_dangling_edges_are_accounted_for() -> None:
    assert left_out(AGENT) == {
        "httpAgentflow_0": "Nodes here call no services.",
        "loopAgentflow_0": "A pipeline here has no loops.",
    }
    assert lost(AGENT) == [
        ("conditionAgentflow_0", "httpAgentflow_0"),
        ("llmAgentflow_1", "loopAgentflow_0"),
        ("llmAgentflow_1", "nowhere_9"),
    ]


def test_a_flow_without_a_name_gets_the_one_of_its_file() -> None:
    assert AGENT.pipeline.name == "From a file"


def test_the_parts_of_a_chat_flow_are_put_together() -> None:
    assert kinds(CHAT) == {
        "planner": "expert",
        "doer": "expert",
        "ask-the-files": "expert",
        "faiss": "retriever",
        "question": "query_input",
        "answer": "answer_output",
    }
    assert edges(CHAT) == {
        "question.query->planner.query",
        "question.query->doer.query",
        "planner.answer->doer.planner",
        "question.query->ask-the-files.query",
        "question.query->faiss.query",
        "faiss.documents->ask-the-files.documents",
        "doer.answer->answer.answers",
        "ask-the-files.answer->answer.answers",
    }


def test_prompts_of_a_chat_flow_are_filled_with_question_answer_and_text() -> None:
    assert CHAT.pipeline.node("planner").config == {
        "model": "big",
        "sampling": {"temperature": 0.5, "max_tokens": 100},
        "system_prompt": "",
        "prompt_template": "Plan how to do {query}.",
    }
    assert CHAT.pipeline.node("doer").config["prompt_template"] == "Carry out {planner} for {query}, as a sailor."
    assert CHAT.pipeline.node("ask-the-files").config["system_prompt"] == "Answer from the context only."


def test_a_model_or_prompt_became_the_experts_it_is_written_into() -> None:
    became = {node.node: node.became for node in CHAT.report.mapped}
    assert became["chatOpenAI_0"] == ("ask-the-files", "planner")
    assert became["promptTemplate_1"] == ("doer",)


def test_what_fills_an_index_or_remembers_is_left_out() -> None:
    assert left_out(CHAT) == {
        "openAIEmbeddings_0": "An index is made of a document set here; add its documents as one.",
        "bufferMemory_0": "A pipeline here keeps no memory between runs.",
    }
    assert find_problems(CHAT.pipeline) == ()
