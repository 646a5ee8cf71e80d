"""From an experiment to a table with one click, and from a router over ways of asking to a pipeline of experts."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from pipelines.data.data_set import DataSet
from pipelines.routers.category import Category
from pipelines.trained import TrainedRouter
from tests.app.experiment.scene import examples
from tests.app.views.hand import texts
from tests.app.views.test_experiments import done, loud_knows
from tests.pipelines.drawing import single_expert
from tests.pipelines.gateway.stub import Stub
from tests.pipelines.outcome.tables import table


def draw_two_pages() -> None:
    """Is the page of experiments, from which one can go to that of routers."""
    import streamlit as st

    from app.state import set_pages
    from app.views import experiments, routers

    pages = {
        "experiments": st.Page(experiments.draw, url_path="experiments", default=True),
        "routers": st.Page(routers.draw, url_path="routers"),
    }
    set_pages(pages)
    st.navigation(list(pages.values())).run()


def test_an_experiment_becomes_a_table_with_one_click(space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    space.storage.data_sets.put(DataSet(name="facts", title="Facts", examples=examples(8)))
    slug = space.storage.workflows.create(single_expert(prompt_template="{query}")).slug
    space.storage.workflows.save(slug, single_expert(prompt_template="LOUD: {query}"), parent=1)
    found = done(space)
    for _ in range(2):
        at = AppTest.from_function(draw_two_pages, default_timeout=60)
        at.query_params["x"] = found
        at.run()
        at.button(key="x:outcomes").click().run()
        assert not at.exception
        assert [box.value for box in at.selectbox if box.label == "Outcome table"] == ["quiet-or-loud"]
    [(number, card)] = space.storage.outcome_tables.list()
    assert (number, card.n_queries, len(card.models), card.source) == (1, 8, 2, f"experiment:{found}")
    assert sorted(space.storage.outcome_tables.get("quiet-or-loud").score.mean(axis=0).tolist()) == [0.5, 1.0]


def draw_use_of_ways() -> None:
    """Is the dialog that puts the router `flows` into a pipeline, beside the studio that it leaves for."""
    import streamlit as st

    from app.routing.saving import draw_use
    from app.state import set_pages, workspace
    from app.views import studio

    def use() -> None:
        space = workspace()
        draw_use(space, space.library.router("flows").card, 1)

    pages = {"use": st.Page(use, url_path="use", default=True), "studio": st.Page(studio.draw, url_path="studio")}
    set_pages(pages)
    st.navigation(list(pages.values())).run()


def test_a_router_over_ways_of_asking_becomes_a_pipeline_of_experts(space: Workspace, stub: Stub) -> None:
    del stub
    candidates = ("stub · direct", "stub · reasoning")
    rows = table([[1.0, 0.0], [0.0, 1.0]] * 5, models=candidates, tasks=["sum", "word"] * 5)
    space.storage.routers.put(TrainedRouter.fit("flows", Category(), rows))
    at = AppTest.from_function(draw_use_of_ways, default_timeout=60).run()
    assert "will choose which of 2 experts answers" in texts(at)
    at.button(key="use:make").click().run()
    [info] = space.storage.workflows.list()
    drawn = space.storage.workflows.pipeline(info.slug)
    assert [spec.config.get("known_as") for spec in drawn.nodes if spec.kind == "expert"] == list(candidates)
    assert space.find_problems(drawn) == ()
