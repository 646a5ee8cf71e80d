"""The page of experiments without a browser: from nothing to a decision, the rows behind it, and labels by hand."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from aiohttp import web
from streamlit.testing.v1 import AppTest

from app.experiment.draft import Draft, contenders_of, experiment_of
from app.workspace import Workspace
from pipelines.data.data_set import DataSet
from pipelines.experiment.experiment import Experiment, ExperimentSettings
from pipelines.experiment.progress import Progress
from pipelines.scorer import Score
from tests.app.experiment.scene import examples
from tests.app.views.hand import texts
from tests.pipelines.drawing import single_expert
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub

ROWS = examples(8)
HUMAN = {"kind": "human", "question": "Good?"}
EXACT = {"kind": "exact_match"}
END_S = 30.0


def draw_experiments() -> None:
    """Is the page by itself."""
    from app.views import experiments

    experiments.draw()


@pytest.fixture
def page(space: Workspace) -> AppTest:
    """The page, with a data set of which every second row is answered right, and two versions of a pipeline."""
    space.storage.data_sets.put(DataSet(name="facts", title="Facts", examples=ROWS))
    slug = space.storage.workflows.create(single_expert(prompt_template="{query}")).slug
    shouting = single_expert(prompt_template="LOUD: {query}")
    space.storage.workflows.save(slug, shouting, parent=1)
    return AppTest.from_function(draw_experiments, default_timeout=60).run()


async def loud_knows(request: web.Request) -> web.StreamResponse:
    """Answers right where it is asked loudly, and `hello` otherwise."""
    asked = (await request.json())["messages"][-1]["content"]
    right = "hello" if int(asked.split()[-1]) % 2 == 0 else "bye"
    return await s.says(right if asked.startswith("LOUD") else "hello")(request)


def made(space: Workspace, *scorers: dict[str, Any], **settings: Any) -> Experiment:
    """Stores an experiment over both versions; it is not started."""
    draft = Draft(
        title="Quiet or loud",
        pipelines=["drawn@1", "drawn@2"],
        data_set="facts",
        settings=ExperimentSettings(**{"concurrency": 2, **settings}),
    )
    contenders = contenders_of(draft, space.library)
    return space.experiments.create(experiment_of(draft, contenders, ROWS, scorers or (EXACT,), whole=True))


def done(space: Workspace, *scorers: dict[str, Any], **settings: Any) -> str:
    """Runs such an experiment to its end and returns its id."""
    experiment = made(space, *scorers, **settings)
    space.experiments.start(experiment.id).result(timeout=END_S)
    return experiment.id


def said(at: AppTest) -> str:
    """What the page says, without the escapes of Markdown."""
    heads = "\n".join(element.value for element in (*at.subheader, *at.header))
    return f"{texts(at)}\n{heads}".replace("\\", "")


def shown(at: AppTest, experiment_id: str, part: str = "Decision", **parameters: str) -> AppTest:
    """The page at an experiment."""
    at.query_params["x"] = experiment_id
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    return at if part == "Decision" else at.segmented_control(key=f"x:part:{experiment_id}").set_value(part).run()


def table(at: AppTest, column: str) -> Any:
    """The table that has a column of that name."""
    assert not at.exception
    [found] = [each.value for each in at.dataframe if column in each.value.columns]
    return found


def at_rest(space: Workspace, experiment_id: str) -> Progress:
    deadline = time.monotonic() + END_S
    while space.experiments.is_under_way(experiment_id):
        assert time.monotonic() < deadline, "the experiment did not come to rest"
        time.sleep(0.01)
    return space.experiments.progress(experiment_id)


def test_where_there_is_nothing_the_demo_is_a_whole_experiment(page: AppTest) -> None:
    assert "From rows to a decision in ten minutes" in said(page)
    page.button(key="experiments:demo").click().run()
    [names] = [box.value for box in page.multiselect if box.label == "Pipelines"]
    assert names == ["single-expert", "self-consistency"]
    assert "24 of 247 rows of version 1." in said(page)
    assert not page.button(key="new:start").disabled
    assert {metric.label for metric in page.metric} == {"Cost at list price", "Time", "Rows"}


def test_the_form_says_what_is_missing_and_then_starts(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    page.button(key="experiments:new").click().run()
    assert page.button(key="new:start").disabled
    assert "Choose a pipeline; with two or more they are compared." in said(page)
    assert "Choose a data set with at least one row." in said(page)
    choice = {box.label: box for box in (*page.multiselect, *page.selectbox)}
    choice["Pipelines"].set_value(["drawn@1", "drawn@2"])
    choice["Data set"].set_value("facts").run()
    assert "8 of 8 rows of version 1." in said(page)
    assert list(table(page, "A row costs")["Pipeline"]) == ["Drawn", "Drawn, version 2"]
    page.button(key="new:start").click().run()
    [info] = space.storage.experiments.list()
    assert page.query_params["x"] == info.id
    progress = at_rest(space, info.id)
    assert (progress.status, progress.done) == ("done", 16)
    stored = space.storage.experiments.get(info.id)
    assert stored.title == "Drawn and Drawn, version 2 on facts"
    assert stored.estimate is not None
    assert [scorer["kind"] for scorer in stored.scorers] == ["contains"]
    page.run()
    assert "'Drawn, version 2' is ahead of 'Drawn' by 50.0 points" in said(page)


def test_a_problem_of_a_pipeline_is_told_before_the_start(page: AppTest, space: Workspace) -> None:
    space.storage.workflows.create(single_expert(model="absent"), slug="broken")
    page.button(key="experiments:new").click().run()
    choice = {box.label: box for box in (*page.multiselect, *page.selectbox)}
    choice["Pipelines"].set_value(["broken@1"])
    choice["Data set"].set_value("facts").run()
    assert "Drawn, node expert: " in said(page)
    assert "absent" in said(page)
    assert page.button(key="new:start").disabled


def test_the_decision_names_the_better_pipeline_its_interval_and_its_price(
    page: AppTest, space: Workspace, stub: Stub
) -> None:
    stub.will(loud_knows)
    shown(page, done(space))
    told = said(page)
    assert "'Drawn, version 2' is ahead of 'Drawn' by 50.0 points, which may be chance (95%: 3.9 to 76.1" in told
    assert "n = 8 pairs, p = 0.12) and costs the same." in told
    assert "Only 8 examples: differences under" in told


def test_a_filter_narrows_every_number(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    name = done(space)
    shown(page, name)
    page.selectbox(key=f"x:tag:{name}").set_value("easy").run()
    assert "'Drawn' and 'Drawn, version 2' are equally good" in said(page).replace(
        "'Drawn, version 2' and 'Drawn'", "'Drawn' and 'Drawn, version 2'"
    )
    assert "n = 4 pairs" in said(page)


def test_every_chart_is_drawn(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    name = done(space)
    shown(page, name, "Charts")
    chart = page.segmented_control(key=f"x:chart:{name}")
    assert chart.options == ["Cost and accuracy", "Differences", "By tag", "Latency", "Tokens", "Nodes"]
    for title in chart.options:
        page.segmented_control(key=f"x:chart:{name}").set_value(title).run()
        assert not page.exception
        assert page.get("plotly_chart"), title


def test_the_rows_on_which_they_differ_lead_to_both_traces(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    name = done(space)
    shown(page, name, "Rows", row="3")
    assert list(table(page, "question")["id"]) == ["e1", "e3", "e5", "e7"]
    assert "4 of 8 examples." in said(page)
    assert [code.value for code in page.code] == [
        "question 3", "bye", "hello", "question 3", "hello", "hello", "bye", "question 3", "bye", "bye",
    ]  # fmt: skip
    assert ":red[**0.00**] exact_match: " in said(page)
    assert ":green[**1.00**] exact_match: " in said(page)
    page.segmented_control(key="x:rows:way").set_value("Both right").run()
    assert list(table(page, "question")["id"]) == ["e0", "e2", "e4", "e6"]


def test_the_rows_are_shown_without_questions_where_the_data_set_is_gone(page: AppTest, space: Workspace) -> None:
    name = done(space)
    space.storage.data_sets.delete("facts")
    shown(page, name, "Rows", row="1")
    page.segmented_control(key="x:rows:way").set_value("All").run()
    assert list(table(page, "question")["id"]) == [f"e{n}" for n in range(8)]
    assert "The data set of this experiment is gone, so its question cannot be shown." in said(page)
    assert "hello" in [code.value for code in page.code]


def test_the_numbers_of_the_estimate_are_held_against_what_came(page: AppTest, space: Workspace) -> None:
    shown(page, done(space), "Prediction")
    assert "Nothing was predicted before this experiment" in said(page)


def test_answers_are_labelled_by_hand_and_a_label_is_taken_back(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    name = done(space, EXACT, HUMAN)
    shown(page, name, "Labels")
    assert "**Good?**" in said(page)
    assert "Drawn, version 2" not in "\n".join(code.value for code in page.code)
    assert space.experiments.progress(name).unlabelled == 16
    page.button(key="x:label:1").click().run()
    page.button(key="x:label:0").click().run()
    assert space.experiments.progress(name).unlabelled == 14
    page.button(key="x:label:undo").click().run()
    assert space.experiments.progress(name).unlabelled == 15
    page.button(key="x:label:update").click().run()
    assert "1 of 16 answers labelled" in page.get("progress")[0].proto.text
    [agreement] = table(page, "Kappa").to_dict("records")
    assert (agreement["Scorer"], agreement["Labelled answers"]) == ("exact_match", 1)


def test_skipped_answers_come_last(page: AppTest, space: Workspace) -> None:
    name = done(space, HUMAN)
    shown(page, name, "Labels")
    first = [code.value for code in page.code]
    for _ in range(2):
        page.button(key="x:label:skip").click().run()
    assert first[0] == "question 0"
    assert next(code.value for code in page.code) == "question 1"


def test_a_label_of_five_steps_has_five_buttons(page: AppTest, space: Workspace) -> None:
    name = done(space, {**HUMAN, "scale": 5})
    shown(page, name, "Labels")
    page.button(key="x:label:3").click().run()
    rows = space.storage.experiments.rows(name).rows
    assert [row.scores["human"] for row in rows if row.scores] == [Score(value=0.75)]


def test_failed_rows_say_why_and_are_tried_again(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(s.fails(400, "no such thing"))
    name = done(space)
    shown(page, name)
    assert "16 rows failed: why" in [expander.label for expander in page.expander]
    assert "no such thing" in said(page)
    stub.will(loud_knows)
    page.button(key="x:retry").click().run()
    assert at_rest(space, name).done == 16


def test_a_running_experiment_is_paused_and_resumed_and_its_budget_changed(
    page: AppTest, space: Workspace, stub: Stub
) -> None:
    # An event of the server's loop cannot be set from here.
    gate = threading.Event()

    async def waits(request: web.Request) -> web.StreamResponse:
        await asyncio.to_thread(gate.wait, END_S)
        return await loud_knows(request)

    stub.will(waits)
    name = made(space, EXACT).id
    shown(page, name)
    page.button(key="x:resume").click().run()
    assert "of 16 rows" in page.get("progress")[0].proto.text
    assert list(table(page, "Mean score so far")["Rows"]) == [0, 0]
    # Paused before a row has begun, it would end with none.
    deadline = time.monotonic() + END_S
    while not stub.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    page.button(key="x:pause").click().run()
    gate.set()
    progress = at_rest(space, name)
    assert progress.status == "paused"
    assert 0 < progress.ended < 16
    page.run()
    page.number_input(key="x:budget:usd").set_value(5.0).run()
    page.button(key="x:budget:set").click().run()
    assert space.storage.experiments.get(name).settings.budget_usd == 5.0
    page.button(key="x:resume").click().run()
    assert at_rest(space, name).done == 16


def test_an_experiment_whose_process_died_is_taken_up_again(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    name = made(space, EXACT).id
    space.storage.experiments.set_status(name, "running")
    page.run()
    assert ":orange-badge[:material/power_off: interrupted]" in said(page)
    shown(page, name)
    assert ":orange-badge[:material/power_off: interrupted]" in said(page)
    page.button(key="x:resume").click().run()
    assert at_rest(space, name).done == 16


def test_what_the_budget_stopped_goes_on_with_a_larger_one(page: AppTest, space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    name = done(space, budget_usd=0.0)
    shown(page, name)
    assert "stopped by the budget" in said(page)
    page.number_input(key="x:budget:usd").set_value(1.0).run()
    page.button(key="x:budget:set").click().run()
    page.button(key="x:resume").click().run()
    assert at_rest(space, name).status == "done"


def test_a_finished_experiment_is_run_again_with_changes(page: AppTest, space: Workspace) -> None:
    name = done(space, repeats=2)
    shown(page, name)
    page.button(key="x:again").click().run()
    [names] = [box.value for box in page.multiselect if box.label == "Pipelines"]
    assert names == ["drawn@1", "drawn@2"]
    [repeats] = [box.value for box in page.number_input if box.label == "Repeats"]
    assert repeats == 2


def test_the_list_tells_status_accuracy_and_cost_and_forgets(page: AppTest, space: Workspace) -> None:
    name = done(space)
    page.run()
    assert "16 rows · 2 pipelines · accuracy 50.0% to 50.0% · paid $" in said(page)
    page.button(key=f"experiments:delete:{name}").click().run()
    assert space.storage.experiments.list() == []
    assert "From rows to a decision in ten minutes" in said(page)


def test_an_address_of_nothing_leads_to_the_list(page: AppTest) -> None:
    shown(page, "nothing")
    assert "There is no experiment 'nothing'" in said(page)
    assert page.button(key="experiments:new") is not None
