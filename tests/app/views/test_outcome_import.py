"""The dialog of outcomes without a browser: from an experiment to a table that routers can be trained on."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from pipelines.data.data_set import DataSet
from tests.app.experiment.scene import examples
from tests.app.views.hand import texts
from tests.app.views.test_experiments import done, loud_knows
from tests.pipelines.drawing import single_expert
from tests.pipelines.gateway.stub import Stub


def draw_form() -> None:
    """Is what the dialog shows."""
    from app.routing.table_import import draw_import_form
    from app.state import workspace

    draw_import_form(workspace())


def test_an_experiment_becomes_a_table_with_a_column_for_each_pipeline(space: Workspace, stub: Stub) -> None:
    stub.will(loud_knows)
    space.storage.data_sets.put(DataSet(name="facts", title="Facts", examples=examples(8)))
    slug = space.storage.workflows.create(single_expert(prompt_template="{query}")).slug
    space.storage.workflows.save(slug, single_expert(prompt_template="LOUD: {query}"), parent=1)
    done(space)
    at = AppTest.from_function(draw_form, default_timeout=60).run()
    assert "The format is recognised by itself" in texts(at)
    at.segmented_control(key="outcomes:way").set_value("An experiment").run()
    assert "8 questions × 2 models." in texts(at)
    at.button(key="outcomes:take").click().run()
    [(number, card)] = space.storage.outcome_tables.list()
    assert (number, card.name, card.title) == (1, "quiet-or-loud", "Quiet or loud")
    assert len(card.models) == 2
    table = space.storage.outcome_tables.get("quiet-or-loud")
    assert sorted(table.score.mean(axis=0).tolist()) == [0.5, 1.0]


def test_without_an_experiment_the_form_says_what_to_do(space: Workspace) -> None:
    at = AppTest.from_function(draw_form, default_timeout=60).run()
    at.segmented_control(key="outcomes:way").set_value("An experiment").run()
    assert "There is no experiment yet; run one with several models or pipelines." in texts(at)
