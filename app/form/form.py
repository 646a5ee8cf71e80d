"""Draws the form of a class, and says which of what was filled in is right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from pydantic import BaseModel, ValidationError
from streamlit.delta_generator import DeltaGenerator

from app.form.choice import Choices, Replaced
from app.form.record_list import draw_list
from app.form.spec import FieldSpec, blank, form_fields
from app.form.widget import WIDGETS, json_widget
from app.plain import plain

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """Is what a form holds.

    Attributes:
        values: what was filled in, right or wrong, without fields that were and are at their default.
        errors: a sentence for each wrong field, by the place of the field.
        good: the fields of `values` that are right, which is all of them where there are no errors.
        reshaped: items were added, removed or moved, so the widgets must be drawn anew with other keys.
    """

    values: dict[str, Any]
    errors: Mapping[Place, str]
    good: dict[str, Any]
    reshaped: bool


@dataclass(slots=True)
class _Sheet:
    """Collects while a form is drawn: where the error of a field goes, and whether a list changed its items."""

    choices: Choices
    slots: dict[Place, DeltaGenerator] = field(default_factory=dict)
    reshaped: bool = False


def draw_form(cls: type[BaseModel], config: Mapping[str, Any], *, key: str, choices: Choices) -> Filled:
    """Draws a widget for each field of a class with what the configuration holds, and returns what they hold now.

    The widgets keep what is typed under `key`; with another key they are filled from `config` again. Entries of
    `config` that the class does not know are kept.
    """
    sheet = _Sheet(choices)
    values = {**config, **_draw_fields(form_fields(cls), config, (), key, sheet)}
    errors = find_errors(cls, values)
    for place, message in errors.items():
        _nearest(sheet.slots, place).markdown(f":red[:material/error: {plain(message)}]")
    wrong = {place[0] for place in errors if place}
    good = {name: value for name, value in values.items() if name not in wrong}
    return Filled(values, errors, {} if errors and not wrong else good, sheet.reshaped)


def find_errors(cls: type[BaseModel], values: Mapping[str, Any]) -> dict[Place, str]:
    """Returns a sentence for each value that the class refuses, by its place; () for the record as a whole."""
    try:
        cls.model_validate(values)
    except ValidationError as error:
        return {tuple(found["loc"]): _sentence(dict(found)) for found in error.errors(include_url=False)}
    return {}


def _draw_fields(
    fields: tuple[FieldSpec, ...], values: Mapping[str, Any], place: Place, key: str, sheet: _Sheet
) -> dict[str, Any]:
    """Draws the fields and returns what they hold; one that was and is at its default is left out."""
    found: dict[str, Any] = {}
    for spec in fields:
        value = values.get(spec.name, spec.default)
        if spec.widget == "branch":
            sheet.choices = sheet.choices.with_branches(_names(found))
        drawn = _draw_field(spec, value, (*place, spec.name), f"{key}:{spec.name}", sheet)
        if spec.name in values or drawn != spec.default:
            found[spec.name] = drawn
    return found


def _draw_field(spec: FieldSpec, value: Any, place: Place, key: str, sheet: _Sheet) -> Any:
    found = _draw_value(spec, value, place, key, sheet)
    sheet.slots[place] = st.empty()
    return found


def _draw_value(spec: FieldSpec, value: Any, place: Place, key: str, sheet: _Sheet) -> Any:
    if spec.widget == "record" and isinstance(value, Mapping):
        with st.expander(spec.title, icon=":material/tune:", key=f"{key}:more"):
            return {**value, **_draw_fields(spec.fields, value, place, key, sheet)}
    if spec.widget == "variant" and isinstance(value, Mapping):
        return _draw_variant(spec, value, place, key, sheet)
    if spec.widget == "records" and isinstance(value, list | tuple) and all(isinstance(v, Mapping) for v in value):
        items, reshaped = draw_list(
            spec,
            [dict(item) for item in value],
            key,
            lambda index, item: _draw_fields(spec.fields, item, (*place, index), f"{key}:{index}", sheet),
        )
        sheet.reshaped = sheet.reshaped or reshaped
        return items
    found = WIDGETS.get(spec.widget, json_widget)(spec, value, key, sheet.choices)
    if isinstance(found, Replaced):
        sheet.reshaped = True
        return found.value
    return found


def _draw_variant(spec: FieldSpec, value: Mapping[str, Any], place: Place, key: str, sheet: _Sheet) -> dict[str, Any]:
    """Draws a choice between records: which one, and its fields."""
    options = list(spec.variants)
    present = str(value.get(spec.tag))
    offered = options if present in options else [*options, present]
    chosen = st.selectbox(
        spec.title,
        offered,
        offered.index(present),
        lambda option: option.replace("_", " ").capitalize(),
        key=f"{key}:{spec.tag}",
        help=spec.help or None,
    )
    fields = spec.variants.get(chosen, ())
    inner = dict(value) if chosen == present else {spec.tag: chosen, **blank(fields)}
    tagged = (*place, chosen)
    return {**inner, **_draw_fields(fields, inner, tagged, f"{key}:{chosen}", sheet)}


def _names(values: Mapping[str, Any]) -> tuple[str, ...]:
    lists = [value for value in values.values() if isinstance(value, list)]
    names = [item.get("name") for items in lists for item in items if isinstance(item, Mapping)]
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def _nearest(slots: Mapping[Place, DeltaGenerator], place: Place) -> DeltaGenerator:
    """Returns where the error of a place is shown: at its field, or at the field around it."""
    while place:
        if place in slots:
            return slots[place]
        place = place[:-1]
    return st.container()


def _sentence(error: Mapping[str, Any]) -> str:
    """Returns what is wrong and what is allowed, in plain words."""
    found, context = error["input"], error.get("ctx", {})
    match error["type"]:
        case "string_pattern_mismatch":
            return "Use letters, digits, - and _, and begin with a letter."
        case "missing" | "string_too_short":
            return "Fill this in."
        case "dict_type" | "model_type" if isinstance(found, str):
            return _json_fault(found)
        case "int_from_float":
            return "Use a whole number."
        case "int_type" | "float_type" | "int_parsing" | "float_parsing":
            return "Fill in a number."
        case "string_too_long" | "too_long":
            return f"This is too long; at most {context['max_length']:,} are allowed."
        case "value_error":
            said = str(context["error"]).rstrip(".")
            return f"{said[:1].upper()}{said[1:]}."
        case "extra_forbidden":
            return f"'{error['loc'][-1]}' is not a field of this form."
        case _:
            return f"{error['msg']}."


def _json_fault(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        return f"This is not JSON: {error}."
    return "Write a JSON object, in braces."
