"""The forms of the node kinds, drawn and filled in."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.form.form import Filled, find_errors
from pipelines.node import Node
from pipelines.nodes import node_kinds
from tests.app.form.form_page import page

KINDS = sorted(node_kinds().values(), key=lambda cls: cls.kind)
JUNK: list[Any] = ["text", -7, [1, {"a": None}], True, {"b": [2]}, 1e300, "", [{"name": 5}]]
TWO_RULES = {
    "branches": [{"name": "code", "condition": "length > 5"}, {"name": "chat", "condition": "length > 1"}],
    "default": "chat",
}


def draw(kind: str, config: dict[str, Any]) -> AppTest:
    at = AppTest.from_function(page, default_timeout=60)
    at.session_state["kind"] = kind
    at.session_state["config"] = config
    return at.run()


def filled(at: AppTest) -> Filled:
    assert not at.exception
    found: Filled = at.session_state["filled"]
    return found


def holds(value: Any, junk: Any) -> bool:
    """Says whether the junk is still there; a record may have gained its other fields."""
    return value == junk or (isinstance(junk, dict) and junk.items() <= value.items())


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
def test_the_form_of_every_kind_gives_back_its_defaults(cls: type[Node]) -> None:
    result = filled(draw(cls.kind, {}))
    assert result.errors == {}
    assert cls.model_validate(result.values) == cls()


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
@pytest.mark.parametrize("start", [0, 3])
def test_the_form_of_every_kind_shows_any_junk_and_loses_none_of_it(cls: type[Node], start: int) -> None:
    config = {name: JUNK[(start + place) % len(JUNK)] for place, name in enumerate(cls.model_fields)}
    result = filled(draw(cls.kind, config))
    wrong = {str(place[0]) for place in find_errors(cls, config)}
    assert {str(place[0]) for place in result.errors} == wrong
    assert [name for name in wrong if not holds(result.values[name], config[name])] == []


def test_what_is_filled_in_is_the_new_configuration() -> None:
    at = draw("expert", {"system_prompt": "Be brief."})
    at.selectbox(key="form:0:model").select("large")
    at.text_area(key="form:0:prompt_template").set_value("Say {query}")
    at.number_input(key="form:0:sampling:temperature").set_value(0.4)
    at.toggle(key="form:0:logprobs").set_value(True)
    result = filled(at.run())
    assert result.errors == {}
    changed = {name: result.values[name] for name in ("model", "system_prompt", "prompt_template", "logprobs")}
    assert changed == {
        "model": "large",
        "system_prompt": "Be brief.",
        "prompt_template": "Say {query}",
        "logprobs": True,
    }
    assert result.values["sampling"]["temperature"] == 0.4


def test_a_field_that_stays_at_its_default_is_not_written_into_the_configuration() -> None:
    at = draw("expert", {})
    assert filled(at).values == {}
    at.toggle(key="form:0:logprobs").set_value(True)
    assert filled(at.run()).values == {"logprobs": True}


def test_text_that_is_not_json_stays_and_the_field_says_why() -> None:
    at = draw("expert", {})
    at.text_area(key="form:0:response_schema").set_value('{"type": ')
    at.toggle(key="form:0:logprobs").set_value(True)
    result = filled(at.run())
    assert result.values["response_schema"] == '{"type": '
    assert result.errors[("response_schema",)].startswith("This is not JSON: Expecting value: line 1 column 10")
    assert "response_schema" not in result.good
    assert result.good["logprobs"] is True
    assert any("This is not JSON" in element.value for element in at.markdown)


def test_a_branch_can_be_added_and_gets_a_free_name() -> None:
    at = draw("rule_router", TWO_RULES)
    at.button(key="form:0:branches:add").click()
    result = filled(at.run())
    assert [branch["name"] for branch in result.values["branches"]] == ["code", "chat", "branch_1"]


def test_a_branch_can_be_moved_and_removed() -> None:
    at = draw("rule_router", TWO_RULES)
    at.button(key="form:0:branches:1:up").click()
    moved = filled(at.run())
    assert [branch["name"] for branch in moved.values["branches"]] == ["chat", "code"]
    at.button(key="form:1:branches:0:remove").click()
    left = filled(at.run())
    assert [branch["name"] for branch in left.values["branches"]] == ["code"]


def test_the_default_branch_is_chosen_among_the_branches() -> None:
    at = draw("rule_router", TWO_RULES)
    assert at.selectbox(key="form:0:default").options == ["No default branch", "code", "chat"]


@pytest.mark.parametrize(
    ("reference", "offered"),
    [
        ("crafts", ["Choose a trained router", "crafts"]),
        ("crafts@3", ["Choose a trained router", "crafts", "crafts, version 3"]),
        ("ghost@3", ["Choose a trained router", "crafts", "ghost@3 (not available)"]),
        ("crafts@x", ["Choose a trained router", "crafts", "crafts@x (not available)"]),
    ],
)
def test_a_router_that_is_pinned_to_a_version_is_available(reference: str, offered: list[str]) -> None:
    at = draw("learned_router", {"router": reference})
    assert at.selectbox(key="form:0:router").options == offered
    assert filled(at).values["router"] == reference


def test_a_wrong_name_of_a_branch_is_told_at_its_field() -> None:
    at = draw("rule_router", TWO_RULES)
    at.text_input(key="form:0:branches:0:name").set_value("two words")
    result = filled(at.run())
    assert result.errors == {("branches", 0, "name"): "Use letters, digits, - and _, and begin with a letter."}
    assert result.values["branches"][0]["name"] == "two words"


def test_another_strategy_brings_its_own_fields() -> None:
    at = draw("model_router", {})
    at.selectbox(key="form:0:strategy:kind").select("price")
    at.run()
    at.selectbox(key="form:0:strategy:price:prefer").select("dearest")
    assert filled(at.run()).values["strategy"] == {"kind": "price", "prefer": "dearest"}


def test_a_model_that_is_gone_is_still_shown() -> None:
    at = draw("expert", {"model": "retired"})
    assert at.selectbox(key="form:0:model").options[-1] == "retired (not available)"
    assert filled(at).values["model"] == "retired"
