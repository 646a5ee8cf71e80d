"""The page of routers without a browser: is it worth it, training, curves, saving, use in a pipeline."""

from __future__ import annotations

from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from app.routing.table_shelf import table_entries
from app.routing.use import routed_pipeline
from app.workspace import Workspace
from pipelines.routing.figures import Figure, RouterFigures
from pipelines.routing.objective import Objective
from pipelines.trained import TrainedRouter
from tests.app.routing.test_use import router
from tests.app.views.hand import texts
from tests.pipelines.outcome.tables import two_tasks

END_S = 60.0
SPECIALISTS = "practice-specialists"
ONE_FOR_ALL = "practice-one-for-all"


def draw_routers() -> None:
    """Is the page by itself."""
    from app.views import routers

    routers.draw()


def shown(table: str) -> AppTest:
    """The page at a table."""
    at = AppTest.from_function(draw_routers, default_timeout=60)
    at.query_params["t"] = table
    return at.run()


def said(at: AppTest) -> str:
    """What the page says, without the escapes of Markdown."""
    heads = "\n".join(element.value for element in (*at.subheader, *at.success))
    return f"{texts(at)}\n{heads}".replace("\\", "")


def trained(
    at: AppTest, space: Workspace, *, strategies: tuple[str, ...] = ("category", "ridge"), table: str = SPECIALISTS
) -> AppTest:
    """The page after these strategies have been trained on its table."""
    [box] = [box for box in at.multiselect if box.label == "Strategies"]
    box.set_value(list(strategies)).run()
    at.button(key="routers:train").click().run()
    training = space.trainings.of(table)
    assert training is not None
    assert training.future is not None
    training.future.result(timeout=END_S)
    assert training.error == ""
    return at.run()


def worked(at: AppTest, space: Workspace) -> AppTest:
    """The page after what was begun behind it has ended."""
    # One after the other: what is begun last ends last.
    space.trainings.work(f"the end {uuid4()}", lambda: None).result(timeout=END_S)
    return at.run()


def figures(trained_router: TrainedRouter) -> RouterFigures:
    """Figures of a router that was right on all rows, whatever they cost."""
    models = trained_router.card.models
    return RouterFigures(
        name="practice", accuracy=Figure(value=1.0), cost_usd=Figure(value=None), oracle_gap_closed=Figure(value=None),
        regret=0.0, entropy=0.0, shares=dict.fromkeys(models, 1 / len(models)), tasks={},
    )  # fmt: skip


def test_every_choice_of_a_table_is_kept(space: Workspace) -> None:
    at = AppTest.from_function(draw_routers, default_timeout=60).run()
    for table in (ONE_FOR_ALL, SPECIALISTS, ONE_FOR_ALL):
        [box] = [box for box in at.selectbox if box.label == "Outcome table"]
        box.set_value(table).run()
        assert [box.value for box in at.selectbox if box.label == "Outcome table"] == [table]


def test_the_headroom_is_told_before_anything_is_trained(space: Workspace) -> None:
    at = shown(SPECIALISTS)
    assert "An oracle that knows who solves what would win 16.8 points (14.8 to 18.7)" in said(at)
    assert "Knowing the task alone wins 7.5 points: a trained router has to beat that." in said(at)
    assert {metric.label for metric in at.metric} >= {"Best single", "Oracle", "Headroom", "Cost saving"}
    assert "Licence: CC0-1.0" in said(at)


def test_a_table_without_headroom_is_called_that(space: Workspace) -> None:
    at = shown(ONE_FOR_ALL)
    assert "This table has no headroom: an oracle would win 0.0 points over large-1 alone" in said(at)
    assert "routing for accuracy is not worth it" in said(at)
    assert "Cost saving possible: at most 80%" in said(at)


def test_trained_routers_are_judged_saved_and_put_into_a_pipeline(space: Workspace) -> None:
    at = trained(shown(SPECIALISTS), space)
    assert "What the routers won" in said(at)
    assert "recovers" in said(at)
    [box] = [box for box in at.selectbox if box.label == "Router"]
    box.set_value("Linear (ridge)").run()
    at.text_input(key="r:practice-specialists:name:Linear (ridge)").set_value("practice-ridge").run()
    at.button(key="routers:save").click().run()
    assert "'practice-ridge' is saved as version 1" in said(at)
    card = space.storage.routers.get("practice-ridge").card
    assert card.table == SPECIALISTS
    assert card.figures is not None
    assert (card.figures.accuracy.value or 0) > 0.8
    assert card.split == "70% of practice-specialists at random, whole groups, seed 0"
    assert card.objective is None


def test_a_router_that_is_saved_at_a_weight_of_cost_keeps_it(space: Workspace) -> None:
    at = trained(shown(SPECIALISTS), space)
    [box] = [box for box in at.selectbox if box.label == "Router"]
    box.set_value("Linear (ridge)").run()
    slider = next(each for each in at.select_slider if each.label.startswith("λ"))
    training = space.trainings.of(SPECIALISTS)
    assert training is not None
    assert training.trained is not None
    curve = training.trained.board.curve("Linear (ridge)")
    last = max(
        place for place in range(1, len(curve.choices)) if (curve.choices[place] != curve.choices[place - 1]).any()
    )
    slider.set_value(last).run()
    at.text_input(key="r:practice-specialists:name:Linear (ridge)").set_value("cheapest").run()
    at.button(key="routers:save").click().run()
    card = space.storage.routers.get("cheapest").card
    weight = min(float(curve.weight[last]), 1e6)
    assert card.objective == Objective(rule="trade_off", score_per_usd=weight)
    drawn = routed_pipeline(card, 1, dict.fromkeys(card.models, "stub"))
    assert drawn.node("router").config["score_per_usd"] == weight > 0


def test_a_table_of_a_few_rows_is_neither_praised_nor_dismissed(space: Workspace) -> None:
    space.storage.outcome_tables.put(two_tasks(20), "few", title="Few")
    at = shown("few")
    told = (
        "Too few to tell whether routing is worth it: 20 rows with a score of every compared model, where it takes 30"
    )
    assert told in said(at)
    assert "headroom:" not in said(at)
    at = trained(at, space, table="few@1")
    assert "6 test rows are too few to tell whether routing is worth it; it takes 30 at least." in said(at)
    assert ":gray-badge[Too few test rows to tell]" in said(at)
    assert "nothing gained" not in said(at)


def test_the_router_that_the_verdict_names_is_looked_at_first(space: Workspace) -> None:
    at = trained(shown(SPECIALISTS), space)
    assert "'Linear (ridge)' recovers" in said(at)
    assert [box.value for box in at.selectbox if box.label == "Router"] == ["Linear (ridge)"]


@pytest.mark.parametrize("models", [[], ["small-1"]])
def test_one_model_leaves_nothing_to_route(space: Workspace, models: list[str]) -> None:
    at = shown(SPECIALISTS)
    [box] = [box for box in at.multiselect if box.label == "Models"]
    box.set_value(models).run()
    assert "Choose at least two models; with one there is nothing to route." in said(at)
    assert at.button(key="routers:train").disabled


def test_every_practice_table_says_where_it_comes_from(space: Workspace) -> None:
    entries = table_entries(space)
    assert set(entries) >= {SPECIALISTS, ONE_FOR_ALL}
    assert {entry.card.licence for entry in entries.values()} == {"CC0-1.0"}
    assert all("No real model was asked." in entry.card.source for entry in entries.values())


LOOKS = {
    "Figures": "Hover over a number for its formula.",
    "Tasks": "tasks one model alone does better than the router",
    "Regret": "The 20 test rows on which most was lost",
    "Prices": "per 1,000 questions.",
    "New model": "Would a new model be worth testing on all your questions?",
    "Checks": "would a rule on length, language or first words decide the same",
}


def test_every_look_at_trained_routers_says_what_it_is_for(space: Workspace) -> None:
    at = trained(shown(SPECIALISTS), space, strategies=("knn",))
    look = at.segmented_control(key="r:look:practice-specialists")
    for name, sentence in LOOKS.items():
        at = look.set_value(name).run()
        assert sentence in said(at), name
    at.toggle(key="r:practice-specialists:check:Nearest questions (kNN)").set_value(True).run()
    at = worked(at, space)
    assert "Length, language and first words together guess" in said(at)
    assert "Paraphrases are made by rules" in said(at)
    at = at.segmented_control(key="r:look:practice-specialists").set_value("New model").run()
    at.button(key="routers:newcomer").click().run()
    assert "learns three times" in said(at)
    at = worked(at, space)
    assert {"Without coder-1", "After 50 rows", "After all rows"} <= {metric.label for metric in at.metric}
    at = at.segmented_control(key="r:look:practice-specialists").set_value("Why").run()
    at.text_area(key="r:practice-specialists:why").set_value("Write SQL: the 3 best selling maps of Otterby.").run()
    assert "goes to coder-1" in said(at).replace("*", "")
    assert "Neighbours" in said(at)
    slider = next(each for each in at.select_slider if each.label.startswith("λ"))
    training = space.trainings.of(SPECIALISTS)
    assert training is not None
    assert training.trained is not None
    choices = training.trained.board.curve("Nearest questions (kNN)").choices
    last = max(place for place in range(1, len(choices)) if (choices[place] != choices[place - 1]).any())
    slider.set_value(last).run()
    assert "small-1 100%" in said(at)


def test_saved_routers_are_listed_told_and_deleted(space: Workspace) -> None:
    at = shown(SPECIALISTS)
    at.segmented_control(key="routers:part").set_value("Trained routers").run()
    assert "There is no trained router yet." in said(at)
    unjudged = router()
    space.storage.routers.put(unjudged)
    at.run()
    assert at.dataframe[0].value.iloc[0][["Accuracy", "Judged on", "USD per 1,000"]].tolist() == ["–", "–", "–"]
    space.storage.routers.put(unjudged.with_figures(figures(unjudged), 1))
    at.run()
    assert at.dataframe[0].value.iloc[0][["Accuracy", "Judged on"]].tolist() == ["1.000", "1 row, too few to tell"]
    assert "On 1 row, too few to tell, unseen: accuracy 1.000." in said(at)
    assert "Learned from 1,200 rows: practice-specialists. Seed 0." in said(at)
    assert "No workflow uses this router yet, so there are no live questions to compare" in said(at)
    at.button(key="saved:delete:sure").click().run()
    assert "'practice' is deleted." in said(at)
    assert space.storage.routers.list() == []


def test_who_makes_the_vectors_is_asked_where_a_strategy_looks_at_them(space: Workspace) -> None:
    at = shown(SPECIALISTS)
    assert not [box for box in at.selectbox if box.label == "Vectors are made by"]
    kind = next(box for box in at.selectbox if box.label == "Featurizer" and (box.key or "").startswith("r:plan"))
    kind.set_value("embedding").run()
    [box] = [box for box in at.selectbox if box.label == "Vectors are made by"]
    # Models of the catalogue that are known to chat are not offered.
    assert box.options == ["The embedder of this installation", "stub"]
    box.set_value("stub").run()
    assert "tokens for" in said(at)
