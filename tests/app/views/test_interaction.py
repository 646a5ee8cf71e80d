"""What the canvas may wish for, answered for by hand."""

from __future__ import annotations

import re

from pytest import approx
from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from tests.app.drawn import forked
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


def test_under_the_answer_stands_how_it_was_decided(studio: AppTest) -> None:
    assert "By length" not in texts(studio)
    ask(studio, "Is it hot?")
    assert "**By length** → short: matched\\: length \\> 0" in texts(studio)


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
    assert canvas_data(studio)["commands"][-1]["set"] == {"disabled": False, "bypassed": False, "on_error": "silent"}


def test_a_node_is_bypassed_or_disabled_in_its_form(studio: AppTest) -> None:
    emit(studio, {"type": "select", "nodes": ["router"]})
    for state in ("bypassed", "disabled"):
        next(box for box in studio.selectbox if box.label == "In a run").select(state).run()
        assert canvas_data(studio)["commands"][-1]["set"] == {
            "disabled": state == "disabled",
            "bypassed": state == "bypassed",
            "on_error": "fail",
        }


def test_a_node_that_was_edited_since_the_run_is_told(studio: AppTest, space: Workspace) -> None:
    assert canvas_data(studio)["stale"] is None
    ask(studio, "Is it hot?")
    assert canvas_data(studio)["stale"] == []
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][3]["config"] = {"system_prompt": "Be brief."}
    emit(studio, doc={**doc, "seq": 1})
    assert canvas_data(studio)["stale"] == ["expert_2"]


def two_runs(at: AppTest, stub: Stub) -> list[str]:
    """The ids of two runs, the first on the short branch and the second on the long one."""
    stub.will(says("Yes."), says("It is quite hot."))
    found = []
    for question in ("Is it hot?", "Is it hot enough today to swim in the lake at noon?"):
        ask(at, question)
        found.append(canvas_data(at)["run"]["run"])
    return found


def test_past_runs_are_stepped_through_on_the_same_canvas(studio: AppTest, stub: Stub) -> None:
    assert canvas_data(studio)["history"] is None
    first, second = two_runs(studio, stub)
    here = canvas_data(studio)["history"]
    assert (here["position"], here["count"]) == (2, 2)
    emit(studio, {"type": "history", "step": -1})
    data = canvas_data(studio)
    assert (data["run"]["run"], data["history"]["position"]) == (first, 1)
    assert "unsaved" not in data["history"]["label"]
    assert "version 1 · “Is it hot?”" in data["history"]["label"]
    emit(studio, {"type": "history", "step": -1}, after=1)
    assert canvas_data(studio)["run"]["run"] == first
    emit(studio, {"type": "history", "step": 1}, after=2)
    assert canvas_data(studio)["run"]["run"] == second


def test_two_runs_are_compared_on_the_canvas(studio: AppTest, stub: Stub) -> None:
    first, _ = two_runs(studio, stub)
    studio.button(key=f"past:{first}:compare").click().run()
    found = canvas_data(studio)["compare"]
    assert found["title"] == "the run of “Is it hot?”"
    assert found["nodes"]["router"]["note"] == "short → long"
    assert found["nodes"]["expert_1"]["note"] == "skipped → done"
    assert isinstance(found["nodes"]["answer"]["latency_delta_s"], float)
    emit(studio, {"type": "compare_close"})
    assert canvas_data(studio)["compare"] is None


def test_a_version_is_compared_with_what_stands_and_brought_back(studio: AppTest, space: Workspace) -> None:
    doc = canvas_data(studio)["doc"]
    graph = doc["graph"]
    graph["nodes"] = [node for node in graph["nodes"] if node["id"] != "expert_1"]
    graph["edges"] = [edge for edge in graph["edges"] if "expert_1" not in (edge["source"], edge["target"])]
    graph["nodes"][1]["title"] = "By size"
    emit(studio, {"type": "save"}, doc={**doc, "seq": 1})
    studio.button(key="version:1:compare").click().run()
    found = canvas_data(studio)["compare"]
    assert found["title"] == "version 1"
    assert (found["nodes"]["expert_1"]["change"], found["nodes"]["router"]["note"]) == ("removed", "title")
    assert [node["id"] for node in found["ghosts"]["nodes"]] == ["expert_1"]
    assert len(found["ghosts"]["edges"]) == 2
    studio.button(key="version:1").click().run()
    data = canvas_data(studio)
    assert [node["id"] for node in data["doc"]["graph"]["nodes"]].count("expert_1") == 1
    assert {node["change"] for node in data["compare"]["nodes"].values()} == {"same"}
    assert space.storage.workflows.info("forked").version == 2


def test_a_selection_becomes_a_workflow_that_is_entered_and_left(studio: AppTest, space: Workspace) -> None:
    before = canvas_data(studio)["doc"]
    emit(studio, {"type": "make_sub", "nodes": ["expert_2"]})
    data = canvas_data(studio)
    assert data["doc"]["rev"] > before["rev"]
    assert data["doc"]["graph"]["nodes"][3]["config"] == {"reference": "short"}
    assert (data["faces"]["sub_pipeline_1"]["inner"], data["breadcrumbs"]) == ("short", [])
    assert [spec.kind for spec in space.storage.workflows.pipeline("short").nodes] == [
        "query_input",
        "expert",
        "answer_output",
    ]
    emit(studio, {"type": "step_into", "node": "sub_pipeline_1"}, after=1)
    studio.run()
    data = canvas_data(studio)
    assert data["doc"]["id"] == "w/short"
    assert data["breadcrumbs"] == [{"id": "forked", "title": "Forked"}, {"id": "short", "title": "Short"}]
    emit(studio, {"type": "step_out", "id": "forked"}, after=2)
    studio.run()
    data = canvas_data(studio)
    assert (data["doc"]["id"], data["breadcrumbs"]) == ("w/forked", [])


def test_a_selection_that_is_no_sub_pipeline_is_refused_with_the_reason(studio: AppTest) -> None:
    emit(studio, {"type": "make_sub", "nodes": ["router"]})
    data = canvas_data(studio)
    assert "gives one answer; the answers here: router.long, router.short" in data["commands"][-1]["message"]
    assert len(data["doc"]["graph"]["nodes"]) == 5


def test_the_palette_offers_other_workflows_and_versions(studio: AppTest, space: Workspace) -> None:
    slug = space.storage.workflows.create(forked().model_copy(update={"name": "Other"})).slug
    studio.run()
    assert [command["id"] for command in canvas_data(studio)["palette"]] == [
        "new",
        "guide",
        "export",
        f"open:{slug}",
        "pair",
        "compare:1",
        "restore:1",
    ]
    emit(studio, {"type": "command", "id": "compare:1"}, {"type": "command", "id": "compare:7"})
    assert canvas_data(studio)["compare"]["title"] == "version 1"
    emit(studio, {"type": "command", "id": f"open:{slug}"}, after=2)
    studio.run()
    assert canvas_data(studio)["doc"]["id"] == f"w/{slug}"


def test_an_edit_is_followed_by_its_estimate(studio: AppTest) -> None:
    before = canvas_data(studio)["faces"]["expert_2"]["estimate"]["cost_usd"]
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][3]["config"] = {"sampling": {"max_tokens": 8}}
    emit(studio, doc={**doc, "seq": 1})
    data = canvas_data(studio)
    assert (data["faces"]["expert_2"]["estimate"]["cost_usd"], data["late"]) == (before, True)
    emit(studio, {"type": "catch_up"})
    data = canvas_data(studio)
    assert data["faces"]["expert_2"]["estimate"]["cost_usd"] < before / 5
    assert data["late"] is False


def test_what_a_run_may_cost_is_told_before_it(studio: AppTest, stub: Stub) -> None:
    before = {name: face["estimate"] for name, face in canvas_data(studio)["faces"].items()}
    assert before["expert_2"]["source"] == "default: 300 tokens; default: 0.5 s and 15 ms a token"
    assert before["expert_2"]["cost_usd"] > 0
    assert before["router"] is None
    [line] = [text for text in texts(studio).splitlines() if text.startswith("**Estimated for a run:**")]
    told = re.search(r"\*\* \$([\d.]+) to \$([\d.]+), (\d+) ms to ([\d.]+) s$", line.replace("\\", ""))
    assert told is not None, line
    # Not to the digit: it is a few hundred draws.
    assert [float(number) for number in told.groups()] == approx([0.00017, 0.0015, 760, 24], rel=0.15)
    ask(studio, "Is it hot?")
    after = canvas_data(studio)["faces"]["expert_2"]["estimate"]
    assert after["source"] == "history n=1"
    assert after["cost_usd"] == approx(canvas_data(studio)["run"]["nodes"]["expert_2"]["cost_usd"], rel=0.25)
    assert after["latency_s"] > 0
