"""One click on an experiment keeps its outcomes as a table and opens the page of routers there."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from pipelines.data.data_set import DataSet
from tests.app.experiment.scene import examples
from tests.app.views.test_experiments import done, loud_knows
from tests.pipelines.drawing import single_expert
from tests.pipelines.gateway.stub import Stub


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
