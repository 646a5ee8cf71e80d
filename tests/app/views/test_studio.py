"""The studio page, driven without a browser: the canvas is answered for by hand."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.shelf import add_pipeline
from app.workspace import Workspace
from pipelines.document import Pipeline
from tests.app.drawn import forked
from tests.app.views.conftest import MAIN, TIMEOUT_S
from tests.app.views.hand import ask, canvas_data, emit, ended, texts
from tests.pipelines.gateway.stub import Stub, fails, says


def test_the_canvas_gets_the_document_the_faces_and_the_palette(studio: AppTest) -> None:
    data = canvas_data(studio)
    assert [node["id"] for node in data["doc"]["graph"]["nodes"]] == [
        "question",
        "router",
        "expert_1",
        "expert_2",
        "answer",
    ]
    assert [port["name"] for port in data["faces"]["router"]["outputs"]] == ["long", "short"]
    assert (data["doc"]["id"], data["problems"], data["run"]) == ("w/forked", [], None)
    assert len(data["catalogue"]["kinds"]) > 15


def test_a_run_shows_its_answer_its_cost_and_the_branch_that_was_not_taken(studio: AppTest, stub: Stub) -> None:
    stub.will(says("Yes, quite."))
    ask(studio, "Is it hot?")
    run = canvas_data(studio)["run"]
    assert run["status"] == "done"
    assert {name: node["status"] for name, node in run["nodes"].items()} == {
        "question": "done",
        "router": "done",
        "expert_1": "skipped",
        "expert_2": "done",
        "answer": "done",
    }
    assert run["edges"]["router.long->expert_1.query"] == "not_taken"
    assert "Yes, quite." in texts(studio)
    assert "paid \\$0\\.000009 · list \\$0\\.000009" in texts(studio)


def test_a_run_without_a_question_asks_for_one(studio: AppTest) -> None:
    studio.button(key="run").click().run()
    assert studio.toast[0].value == "Type a question above and press Ctrl\\+Enter first\\."


def test_a_pipeline_with_an_error_does_not_run_and_the_checklist_says_why(studio: AppTest) -> None:
    doc = canvas_data(studio)["doc"]
    doc["seq"] += 1
    doc["graph"]["edges"] = [edge for edge in doc["graph"]["edges"] if edge["target"] != "expert_2"]
    emit(studio, doc=doc)
    assert "expert\\_2\\.query\\: The input" in texts(studio)
    assert {problem["node"] for problem in canvas_data(studio)["problems"]} >= {"expert_2"}
    studio.text_area(key="question:forked").set_value("Is it hot?")
    studio.button(key="run").click().run()
    assert "needs an edge" in studio.toast[0].value


def test_a_selected_node_brings_its_form_and_a_change_goes_to_the_canvas(studio: AppTest) -> None:
    emit(studio, {"type": "select", "nodes": ["expert_2"]})
    studio.text_area(key="node:expert_2:0:system_prompt").set_value("Be brief.").run()
    (command,) = canvas_data(studio)["commands"]
    assert (command["op"], command["id"], command["set"]) == (
        "patch_node",
        "expert_2",
        {"config": {"system_prompt": "Be brief."}},
    )


def test_a_wrong_field_is_marked_and_the_rest_is_applied(studio: AppTest) -> None:
    emit(studio, {"type": "select", "nodes": ["router"]})
    studio.text_input(key="node:router:0:branches:0:name").set_value("two words").run()
    studio.selectbox(key="node:router:0:mode").select("every").run()
    assert "What is marked is not applied yet" in texts(studio)
    assert studio.text_input(key="node:router:0:branches:0:name").value == "two words"
    (command,) = canvas_data(studio)["commands"]
    assert command["set"]["config"]["mode"] == "every"
    assert command["set"]["config"]["branches"][0]["name"] == "long"


def test_an_undo_on_the_canvas_fills_the_form_anew(studio: AppTest) -> None:
    emit(studio, {"type": "select", "nodes": ["expert_2"]})
    studio.text_area(key="node:expert_2:0:system_prompt").set_value("Be brief.").run()
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][3]["config"] = {"system_prompt": "Be brief."}
    emit(studio, {"type": "select", "nodes": ["expert_2"]}, doc={**doc, "seq": 1})
    doc["graph"]["nodes"][3]["config"] = {}
    emit(studio, {"type": "select", "nodes": ["expert_2"]}, doc={**doc, "seq": 2})
    assert studio.text_area(key="node:expert_2:1:system_prompt").value == ""


def test_the_drawer_shows_inputs_prompts_and_outputs_of_the_last_run(studio: AppTest, stub: Stub) -> None:
    stub.will(says("Yes, quite."))
    ask(studio, "Is it hot?")
    emit(studio, {"type": "select", "nodes": ["expert_2"]})
    shown = [element.value for element in studio.code]
    assert shown.count("Is it hot?") == 2
    assert shown.count("Yes, quite.") == 3
    assert "query ← router\\.short" in texts(studio)


def test_an_error_of_a_provider_is_told_where_it_happened(studio: AppTest, stub: Stub) -> None:
    stub.will(fails(400, "no such model here"))
    ask(studio, "Is it hot?")
    run = canvas_data(studio)["run"]
    assert (run["status"], run["nodes"]["expert_2"]["status"]) == ("failed", "failed")
    assert "no such model here" in run["nodes"]["expert_2"]["error"]
    assert any("no such model here" in error.value for error in studio.error)


def test_the_model_is_not_asked_again_for_what_lies_before_the_node(studio: AppTest, stub: Stub) -> None:
    ask(studio, "Is it hot?")
    emit(studio, {"type": "select", "nodes": ["answer"]})
    ended(studio.button(key="run:here").click().run())
    run = canvas_data(studio)["run"]
    assert stub.calls == 1
    assert (run["nodes"]["expert_2"]["cached"], run["nodes"]["answer"]["status"]) == (True, "done")


def test_the_canvas_may_wish_for_a_run_from_a_node_and_for_a_pin(studio: AppTest, stub: Stub) -> None:
    ask(studio, "Is it hot?")
    again = {"type": "run_from", "node": "answer"}
    ended(emit(studio, again))
    assert stub.calls == 1
    assert canvas_data(studio)["run"]["nodes"]["expert_2"]["cached"] is True
    emit(studio, again, {"type": "pin", "node": "expert_2"})
    (command,) = canvas_data(studio)["commands"]
    assert command["set"]["pinned"]["answer"]["text"] == "hello"


def test_saving_from_the_canvas_makes_a_version(studio: AppTest, space: Workspace) -> None:
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][2]["title"] = "Longer"
    emit(studio, {"type": "save"}, doc={**doc, "seq": 1})
    assert space.storage.workflows.info("forked").version == 2
    assert space.storage.workflows.pipeline("forked").node("expert_1").title == "Longer"


def test_a_reload_brings_back_the_draft_the_question_and_the_last_run(studio: AppTest) -> None:
    ask(studio, "Is it hot?")
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][2]["title"] = "Longer"
    emit(studio, doc={**doc, "seq": 1})
    again = AppTest.from_file(MAIN, default_timeout=TIMEOUT_S)
    again.query_params["w"] = "forked"
    again.run()
    again.button(key="open:forked").click().run()
    data = canvas_data(again)
    assert data["doc"]["graph"]["nodes"][2]["title"] == "Longer"
    assert data["run"]["status"] == "done"
    assert again.text_area(key="question:forked").value == "Is it hot?"


def test_a_stale_save_shows_both_sides(studio: AppTest, space: Workspace) -> None:
    theirs = forked().model_copy(update={"description": "Changed elsewhere"})
    space.storage.workflows.save("forked", theirs, parent=1)
    doc = canvas_data(studio)["doc"]
    doc["graph"]["nodes"][2]["title"] = "Longer"
    emit(studio, {"type": "save"}, doc={**doc, "seq": 1})
    assert "nothing was overwritten" in texts(studio)
    studio.button(key="conflict:mine").click().run()
    assert not studio.exception
    assert space.storage.workflows.pipeline("forked").node("expert_1").title == "Longer"
    assert space.storage.workflows.pipeline("forked@2").description == "Changed elsewhere"


def test_an_interrupted_run_is_offered_for_resume(studio: AppTest, space: Workspace, stub: Stub) -> None:
    ask(studio, "Is it hot?")
    run = space.storage.runs.run(canvas_data(studio)["run"]["run"])
    assert run is not None
    broken = run.model_copy(update={"id": "broken", "status": "running", "answer": None})
    space.loop.call(space.storage.runs.begin(broken))
    call = space.storage.runs.calls(run.id)[0].model_copy(update={"id": "paid", "run_id": "broken"})
    space.loop.call(space.storage.runs.put(call))
    again = AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run()
    again.button(key="open:forked").click().run()
    assert "1 call already paid is not bought again" in texts(again)
    ended(again.button(key="result:resume").click().run())
    assert canvas_data(again)["run"]["status"] == "done"
    assert stub.calls == 1


def test_an_address_that_names_nothing_says_so_and_what_to_do(gallery: AppTest, space: Workspace) -> None:
    add_pipeline(space, forked())
    gallery.run()
    gallery.button(key="open:forked").click().run()
    space.storage.workflows.delete("forked")
    again = AppTest.from_file(MAIN, default_timeout=TIMEOUT_S)
    again.session_state["unused"] = True
    gallery.query_params["w"] = "gone"
    gallery.run()
    assert not gallery.exception
    assert gallery.button(key="empty:gallery")
    assert any("gone" in warning.value for warning in gallery.warning)


def test_a_pipeline_of_three_hundred_nodes_is_drawn(gallery: AppTest, space: Workspace) -> None:
    nodes = tuple(forked().nodes[2].model_copy(update={"id": f"expert_{n}"}) for n in range(300))
    add_pipeline(space, Pipeline(name="Many", nodes=nodes))
    gallery.run()
    gallery.button(key="open:many").click().run()
    assert len(canvas_data(gallery)["faces"]) == 300
