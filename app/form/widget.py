"""The widgets that edit one plain value; each takes what the configuration holds, however wrong, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from app.form.choice import Choices
from app.form.documents import document_set_widget
from app.form.spec import FieldSpec

Widget = Callable[[FieldSpec, Any, str, Choices], Any]
CONDITION_HINT: Final = (
    "Speak of `text`, `length` (characters), `words`, `language` and `tags`, for example "
    "`length > 200`, `language == 'de'`, `'vip' in tags`, `text =~~ '(?i)python'`; join with `and`, `or`, `not`."
)


def text_widget(field: FieldSpec, value: Any, key: str, _: Choices) -> Any:
    """Edits a text on one line; empty is None where the field may be empty."""
    shown = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    found = st.text_input(field.title, value=shown, key=key, help=field.help or None, max_chars=field.max_length)
    return _said(field, value, shown, found)


def prompt_widget(field: FieldSpec, value: Any, key: str, _: Choices) -> Any:
    """Edits a text on several lines."""
    shown = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    height = min(320, max(90, 24 * (shown.count("\n") + len(shown) // 42 + 2)))
    found = st.text_area(field.title, value=shown, key=key, help=field.help or None, height=height)
    return _said(field, value, shown, found)


def condition_widget(field: FieldSpec, value: Any, key: str, _: Choices) -> Any:
    """Edits a safe expression, with a hint at what it may speak of."""
    shown = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    found = st.text_input(field.title, value=shown, key=key, help=CONDITION_HINT, placeholder="length > 200")
    return _said(field, value, shown, found)


def lines_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Edits a list of texts, one a line."""
    if not isinstance(value, list | tuple) or not all(isinstance(line, str) and "\n" not in line for line in value):
        return json_widget(field, value, key, choices)
    height = min(240, max(80, 26 * (len(value) + 1)))
    found = st.text_area(f"{field.title} (one a line)", "\n".join(value), height, key=key, help=field.help or None)
    return [line.strip() for line in found.splitlines() if line.strip()]


def json_widget(field: FieldSpec, value: Any, key: str, _: Choices) -> Any:
    """Edits any value as JSON text; text that is not JSON stays as it was typed."""
    empty = value is None or value == "" or (value == {} and not field.nullable)
    shown = "" if empty else value if isinstance(value, str) else json.dumps(value, indent=2)
    found = st.text_area(
        f"{field.title} (JSON)" if "JSON" not in field.title else field.title,
        value=shown,
        key=key,
        help=field.help or None,
        height=min(320, max(90, 24 * (shown.count("\n") + 2))),
    )
    if found == shown and value is not None:
        return value
    if not found.strip():
        return None if field.nullable else field.default
    try:
        return json.loads(found)
    except ValueError:
        return found


def number_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Edits a number inside its limits; one outside them, or something else, is edited as text."""
    whole = field.widget == "integer"
    kind = int if whole else float
    right = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    if not right or (value is not None and not _inside(field, value)) or (whole and isinstance(value, float)):
        return _number_of(text_widget(field, value, key, choices), kind)
    step = 1 if whole else 0.05 if (field.maximum or 0) == 1 else 0.1 if (field.maximum or 0) == 2 else 0.01
    options: dict[str, Any] = {
        "min_value": None if field.minimum is None else kind(field.minimum),
        "max_value": None if field.maximum is None else kind(field.maximum),
        "value": None if value is None else kind(value),
        "step": kind(step),
        "format": None if whole else "%g",
        "placeholder": "not set" if field.nullable else None,
    }
    return st.number_input(field.title, key=key, help=field.help or None, **options)


def switch_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Edits a yes or no."""
    if not isinstance(value, bool):
        return json_widget(field, value, key, choices)
    return st.toggle(field.title, value=value, key=key, help=field.help or None)


def select_widget(field: FieldSpec, value: Any, key: str, _: Choices) -> Any:
    """Chooses one of the values that a field allows; a value that is not allowed is offered too, so that it shows."""
    return _one_of(field, value, key, field.choices, {})


def several_widget(field: FieldSpec, value: Any, key: str, _: Choices) -> Any:
    """Chooses some of the values that a field allows."""
    chosen = list(value) if isinstance(value, list | tuple) else []
    options = [*field.choices, *(item for item in chosen if item not in field.choices)]
    return st.multiselect(field.title, options, default=chosen, key=key, help=field.help or None)


def model_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Chooses a model of the catalogue, or none for the default model."""
    known = choices.default_model if choices.default_model in choices.models else None
    default = f"Default model ({known})" if known else "Default model (not in the catalogue)"
    return _one_of(field, value, key, (None, *choices.models), {None: default})


def pipeline_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Chooses a saved pipeline."""
    return _one_of(field, value or "", key, ("", *choices.pipelines), {"": "Choose a pipeline"})


def router_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Chooses a trained router; one that is pinned to a version by hand stays so."""
    name, pinned, version = value.partition("@") if isinstance(value, str) else ("", "", "")
    kept = {value: f"{name}, version {version}"} if pinned and version.isdecimal() and name in choices.routers else {}
    titles = {"": "Choose a trained router", **kept}
    return _one_of(field, value or "", key, ("", *choices.routers, *kept), titles)


def branch_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Chooses one of the branches of the same record, or none."""
    return _one_of(field, value, key, (None, *choices.branches), {None: "No default branch"})


def _one_of(field: FieldSpec, value: Any, key: str, options: tuple[Any, ...], titles: Mapping[Any, str]) -> Any:
    offered = list(options) if value in options else [*options, value]

    def title(place: int) -> str:
        option = offered[place]
        return titles.get(option, str(option)) if option in options else f"{option} (not available)"

    # Places stand for the options: Streamlit takes None for "nothing chosen", and it is an option here.
    places = range(len(offered))
    return offered[st.selectbox(field.title, places, offered.index(value), title, key=key, help=field.help or None)]


def _said(field: FieldSpec, value: Any, shown: str, found: str) -> Any:
    """Returns the text, or the value itself where it is no text and was left as it is."""
    if found == shown and value is not None:
        return value
    return None if field.nullable and not found else found


def _inside(field: FieldSpec, value: float) -> bool:
    above = field.minimum is None or value >= field.minimum
    return above and (field.maximum is None or value <= field.maximum)


def _number_of(text: Any, kind: type[int] | type[float]) -> Any:
    try:
        return kind(text)
    except (TypeError, ValueError):
        return text


WIDGETS: Final[Mapping[str, Widget]] = {
    "text": text_widget,
    "prompt": prompt_widget,
    "condition": condition_widget,
    "lines": lines_widget,
    "json": json_widget,
    "number": number_widget,
    "integer": number_widget,
    "switch": switch_widget,
    "select": select_widget,
    "several": several_widget,
    "model": model_widget,
    "pipeline": pipeline_widget,
    "router": router_widget,
    "branch": branch_widget,
    "document_set": document_set_widget,
}
