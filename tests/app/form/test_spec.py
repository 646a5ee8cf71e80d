"""What a form reads in a class."""

from __future__ import annotations

import pytest

from app.form.spec import blank, form_fields
from app.form.widget import WIDGETS
from pipelines.node import Node
from pipelines.nodes import node_kinds

KINDS = sorted(node_kinds().values(), key=lambda cls: cls.kind)


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
def test_every_field_of_a_kind_has_a_widget_and_a_help_text(cls: type[Node]) -> None:
    drawn = {"record", "variant", "records", *WIDGETS}
    assert [field.name for field in form_fields(cls)] == list(cls.model_fields)
    assert [field.name for field in form_fields(cls) if field.widget not in drawn or not field.help] == []


def test_a_field_knows_its_limits_its_default_and_whether_it_may_be_empty() -> None:
    fields = {field.name: field for field in form_fields(node_kinds()["cascade"])}
    assert (fields["samples"].widget, fields["samples"].minimum, fields["samples"].maximum) == ("integer", 2, 20)
    assert (fields["threshold"].widget, fields["threshold"].default) == ("number", 0.7)
    assert (fields["model"].widget, fields["model"].nullable) == ("model", True)
    assert fields["rule"].choices == ("mean_logprob", "self_rating", "agreement", "schema")


def test_a_nested_record_brings_its_fields() -> None:
    sampling = {field.name: field for field in form_fields(node_kinds()["expert"])}["sampling"]
    assert sampling.widget == "record"
    assert [field.name for field in sampling.fields] == ["temperature", "top_p", "max_tokens", "stop"]


def test_a_choice_between_records_brings_the_fields_of_each() -> None:
    strategy = {field.name: field for field in form_fields(node_kinds()["model_router"])}["strategy"]
    assert (strategy.widget, strategy.tag) == ("variant", "kind")
    assert [field.name for field in strategy.variants["similarity"]] == ["top_k"]


def test_the_default_of_a_router_is_one_of_its_branches() -> None:
    fields = {field.name: field.widget for field in form_fields(node_kinds()["rule_router"])}
    assert fields == {"branches": "records", "mode": "select", "default": "branch"}


def test_a_new_record_holds_defaults_and_emptiness() -> None:
    branches = form_fields(node_kinds()["semantic_router"])[0]
    assert blank(branches.fields) == {"name": "", "description": "", "examples": []}


def test_a_title_made_of_a_name_is_written_like_a_sentence() -> None:
    titles = [field.title for field in form_fields(node_kinds()["retriever"])]
    assert "Top k" in titles
    assert "Chunk Words" not in titles
