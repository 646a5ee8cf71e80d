"""Langflow exports: what comes over, and what is said of the rest."""

from __future__ import annotations

from pipelines.graph import find_problems
from tests.pipelines.exchange.taken import edges, kinds, left_out, lost, remarks, taken

FOUND = taken("langflow.json")


def test_name_and_description_come_over() -> None:
    assert (FOUND.pipeline.name, FOUND.pipeline.description) == ("Ferry desk", "Prices and complaints.")
    assert FOUND.report.format == "langflow"


def test_the_nodes_become_ours() -> None:
    assert kinds(FOUND) == {
        "chat-input": "query_input",
        "sort-the-question": "llm_router",
        "price-lists": "retriever",
        "price-expert": "expert",
        "care-agent": "expert",
        "chat-output": "answer_output",
        "second-output": "answer_output",
        "one-of-the-branches": "merge",
    }
    assert FOUND.report.added == ("one-of-the-branches",)


def test_every_edge_leads_where_it_led() -> None:
    assert edges(FOUND) == {
        "chat-input.query->sort-the-question.query",
        "sort-the-question.prices->price-lists.query",
        "sort-the-question.prices->price-expert.query",
        "price-lists.documents->price-expert.documents",
        "sort-the-question.complaint->one-of-the-branches.values",
        "sort-the-question.otherwise->one-of-the-branches.values",
        "one-of-the-branches.query->care-agent.query",
        "price-expert.answer->chat-output.answers",
        "care-agent.answer->second-output.answers",
    }


def test_a_prompt_node_is_written_into_the_expert_with_its_braces() -> None:
    config = FOUND.pipeline.node("price-expert").config
    assert config["prompt_template"] == (
        'Answer from these:\n{documents}\n\nIn JSON such as {"price": 1}.\n\nQuestion: {query}'
    )
    assert config["system_prompt"] == "You know every fare."
    assert config["sampling"] == {"temperature": 0.3, "max_tokens": 400}
    assert config["model"] == "sonnet"


def test_a_smart_router_keeps_routes_model_and_instruction() -> None:
    assert FOUND.pipeline.node("sort-the-question").config == {
        "model": "gpt-4o-mini",
        "instruction": "Look at the tone too.",
        "branches": [
            {"name": "prices", "description": "Asks what something costs"},
            {"name": "complaint", "description": "Is unhappy"},
            {"name": "otherwise", "description": "When nothing else fits."},
        ],
        "default": "otherwise",
    }


def test_what_is_different_is_said() -> None:
    assert remarks(FOUND) == {
        "Knowledge-c3": ("Its documents (fares) are not in the file; choose a document set.",),
        "parser-d4": ("What it is fed goes on as it is; its own format is left out.",),
        "Agent-g7": (
            "The model 'llama-99' is not in the catalogue; it takes the default model.",
            "It was an agent; here it answers in one go, without tools and memory.",
        ),
    }


def test_tools_and_code_are_left_out_with_their_edges() -> None:
    assert left_out(FOUND) == {
        "URLComponent-h8": "It is a tool of an agent; an expert here answers without tools.",
        "CustomComponent-i9": "Nodes here call no services and run no code.",
    }
    assert lost(FOUND) == [("URLComponent-h8", "Agent-g7"), ("CustomComponent-i9", "ChatOutput-k1")]


def test_the_pipeline_has_no_problem() -> None:
    assert find_problems(FOUND.pipeline) == ()


def test_notes_and_places_come_over() -> None:
    note = FOUND.pipeline.notes[0]
    assert (note.text, note.width, note.height) == ("# Read me\nAsk about **ferries**.", 260.0, 160.0)
    places = {node.id: (node.position.x, node.position.y) for node in FOUND.pipeline.nodes if node.position}
    assert (places["chat-input"], places["price-expert"]) == ((40.0, 240.0), (1000.0, 240.0))


def test_the_import_is_told_in_a_note_on_the_canvas() -> None:
    note = FOUND.pipeline.notes[-1]
    assert note.id == "import"
    assert note.text.startswith("Imported from Langflow.\n\n- 'Price lists' (Knowledge): Its documents")
    assert "Left out: 'Do things' (PythonFunction). Nodes here call no services and run no code." in note.text
