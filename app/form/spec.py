"""Reads a Pydantic class as the description of a form: for each field its widget, title, limits and choices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, cast

from pydantic import BaseModel, TypeAdapter

from pipelines.field import BranchName
from pipelines.record import Record

Schema = Mapping[str, Any]
WidgetName = Literal[
    "text", "number", "integer", "switch", "select", "several", "record", "variant", "records",
    "lines", "prompt", "condition", "model", "document_set", "pipeline", "router", "json", "branch",
]  # fmt: skip
LONG_TEXT = 5_000
BRANCH_PATTERN = TypeAdapter(BranchName).json_schema()["pattern"]
OWN_WIDGETS = frozenset({"lines", "prompt", "condition", "model", "document_set", "pipeline", "router", "json"})


class FieldSpec(Record):
    """Is one field of a form.

    Attributes:
        nullable: the field may be left empty.
        default: what the field holds when the configuration does not name it; None also where it must be named.
        minimum: the smallest value, in the unit of the field.
        fields: the fields of a nested record, or of each record of a list.
        variants: for a choice between records, the fields of each by the value of its `tag` field.
    """

    name: str
    title: str
    help: str = ""
    widget: WidgetName = "text"
    nullable: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    max_items: int | None = None
    fields: tuple[FieldSpec, ...] = ()
    variants: dict[str, tuple[FieldSpec, ...]] = {}
    tag: str = ""


@cache
def form_fields(cls: type[BaseModel]) -> tuple[FieldSpec, ...]:
    """Returns the fields of the form of a class, in their order."""
    schema = cls.model_json_schema()
    return _fields(schema, schema.get("$defs", {}))


def blank(fields: tuple[FieldSpec, ...]) -> dict[str, Any]:
    """Returns a new record of these fields: the defaults, and something empty where there is none."""
    return {field.name: _empty(field) for field in fields}


def _empty(field: FieldSpec) -> Any:
    if field.default is not None or field.nullable:
        return field.default
    empties: dict[str, Any] = {"number": 0.0, "integer": 0, "switch": False, "records": [], "lines": [], "several": []}
    if field.widget == "record":
        return blank(field.fields)
    if field.widget == "select":
        return field.choices[0]
    return empties.get(field.widget, "")


def _fields(schema: Schema, definitions: Schema) -> tuple[FieldSpec, ...]:
    required = schema.get("required", ())
    return tuple(
        _field(name, part, definitions, required=name in required)
        for name, part in schema.get("properties", {}).items()
        # What has one value only is not for people to fill in.
        if "const" not in part
    )


def _field(name: str, part: Schema, definitions: Schema, *, required: bool) -> FieldSpec:
    inner, nullable = _unwrapped(part, definitions)
    widget = _widget(part, inner, definitions)
    nested: dict[str, Any] = {}
    if widget == "record":
        nested["fields"] = _fields(inner, definitions)
    elif widget == "records":
        nested["fields"] = _fields(_resolved(inner["items"], definitions), definitions)
    elif widget == "variant":
        nested = _variants(inner, definitions)
    options = inner.get("items", inner) if widget == "several" else inner
    return FieldSpec(
        name=name,
        title=_title(name, part.get("title", "")),
        help=part.get("description", ""),
        widget=widget,
        nullable=nullable,
        default=None if required else part.get("default"),
        choices=tuple(_resolved(options, definitions).get("enum", ())),
        minimum=inner.get("minimum"),
        maximum=inner.get("maximum"),
        max_length=inner.get("maxLength"),
        max_items=inner.get("maxItems"),
        **nested,
    )


def _resolved(part: Schema, definitions: Schema) -> Schema:
    reference = part.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else part


def _unwrapped(part: Schema, definitions: Schema) -> tuple[Schema, bool]:
    """Returns the schema without `| None`, and whether there was one."""
    found = part.get("anyOf")
    if not found:
        return _resolved(part, definitions), False
    rest = [option for option in found if option.get("type") != "null"]
    inner = _resolved(rest[0], definitions) if len(rest) == 1 else {"oneOf": rest}
    return inner, len(rest) < len(found)


def _widget(part: Schema, inner: Schema, definitions: Schema) -> WidgetName:
    named = part.get("widget", inner.get("widget"))
    if named in OWN_WIDGETS:
        return cast("WidgetName", named)
    if "enum" in inner:
        return "select"
    if "discriminator" in inner:
        return "variant"
    if inner.get("pattern") == BRANCH_PATTERN and "default" in part:
        return "branch"
    if inner.get("maxLength", 0) >= LONG_TEXT:
        return "prompt"
    plain: dict[str, WidgetName] = {"boolean": "switch", "integer": "integer", "number": "number", "string": "text"}
    kind = inner.get("type", "")
    if kind == "object" and "properties" in inner:
        return "record"
    if kind == "array":
        return _list_widget(_resolved(inner.get("items", {}), definitions))
    return plain.get(kind, "json")


def _list_widget(item: Schema) -> WidgetName:
    if "properties" in item:
        return "records"
    if "enum" in item:
        return "several"
    return "lines" if item.get("type") == "string" else "json"


def _variants(inner: Schema, definitions: Schema) -> dict[str, Any]:
    tag = inner["discriminator"]["propertyName"]
    found = {}
    for value, reference in inner["discriminator"]["mapping"].items():
        fields = _fields(_resolved({"$ref": reference}, definitions), definitions)
        found[value] = tuple(field for field in fields if field.name != tag)
    return {"variants": found, "tag": tag}


def _title(name: str, given: str) -> str:
    """Returns the title that the class gives, or the name in words where Pydantic made one up."""
    made_up = name.replace("_", " ").title()
    return name.replace("_", " ").capitalize() if given in ("", made_up) else given
