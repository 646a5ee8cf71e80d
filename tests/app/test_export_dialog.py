"""The dialog that exports a pipeline, drawn by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.state import workspace

TIMEOUT_S = 60


def page(slug: str) -> None:
    from app.export_dialog import draw_export
    from app.template import templates

    draw_export(templates()[slug], slug)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ROUTELOOM_HOME", str(tmp_path))
    st.cache_resource.clear()
    space = workspace()
    yield
    st.cache_resource.clear()
    space.close()


def opened(slug: str, form: str) -> AppTest:
    at = AppTest.from_function(page, args=(slug,), default_timeout=TIMEOUT_S).run()
    assert not at.exception
    at.get("button_group")[0].set_value(form).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("form", ["json", "svg", "png", "mermaid"])
def test_every_form_offers_a_download(home: None, form: str) -> None:
    at = opened("cascade", form)
    assert len(at.get("download_button")) == 1
    assert not at.error


def test_a_program_comes_with_what_the_person_has_to_see_to(home: None) -> None:
    at = opened("single-expert", "python")
    assert len(at.get("download_button")) == 1
    assert at.warning[0].value.replace("\\", "").startswith("The model 'smollm2-135m' runs inside Routeloom.")


def test_what_is_not_exact_is_downloaded_only_when_asked(home: None) -> None:
    at = opened("rag-or-long-context", "python")
    assert len(at.error) == 2
    assert not at.get("download_button")
    at.checkbox[0].check().run()
    assert len(at.get("download_button")) == 1
    assert len(at.error) == 2
