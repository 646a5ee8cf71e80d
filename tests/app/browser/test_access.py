"""What axe-core finds wrong for people who do not see or do not point, on every page in light and dark."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipelines.document import NodeSpec
from storage import open_storage
from tests.app.browser.conftest import model_server, studio_over
from tests.app.browser.stored_experiment import store_experiment
from tests.app.browser.studio import ROOT, Server, Studio
from tests.app.drawn import forked
from tests.pipelines.gateway.stub import Stub, says

Tab = Callable[..., Studio]
AXE = Path(os.environ.get("AXE_CORE", ROOT / "app/canvas/frontend/node_modules/axe-core/axe.min.js"))
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SERIOUS = ("serious", "critical")
# axe-core measures the dot of a port and not the larger place around it that takes the pointer; see test_manners.
FOREIGN = {"target-size": ("react-flow__handle",)}

if not AXE.is_file() and not os.environ.get("CI"):
    pytest.skip("axe-core is not installed (npm ci in app/canvas/frontend, or AXE_CORE)", allow_module_level=True)


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with model_server() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, stub: Stub) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    with open_storage(home / "routeloom.db") as storage:
        storage.workflows.create(forked())
    with studio_over(home, stub) as running:
        yield running


def violations(studio: Studio) -> list[str]:
    """Returns each serious finding of axe-core on the page with the elements it was found at."""
    studio.settled()
    # The style of the pages comes a moment after their first words, and what fades in has another contrast until then.
    studio.page.wait_for_function(
        "() => [...document.querySelectorAll('style')].some(each => each.textContent.includes('stCaptionContainer'))"
        " && document.getAnimations().every(each =>"
        " each.playState !== 'running' || each.effect.getComputedTiming().iterations === Infinity)"
    )
    studio.page.add_script_tag(path=AXE)
    found: dict[str, Any] = studio.page.evaluate(
        "levels => axe.run(document, { runOnly: { type: 'tag', values: levels }, resultTypes: ['violations'] })", LEVELS
    )
    return [
        f"{rule['id']}: {node['html'][:120]} | {node['failureSummary'].partition(':')[2].strip()[:150]}"
        for rule in found["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
        if not any(mark in node["html"] for mark in FOREIGN.get(rule["id"], ()))
    ]


@pytest.fixture(params=["light", "dark"])
def studio(tab: Tab, request: pytest.FixtureRequest) -> Studio:
    found: Studio = tab(dark=request.param == "dark")
    return found


def test_the_gallery_is_accessible(studio: Studio) -> None:
    studio.go("/")
    expect(studio.page.get_by_text("Single expert")).to_be_visible()
    assert violations(studio) == []


def test_the_models_are_accessible(studio: Studio) -> None:
    studio.go("/models")
    expect(studio.page.get_by_text("Models on this machine")).to_be_visible()
    assert violations(studio) == []


def test_the_data_is_accessible(studio: Studio) -> None:
    studio.go("/data")
    expect(studio.page.get_by_test_id("stDataFrame").first).to_be_visible()
    assert violations(studio) == []


def test_the_routers_are_accessible_before_and_after_training(studio: Studio) -> None:
    page = studio.go("/routers?t=practice-one-for-all").page
    train = page.get_by_role("button", name=re.compile("Train . routers"))
    expect(train.or_(page.get_by_text("What the routers won")).first).to_be_visible(timeout=60_000)
    if train.is_visible():
        assert violations(studio) == []
        train.click()
    expect(page.get_by_text("What the routers won")).to_be_visible(timeout=90_000)
    expect(page.locator(".js-plotly-plot:visible").first).to_be_visible(timeout=60_000)
    found = [violations(studio)]
    page.get_by_role("radio", name="Figures", exact=True).click()
    expect(page.get_by_text("Formulas and sources")).to_be_visible()
    found.append(violations(studio))
    assert found == [[], []]


def test_the_experiments_are_accessible(studio: Studio, server: Server) -> None:
    with open_storage(server.home / "routeloom.db") as storage:
        if not storage.experiments.list():
            store_experiment(storage)
    page = studio.page
    found = [violations(shown(studio, "/experiments", "experiments-new"))]
    found.append(violations(shown(studio, "/experiments?x=hand&row=1", "x-decision")))
    for part, key in (("Charts", "x-charts"), ("Rows", "x-traces"), (re.compile("Labels"), "x-label")):
        page.get_by_role("radio", name=part).click()
        expect(studio.by_key(key)).to_be_visible()
        found.append(violations(studio))
    studio.by_key("x-again").get_by_role("button").click()
    expect(studio.by_key("new-before")).to_be_visible()
    found.append(violations(studio))
    assert found == [[], [], [], [], [], []]


def test_the_studio_is_accessible_before_and_after_a_run_and_with_its_drawer_open(studio: Studio, stub: Stub) -> None:
    stub.will(says("Yes."))
    studio.go("/studio?w=forked")
    expect(studio.node("answer")).to_be_visible()
    before = violations(studio)
    studio.ask("Is it hot?")
    expect(studio.by_key("answer")).to_contain_text("Yes.")
    after = violations(studio)
    studio.node("router").locator(".rl-tile").click()
    expect(studio.by_key("inspector").get_by_role("textbox", name="Title")).to_have_value("By length")
    assert (before, after, violations(studio)) == ([], [], [])


def test_many_runs_two_sides_a_template_and_the_guide_are_accessible(
    studio: Studio, server: Server, stub: Stub, request: pytest.FixtureRequest
) -> None:
    node = NodeSpec(id="expert_1", kind="sub_pipeline", title="Inside", config={"reference": "self-refine"})
    pipeline = forked().model_copy(
        update={"name": "Accessible", "nodes": (*forked().nodes[:2], node, *forked().nodes[3:])}
    )
    with open_storage(server.home / "routeloom.db") as storage:
        slug = storage.workflows.create(pipeline).slug
        storage.settings.put("guide", 1)
    request.addfinalizer(lambda: _end_guide(server))
    found = [violations(shown(studio, "/", "guide-1"))]
    found.append(violations(shown(studio, f"/studio?w={slug}", "guide-2")))
    for word in ("hot", "cold"):
        stub.will(says(f"So {word}."))
        studio.ask(f"Is {slug} {word}?")
        expect(studio.by_key("answer")).to_contain_text(f"So {word}.")
        studio.settled()
    studio.page.get_by_test_id("scopes").select_option("runs:20")
    studio.page.get_by_test_id("heat-cost").click()
    found.append(violations(studio))
    studio.page.get_by_test_id("scopes").select_option("runs:1")
    studio.page.get_by_role("tab", name="Past runs").click()
    studio.by_key("past-pair").get_by_role("button").click()
    expect(studio.page.get_by_role("dialog")).to_be_visible()
    found.append(violations(studio))
    studio.page.keyboard.press("Escape")
    studio.node("expert_1").locator(".rl-tile").click()
    studio.page.get_by_test_id("menu-open-expert_1").click()
    expect(studio.by_key("look")).to_be_visible()
    found.append(violations(studio))
    assert found == [[], [], [], [], []]


def shown(studio: Studio, path: str, key: str) -> Studio:
    """Goes to a page and waits for a part of it."""
    studio.go(path)
    expect(studio.by_key(key)).to_be_visible()
    return studio


def _end_guide(server: Server) -> None:
    with open_storage(server.home / "routeloom.db") as storage:
        storage.settings.put("guide", 5)
