"""Reads JSON and YAML of strangers within limits, and takes single values out of them without trusting their types."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from pipelines.document import MAX_BYTES, MAX_DEPTH
from pipelines.error import DocumentError
from pipelines.gateway.key import redact

MAX_ITEMS = 400_000
MAX_ALIASES = 1_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def parsed_file(raw: bytes) -> Any:
    """Returns the content of a JSON or YAML file; nothing in it is executed, fetched or opened.

    Raises:
        DocumentError: if it is neither, or too large, too deep or too intricate.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"The file has {len(raw):,} bytes; a pipeline may have at most {MAX_BYTES:,}.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("The file is not JSON or YAML: it is not text in UTF-8.") from error
    content = _json(text) if text.lstrip()[:1] in ("{", "[", "") else _yaml(text)
    _refuse_bulk(content)
    return content


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise DocumentError("The file is not JSON: it is nested too deeply.") from error
    except ValueError as error:
        raise DocumentError(f"The file is not JSON: {error}.") from error


def _yaml(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # The events come one by one, so that depth and aliases are known before anything is built of them.
        _refuse_intricate(yaml.parse(text, loader))
        return yaml.load(text, loader)  # noqa: S506 - one of the two safe loaders
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" in line {place.line + 1}" if place else ""
        raise DocumentError(f"The file is neither JSON nor YAML{where}.") from error


def _refuse_intricate(events: Any) -> None:
    depth = aliases = 0
    for items, event in enumerate(events):
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        aliases += name == "AliasEvent"
        # The stream and the document are two levels of their own.
        if depth > MAX_DEPTH + 2:
            raise DocumentError(f"The file is nested deeper than {MAX_DEPTH} levels.")
        if items > 2 * MAX_ITEMS or aliases > MAX_ALIASES:
            raise DocumentError(f"The file has more than {MAX_ITEMS:,} parts or {MAX_ALIASES:,} aliases.")


def _refuse_bulk(content: object) -> None:
    """Refuses what is too deep or too much when every alias is written out; a loop of aliases is too deep."""
    waiting: list[tuple[object, int]] = [(content, 0)]
    seen = 0
    while waiting:
        item, depth = waiting.pop()
        seen += 1
        if seen > MAX_ITEMS:
            raise DocumentError(f"The file has more than {MAX_ITEMS:,} parts.")
        if depth > MAX_DEPTH:
            raise DocumentError(f"The file is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(item, dict):
            waiting += [(part, depth + 1) for part in item.values()]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]


def mapping_of(value: object) -> Mapping[str, Any]:
    """Returns the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """Returns the value if it is a list, the list in the value if it is JSON text, else an empty one."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    return value if isinstance(value, list) else []


def objects_of(value: object) -> list[Mapping[str, Any]]:
    """Returns the objects in a list."""
    return [item for item in list_of(value) if isinstance(item, dict)]


def text_of(value: object) -> str:
    """Returns text or a plain number as text, without control characters, half characters and what looks like a key."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    try:
        text = str(value)
    except ValueError:
        return ""
    text = _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")
    return redact(text)


def line_of(value: object, length: int = 200) -> str:
    """Returns the value as one line of at most `length` characters."""
    return " ".join(text_of(value).split())[:length]


def number_of(value: object) -> float | None:
    """Returns the value as a finite number, or None; files often hold numbers as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
