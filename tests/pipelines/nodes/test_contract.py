"""What every node kind keeps to, so that a new file is a palette entry, a form and a docs page without further work."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.node import GROUPS, Node, declared_services
from pipelines.nodes import node_kinds
from pipelines.value import VALUE_TYPES

KINDS = sorted(node_kinds())
ICON = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
POOL: tuple[Any, ...] = (True, False, 1, 2, 3, 7, 0.25, 0.5, 1.5, "other", "other_1", {"type": "object"}, None)


@pytest.fixture(params=KINDS)
def cls(request: pytest.FixtureRequest) -> type[Node]:
    return node_kinds()[request.param]


def test_the_folder_and_the_registry_name_the_same_kinds() -> None:
    import pipelines.nodes

    files = {path.stem for path in Path(pipelines.nodes.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(KINDS) == files
    assert {"expert", "cascade", "judge", "query_input", "answer_output"} <= files


def test_file_name_kind_and_class_name_agree(cls: type[Node]) -> None:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
    assert cls.kind == Path(inspect.getfile(cls)).stem == snake


def test_the_palette_has_title_group_icon_and_help(cls: type[Node]) -> None:
    assert cls.title
    assert cls.group in GROUPS
    assert ICON.fullmatch(cls.icon)
    help_line, _, rest = (cls.__doc__ or "").partition("\n")
    assert 20 <= len(help_line) <= 120
    assert help_line.endswith(".")
    assert re.search(r"^\s+Source: \S", rest, re.MULTILINE)


def test_the_kind_has_a_title_of_its_own() -> None:
    titles = [node_kinds()[kind].title for kind in KINDS]
    assert len(set(titles)) == len(titles)


def test_a_new_node_has_defaults_a_summary_and_repeatable_ports(cls: type[Node]) -> None:
    one, other = cls(), cls()
    assert one == other
    assert one.input_ports() == other.input_ports()
    assert one.output_ports() == other.output_ports()
    assert one.summary() == other.summary()
    assert "\n" not in one.summary()
    assert len(one.summary()) <= 100


def test_ports_have_known_types_and_unique_names(cls: type[Node]) -> None:
    for ports in (cls().input_ports(), cls().output_ports()):
        names = [port.name for port in ports]
        assert len(set(names)) == len(names)
        assert {port.type for port in ports} <= set(VALUE_TYPES)


def test_inputs_explain_themselves(cls: type[Node]) -> None:
    assert [port.name for port in cls().input_ports() if not port.help] == []


def test_side_outputs_are_outputs(cls: type[Node]) -> None:
    assert cls.side_outputs <= {port.name for port in cls().output_ports()}


def test_run_is_asynchronous_and_its_services_are_types(cls: type[Node]) -> None:
    assert inspect.iscoroutinefunction(cls.run)
    assert all(isinstance(service, type) for _, service in declared_services(cls))


def test_problems_are_sentences(cls: type[Node]) -> None:
    assert [text for text in cls().problems() if not re.fullmatch(r"[A-Z].*[.!?]", text)] == []


def test_every_field_explains_itself_in_the_form(cls: type[Node]) -> None:
    fields = cls.model_json_schema()["properties"] if cls.model_fields else {}
    assert [name for name, field in fields.items() if not field.get("title") and "$ref" not in field] == []
    assert [name for name, field in fields.items() if not field.get("description")] == []


def test_the_configuration_survives_json_with_every_field_changed(cls: type[Node]) -> None:
    changed = with_every_field_changed(cls)
    unchanged = [name for name in cls.model_fields if getattr(changed, name) == getattr(cls(), name)]
    assert unchanged == []
    assert cls.model_validate_json(changed.model_dump_json()) == changed


def test_an_unknown_field_is_refused(cls: type[Node]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        cls.model_validate({"no_such_field": 1})


def with_every_field_changed(cls: type[Node]) -> Node:
    """Returns a valid node none of whose fields has its default."""
    schema = cls.model_json_schema()
    config: dict[str, Any] = {}
    for name, field in schema.get("properties", {}).items():
        for candidate in _candidates(field, schema.get("$defs", {})):
            if _is_change(cls, name, {**config, name: candidate}):
                config[name] = candidate
                break
    return cls.model_validate(config)


def _is_change(cls: type[Node], name: str, config: dict[str, Any]) -> bool:
    try:
        return bool(getattr(cls.model_validate(config), name) != getattr(cls(), name))
    except ValidationError:
        return False


def _candidates(field: dict[str, Any], definitions: dict[str, Any]) -> Iterator[Any]:
    """Yields values that a field may take after its JSON schema, then a pool of plain ones."""
    if "$ref" in field:
        yield from _candidates(definitions[field["$ref"].rpartition("/")[2]], definitions)
    for option in (*field.get("anyOf", ()), *field.get("oneOf", ()), *field.get("allOf", ())):
        yield from _candidates(option, definitions)
    yield from (*field.get("enum", ()), *(field[bound] for bound in ("const", "minimum", "maximum") if bound in field))
    if "items" in field:
        items = list(_candidates(field["items"], definitions))
        yield from ([item] for item in items)
        yield from ([one, other] for one in items for other in items if one != other)
    if "properties" in field:
        yield from _objects(field, definitions)
    yield from POOL


def _objects(field: dict[str, Any], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    columns = {name: list(_candidates(inner, definitions)) for name, inner in field["properties"].items()}
    # The tag of a union has a default and is needed all the same.
    needed = {*field.get("required", ()), *(name for name, inner in field["properties"].items() if "const" in inner)}
    least = {name: _fitting(field["properties"][name], columns[name]) for name in sorted(needed)}
    yield least
    yield from ({**least, name: value} for name, values in columns.items() for value in values)


def _fitting(field: dict[str, Any], values: list[Any]) -> Any:
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "array": list,
        "object": dict,
    }
    wanted = kinds.get(str(field.get("type")), object)
    return next(value for value in values if isinstance(value, wanted))
