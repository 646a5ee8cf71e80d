"""The gallery page."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.shelf import add_pipeline, open_template
from app.template import templates, themes
from app.workspace import Workspace
from tests.app.drawn import forked


def texts(at: AppTest) -> str:
    assert not at.exception
    return "\n".join(element.value for element in (*at.markdown, *at.caption, *at.info, *at.warning, *at.error))


def test_an_empty_gallery_says_what_to_do_next_and_shows_every_template(gallery: AppTest) -> None:
    gallery.button(key="tour:skip").click().run()
    assert "Nothing is saved yet. Open a template below" in texts(gallery)
    assert {button.key for button in gallery.button} >= {f"template:{slug}" for slug in templates()}


def test_templates_stand_by_theme_and_one_theme_can_be_chosen(gallery: AppTest) -> None:
    def shown() -> list[str]:
        keys = [str(button.key) for button in gallery.button]
        return [key.removeprefix("template:") for key in keys if key.startswith("template:")]

    assert shown() == list(templates())
    assert list(themes())[:2] == ["First steps", "Route to an expert"]
    gallery.pills(key="gallery:theme").set_value("One answer of many").run()
    assert shown() == ["panel-with-judge", "self-consistency", "weighted-vote"]


def test_a_template_opens_in_the_studio_as_a_workflow_of_ones_own(gallery: AppTest, space: Workspace) -> None:
    gallery.button(key="template:cascade").click().run()
    assert not gallery.exception
    (info,) = space.storage.workflows.list()
    assert (info.name, info.version) == ("Cascade", 1)
    assert info.slug not in templates()
    assert gallery.query_params["w"] == info.slug
    assert gallery.text_input[0].value == "Cascade"


def test_a_template_that_was_opened_and_not_touched_is_opened_again(space: Workspace) -> None:
    assert open_template(space, "cascade") == open_template(space, "cascade")
    assert len(space.storage.workflows.list()) == 1


def test_a_workflow_is_deleted_and_brought_back(gallery: AppTest, space: Workspace) -> None:
    slug = add_pipeline(space, forked())
    gallery.run()
    gallery.button(key=f"delete:{slug}").click().run()
    assert space.storage.workflows.list() == ()
    assert "“Forked” is deleted" in texts(gallery)
    gallery.button(key="gallery:undo").click().run()
    assert [info.slug for info in space.storage.workflows.list()] == [slug]


def test_a_workflow_is_copied(gallery: AppTest, space: Workspace) -> None:
    slug = add_pipeline(space, forked())
    gallery.run()
    gallery.button(key=f"fork:{slug}").click().run()
    assert {info.name for info in space.storage.workflows.list()} == {"Forked", "Forked (copy)"}


def test_a_workflow_is_downloaded_as_its_file(gallery: AppTest, space: Workspace) -> None:
    slug = add_pipeline(space, forked())
    gallery.run()
    gallery.button(key=f"export:{slug}").click().run()
    assert not gallery.exception
    assert gallery.get("download_button")[0].proto.url.endswith(".json")
    assert space.storage.workflows.pipeline(slug) == forked()


def test_a_new_pipeline_is_empty_and_open(gallery: AppTest, space: Workspace) -> None:
    gallery.button(key="gallery:new").click().run()
    assert not gallery.exception
    assert space.storage.workflows.pipeline("untitled").nodes == ()
    assert gallery.query_params["w"] == "untitled"


def test_a_card_tells_the_last_run_and_its_cost(gallery: AppTest, space: Workspace) -> None:
    slug = add_pipeline(space, forked())
    run = space.run(slug, "Is it hot?")
    gallery.run()
    assert run.status == "done"
    assert "last run done, \\$0\\.000009" in texts(gallery)


def test_a_name_of_a_stranger_is_shown_as_it_is(gallery: AppTest, space: Workspace) -> None:
    add_pipeline(space, forked().model_copy(update={"name": "![x](http://e.org/p.png)"}))
    gallery.run()
    assert "![x](http" not in texts(gallery)


def open_import() -> None:
    from app.views import gallery

    # A whole run closes a dialog, and a test cannot run a part: so every run opens it.
    gallery._import()


def test_a_file_of_another_studio_is_shown_with_what_is_different_and_imported(space: Workspace) -> None:
    content = (Path(__file__).parents[2] / "pipelines" / "exchange" / "files" / "dify.yml").read_bytes()
    at = AppTest.from_function(open_import, default_timeout=60).run()
    at.file_uploader(key="gallery:file").set_value(("dify.yml", content, "application/yaml")).run()
    shown = texts(at).replace("\\", "")
    assert "**Letter desk** · 10 nodes" in shown
    assert "Left out: 'Compute' (code). Nodes here run no code." in shown
    assert "The input 'tone' needs an edge" in shown
    at.button(key="gallery:import:now").click().run()
    assert [info.name for info in space.storage.workflows.list()] == ["Letter desk"]
