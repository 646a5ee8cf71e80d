"""What the studio shows of many runs, of any two versions or runs, and of a template inside a node."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.state import SESSION
from app.studio.open_workflow import Compared
from app.workspace import Workspace
from pipelines.document import NodeSpec
from pipelines.run import RunSettings
from pipelines.value import Query
from tests.app.drawn import forked
from tests.app.views.conftest import MAIN, TIMEOUT_S
from tests.app.views.hand import ask, canvas_data, emit, texts
from tests.pipelines.gateway.stub import Stub, says

LONG = "Is it hot enough today to swim in the lake at noon?"


def two_runs(at: AppTest, stub: Stub) -> list[str]:
    """The ids of two runs, the first on the short branch and the second on the long one."""
    stub.will(says("Yes."), says("It is quite hot."))
    found = []
    for question in ("Is it hot?", LONG):
        ask(at, question)
        found.append(canvas_data(at)["run"]["run"])
    return found


def compared(at: AppTest, sides: Compared) -> None:
    """Chooses what the dialog would: `AppTest` cannot press a button of a dialog."""
    at.session_state[SESSION].opened.compared = sides
    at.run()


def with_template(space: Workspace) -> AppTest:
    """The studio with a pipeline one of whose nodes is a template."""
    nodes = tuple(
        NodeSpec(id="expert_2", kind="sub_pipeline", title="Inside", config={"reference": "single-expert"})
        if spec.id == "expert_2"
        else spec
        for spec in forked().nodes
    )
    space.storage.workflows.create(forked().model_copy(update={"nodes": nodes}))
    at = AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run()
    return at.button(key="open:forked").click().run()


def test_the_last_runs_lie_together_on_the_canvas(studio: AppTest, stub: Stub) -> None:
    two_runs(studio, stub)
    data = canvas_data(studio)
    assert (data["batch"], data["history"]["scope"]) == (None, "runs:1")
    assert [scope["title"] for scope in data["history"]["scopes"]] == ["This run", "Last 20 runs"]
    emit(studio, {"type": "command", "id": "runs:20"})
    data = canvas_data(studio)
    assert (data["run"], data["history"]["scope"], data["history"]["label"]) == (None, "runs:20", "2 runs · version 1")
    assert data["batch"]["rows"] == 2
    assert data["batch"]["edges"]["router.long->expert_1.query"]["share"] == 0.5
    assert data["batch"]["edges"]["question.query->router.query"]["share"] == 1.0
    emit(studio, {"type": "command", "id": "runs:1"}, after=1)
    data = canvas_data(studio)
    assert (data["batch"], data["run"]["status"]) == (None, "done")


def test_a_batch_from_the_command_line_counts_and_another_structure_does_not(
    studio: AppTest, space: Workspace, stub: Stub
) -> None:
    two_runs(studio, stub)
    queries = [Query(text="Is it cold?"), Query(text="Is it wet?")]
    space.run_many(space.runs_of("forked", queries, RunSettings()))
    emit(studio, {"type": "command", "id": "runs:20"})
    assert canvas_data(studio)["batch"]["edges"]["router.short->expert_2.query"]["share"] == 0.75
    doc = canvas_data(studio)["doc"]
    doc["graph"]["edges"] = doc["graph"]["edges"][:-1]
    emit(studio, doc={**doc, "seq": 1}, after=1)
    data = canvas_data(studio)
    assert (data["batch"]["rows"], data["history"]["label"]) == (0, "No whole run of a pipeline of this structure")


def test_a_new_run_is_shown_alone(studio: AppTest, stub: Stub) -> None:
    two_runs(studio, stub)
    emit(studio, {"type": "command", "id": "runs:20"}, {"type": "command", "id": "runs:7"})
    assert canvas_data(studio)["batch"]["rows"] == 2
    ask(studio, "Is it cold?")
    assert (canvas_data(studio)["batch"], canvas_data(studio)["history"]["position"]) == (None, 3)


def test_two_versions_that_are_not_open_are_compared_and_one_is_brought_back(studio: AppTest, space: Workspace) -> None:
    graph = forked()
    for name in ("Second", "Third"):
        nodes = tuple(spec.model_copy(update={"title": name}) if spec.id == "router" else spec for spec in graph.nodes)
        parent = space.storage.workflows.info("forked").version
        space.storage.workflows.save("forked", graph.model_copy(update={"nodes": nodes}), parent=parent, message=name)
    at = AppTest.from_file(MAIN, default_timeout=TIMEOUT_S).run().button(key="open:forked").click().run()
    compared(at, Compared("version", "1", "2"))
    data = canvas_data(at)
    assert (data["doc"]["id"], data["read_only"], data["view"]) == ("w/forked@2", True, "look")
    assert (data["compare"]["title"], data["compare"]["nodes"]["router"]["note"]) == ("version 1", "title")
    assert "Only to look at: version 2" in texts(at)
    at.button(key="look:restore").click().run()
    data = canvas_data(at)
    assert (data["doc"]["id"], data["view"], data["compare"]) == ("w/forked", "studio", None)
    assert data["doc"]["graph"]["nodes"][1]["title"] == "Second"


def test_two_runs_that_are_not_shown_are_compared(studio: AppTest, stub: Stub) -> None:
    first, second = two_runs(studio, stub)
    ask(studio, "Is it cold?")
    compared(studio, Compared("run", first, second))
    data = canvas_data(studio)
    assert (data["run"]["run"], data["compare"]["title"]) == (second, "the run of “Is it hot?”")
    assert data["compare"]["nodes"]["router"]["note"] == "short → long"
    emit(studio, {"type": "compare_close"})
    data = canvas_data(studio)
    assert (data["view"], data["compare"], data["run"]["run"] != second) == ("studio", None, True)


def test_a_template_inside_a_node_is_looked_at_with_what_a_run_did_there(space: Workspace, stub: Stub) -> None:
    at = with_template(space)
    stub.will(says("From inside."))
    ask(at, "Is it hot?")
    emit(at, {"type": "step_into", "node": "expert_2"})
    data = canvas_data(at)
    assert (data["doc"]["id"], data["read_only"]) == ("t/single-expert", True)
    assert [crumb["title"] for crumb in data["breadcrumbs"]] == ["Forked", "Single expert"]
    assert {node["status"] for node in data["run"]["nodes"].values()} == {"done"}
    expert = next(node["id"] for node in data["doc"]["graph"]["nodes"] if node["kind"] == "expert")
    emit(at, {"type": "select", "nodes": [expert]}, after=1)
    assert "From inside." in [element.value for element in at.code]
    emit(at, {"type": "step_out", "id": "forked"}, after=2)
    assert (canvas_data(at)["doc"]["id"], canvas_data(at)["breadcrumbs"]) == ("w/forked", [])


def test_a_template_inside_a_node_is_forked_and_the_node_uses_the_copy(space: Workspace) -> None:
    at = with_template(space)
    emit(at, {"type": "step_into", "node": "expert_2"})
    at.button(key="look:fork").click().run()
    at.run()
    slug = canvas_data(at)["doc"]["id"].removeprefix("w/")
    assert space.storage.workflows.info(slug).name == "Single expert"
    assert [crumb["id"] for crumb in canvas_data(at)["breadcrumbs"]] == ["forked", slug]
    emit(at, {"type": "step_out", "id": "forked"}, after=1)
    at.run()
    assert canvas_data(at)["doc"]["graph"]["nodes"][3]["config"] == {"reference": slug}


def test_the_question_stays_on_the_way_into_a_sub_pipeline_and_out(studio: AppTest) -> None:
    ask(studio, "What is kept?")
    emit(studio, {"type": "make_sub", "nodes": ["expert_2"]}, {"type": "step_into", "node": "sub_pipeline_1"})
    studio.run()
    assert canvas_data(studio)["doc"]["id"] == "w/short"
    assert studio.text_area(key="question:forked").value == "What is kept?"
    emit(studio, {"type": "step_out", "id": "forked"}, after=2)
    studio.run()
    assert canvas_data(studio)["doc"]["id"] == "w/forked"
    assert studio.text_area(key="question:forked").value == "What is kept?"
