"""What the canvas may wish for, answered for by hand."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from tests.app.views.hand import ask, canvas_data, emit, ended, texts
from tests.pipelines.gateway.stub import Stub, says

WIRE = {"source": "expert_2", "source_port": "answer", "target": "answer", "target_port": "answers"}
UNTAKEN = {"source": "router", "source_port": "long", "target": "expert_1", "target_port": "query"}


def test_a_run_to_a_node_leaves_the_rest_alone(studio: AppTest, stub: Stub) -> None:
    ask(studio, "Is it hot?")
    ended(emit(studio, {"type": "run_to", "node": "router"}))
    run = canvas_data(studio)["run"]
    assert (run["status"], sorted(run["nodes"])) == ("done", ["question", "router"])
    assert stub.calls == 1
    assert canvas_data(studio)["commands"][-1]["message"] == "Asks up to here: Is it hot?"
    assert "The run went to By length and no further" in texts(studio)


def test_without_a_question_the_canvas_says_what_is_missing(studio: AppTest) -> None:
    emit(studio, {"type": "run_to", "node": "router"})
    assert canvas_data(studio)["commands"][-1]["message"] == "Type a question above and press Ctrl+Enter first."


def test_a_wire_shows_what_crossed_it_and_why_nothing_did(studio: AppTest, stub: Stub) -> None:
    stub.will(says("Yes, quite."))
    emit(studio, {"type": "inspect_edge", **WIRE})
    assert "has not run yet" in texts(studio)
    ask(studio, "Is it hot?")
    before = [element.value for element in studio.code].count("Yes, quite.")
    assert before == 2
    emit(studio, {"type": "inspect_edge", **UNTAKEN}, after=1)
    assert "Nothing crossed this wire" in texts(studio)
    studio.button(key="crossing:close").click().run()
    assert "crossed this wire" not in texts(studio)


def test_a_pinned_output_is_edited_and_stands_in_the_next_run(studio: AppTest, stub: Stub) -> None:
    stub.will(says("Yes, quite."))
    ask(studio, "Is it hot?")
    emit(studio, {"type": "select", "nodes": ["expert_2"]}, {"type": "pin", "node": "expert_2"})
    studio.run()
    (field,) = [area for area in studio.text_area if area.label == "Gives on answer"]
    field.set_value("No, cold.").run()
    assert canvas_data(studio)["commands"][-1]["set"]["pinned"]["answer"]["text"] == "No, cold."
    ended(emit(studio, {"type": "run_from", "node": "answer"}, after=2))
    assert stub.calls == 1
    assert "No, cold." in [element.value for element in studio.code]


def test_an_output_is_written_by_hand_and_unpinned(studio: AppTest) -> None:
    emit(studio, {"type": "select", "nodes": ["expert_2"]})
    next(button for button in studio.button if button.label == "Write its output by hand").click().run()
    assert canvas_data(studio)["commands"][-1]["set"]["pinned"]["answer"]["text"] == ""
    next(button for button in studio.button if button.label == "Unpin").click().run()
    assert canvas_data(studio)["commands"][-1]["set"] == {"pinned": None}


def test_what_a_node_waits_for_and_what_its_failure_means_are_chosen(studio: AppTest) -> None:
    emit(studio, {"type": "select", "nodes": ["answer"]})
    next(box for box in studio.selectbox if box.label == "Waits for").select("any").run()
    assert canvas_data(studio)["commands"][-1]["set"] == {"join": {"rule": "any", "k": None}}
    next(box for box in studio.selectbox if box.label == "When it fails").select("silent").run()
    assert canvas_data(studio)["commands"][-1]["set"] == {"disabled": False, "on_error": "silent"}


def test_a_node_that_was_edited_since_the_run_is_told(studio: AppTest, space: Workspace) -> None:
    assert canvas_data(studio)["stale"] is None
    ask(studio, "Is it hot?")
    assert canvas_data(studio)["stale"] == []
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][3]["config"] = {"system_prompt": "Be brief."}
    emit(studio, doc={**doc, "seq": 1})
    assert canvas_data(studio)["stale"] == ["expert_2"]
