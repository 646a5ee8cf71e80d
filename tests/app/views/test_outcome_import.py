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


STRANGE = "Frage,System,Punkte,dataset,Bemerkung\n" + "".join(
    f"Wie viele Inseln hat der Hafen {n}?,{system},{'viel' if (n, system) == (17, 'beta') else n % 2},geo,-\n"
    for n in range(40)
    for system in ("alpha", "beta")
)
WIDE = "Frage,alpha,beta,gamma\n" + "".join(f"Wie viele Inseln hat der Hafen {n}?,1,0,{n % 2}\n" for n in range(40))


def uploaded(name: str, text: str) -> AppTest:
    """The form with a file in it."""
    at = AppTest.from_function(draw_form, default_timeout=60).run()
    return at.file_uploader(key="outcomes:files").upload(name, text.encode(), "text/csv").run()


def test_the_columns_of_an_unknown_table_are_guessed_and_every_row_is_accounted_for(space: Workspace) -> None:
    at = uploaded("strange.csv", STRANGE)
    said = texts(at).replace("\\", "")
    assert "strange.csv is of no known format of outcomes. Say which column is what" in said
    assert "What the first 8 rows come to. Not used: Bemerkung." in said
    assert "strange.csv, row 36 (line 37), column 'Punkte': there is 'viel', which is no number." in said
    assert [box.value for box in at.selectbox if box.label.endswith("*")] == ["Frage", "System", "Punkte"]
    at.checkbox(key="outcomes:collect").set_value(True).run()
    assert "1 row is left out." in texts(at)
    assert "40 questions × 2 models; 1 cell without a score." in texts(at)
    [problems] = [frame.value for frame in at.dataframe if "Line" in frame.value.columns]
    assert problems[["Row", "Line", "Column"]].iloc[0].tolist() == [36, 37, "Punkte"]
    at.button(key="outcomes:take").click().run()
    table = space.storage.outcome_tables.get("strange")
    assert (table.models, table.tasks[0], int(table.missing.sum())) == (("alpha", "beta"), "geo", 1)


def test_another_choice_of_columns_makes_another_table(space: Workspace) -> None:
    at = uploaded("strange.csv", STRANGE.replace("viel", "1"))
    [model] = [box for box in at.selectbox if box.label == "Model *"]
    model.set_value("dataset").run()
    said = texts(at).replace("\\", "")
    assert "strange.csv, row 2, is about the same query and model 'geo' as strange.csv, row 1," in said
    at.selectbox(key="outcomes:repetition").set_value("mean").run()
    assert "40 questions × 1 model." in texts(at)
    assert "40 outcomes are of a cell that was there before." in texts(at)


def test_a_wide_table_becomes_a_column_for_each_model(space: Workspace) -> None:
    at = uploaded("wide.csv", WIDE)
    [models] = [box for box in at.multiselect if box.label == "A column of scores for each model"]
    assert models.value == ["alpha", "beta", "gamma"]
    models.set_value(["alpha", "gamma"]).run()
    assert "40 questions × 2 models." in texts(at)
    models.set_value([]).run()
    assert "Say which columns hold the question and the scores." in texts(at)


PERCENT = "Frage,Kategorie,alpha,beta,gamma,delta\n" + "".join(
    f"Welche Inseln hat Hafen {n}?,{('See', 'Land')[n % 2]},{20 + n % 2},{95 - n},{n * 7 % 60 + 20},{50 + n % 3}\n"
    for n in range(40)
)


def test_scores_in_percent_say_what_to_do_and_are_stretched_from_0_to_100(space: Workspace) -> None:
    at = uploaded("percent.csv", PERCENT)
    [models] = [box for box in at.multiselect if box.label == "A column of scores for each model"]
    assert models.value == ["alpha", "beta", "gamma", "delta"]
    assert [box.value for box in at.selectbox if box.label == "Task"] == ["Kategorie"]
    said = texts(at).replace("\\", "")
    assert (
        "has the score 20, not 0 to 1 (160 outcomes are out of range); choose to clip or to stretch the scores." in said
    )
    at.selectbox(key="outcomes:scale").set_value("stretch").run()
    assert [field.value for field in at.number_input] == [0.0, 100.0]
    said = texts(at).replace("\\", "")
    assert "The lowest score in the files is 20, the highest 95." in said
    assert "40 questions × 4 models." in said
    at.number_input[0].set_value(20.0).run()
    at.button(key="outcomes:take").click().run()
    table = space.storage.outcome_tables.get("percent")
    assert table.score[0].tolist() == [0.0, 0.9375, 0.375, 0.0]
    assert table.tasks[:2] == ("See", "Land")


def test_a_range_that_is_too_narrow_says_so(space: Workspace) -> None:
    at = uploaded("percent.csv", PERCENT)
    at.selectbox(key="outcomes:scale").set_value("stretch").run()
    at.number_input[1].set_value(90.0).run()
    assert "not 0 to 90" in texts(at)
    assert "name a wider range" in texts(at)
    at.number_input[1].set_value(95.0).run()
    assert "40 questions × 4 models." in texts(at)


def test_a_file_without_rows_says_so(space: Workspace) -> None:
    assert "empty.csv" in texts(uploaded("empty.csv", "question,model,score\n")).replace("\\", "")
