"""The models page."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from pipelines.trait import ModelTraits
from tests.pipelines.gateway.stub import Stub, fails, says


def draw_models() -> None:
    """Is the page by itself."""
    from app.views import models

    models.draw()


@pytest.fixture
def models(space: Workspace) -> AppTest:
    return AppTest.from_function(draw_models, default_timeout=60).run()


def row(at: AppTest, name: str) -> dict[str, object]:
    assert not at.exception
    table = at.dataframe[0].value
    found = table[table["name"].str.startswith(name)].iloc[0]
    return {str(key): found[key] for key in table.columns}


def test_the_table_tells_price_window_and_key(models: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    models.run()
    stub = row(models, "stub")
    assert (stub["name"], stub["provider"], stub["in"], stub["out"]) == (
        "stub · default",
        "OpenAI API",
        1.0,
        2.0,
    )
    assert (stub["price"], stub["key"]) == ("2026-01-01 · the test", "not needed")
    assert row(models, "gpt-4o-mini")["key"] == "✗ OPENAI_API_KEY is not set"
    assert str(row(models, "smollm2-135m")["price"]).startswith("≈ ")
    monkeypatch.setenv("OPENAI_API_KEY", "canary-value")
    models.run()
    assert row(models, "gpt-4o-mini")["key"] == "✓ OPENAI_API_KEY"


def test_a_key_is_never_on_the_page(models: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-value")
    models.run()
    assert "canary-value" not in str(models.main)
    assert "canary-value" not in models.dataframe[0].value.to_string()


def test_a_test_call_shows_the_answer_and_what_it_took(models: AppTest, stub: Stub) -> None:
    stub.will(says("Hello from the test."))
    models.button(key="test:stub").click().run()
    assert not models.exception
    assert models.code[0].value == "Hello from the test."
    assert any("5 tokens in · 2 out · \\$0\\.000009" in caption.value for caption in models.caption)


def test_a_test_call_that_fails_says_why(models: AppTest, stub: Stub) -> None:
    stub.will(fails(401, "wrong key"))
    models.button(key="test:stub").click().run()
    assert not models.exception
    assert "wrong key" in models.error[0].value


def test_a_model_that_was_added_is_removed(models: AppTest, space: Workspace) -> None:
    models.button(key="remove:stub").click().run()
    assert not models.exception
    assert "stub" not in space.catalogue
    assert "is removed" in models.info[0].value


def test_the_dialog_of_a_model_shows_its_entry(models: AppTest, stub: Stub) -> None:
    models.button(key="edit:stub").click().run()
    assert not models.exception
    assert models.text_input(key="model:stub:url").value == stub.base_url
    assert models.number_input(key="model:stub:out").value == 2.0


def test_the_dialog_shows_what_is_known_of_size_and_licence(models: AppTest, space: Workspace) -> None:
    traits = ModelTraits(parameters_b=7.0, released_on=date(2025, 4, 28), licence="apache-2.0")
    space.storage.models.put(space.catalogue.entry("stub").model_copy(update={"traits": traits}))
    space.refresh_catalogue(look_around=False)
    models.button(key="edit:stub").click().run()
    assert models.number_input(key="model:stub:size").value == 7.0
    assert models.date_input(key="model:stub:day").value == date(2025, 4, 28)
    assert models.text_input(key="model:stub:licence").value == "apache-2.0"
