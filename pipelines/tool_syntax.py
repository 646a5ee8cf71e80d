"""Reads calls of tools from the text of a model, as JSON or as Python calls; nothing is evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any, Final

from pydantic import Field

from pipelines.error import DocumentError
from pipelines.prompt import shortened
from pipelines.record import Record
from pipelines.schema import parse_json

MAX_CHARACTERS: Final = 20_000
MAX_CALLS: Final = 100
_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_TAG = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)
_CALL_LINE = re.compile(r"^\s*\[?\s*[A-Za-z_][\w.]*\(.*\)\s*\]?\s*;?\s*$", re.MULTILINE)
_CONSTANTS = {"true": True, "false": False, "null": None, "none": None}


class ToolCall(Record):
    """Is one call of a tool: its name and its arguments by name; arguments without a name have their number."""

    name: str = Field(max_length=500)
    arguments: dict[str, Any] = Field(default_factory=dict)


def read_calls(text: str) -> tuple[ToolCall, ...]:
    """Returns the calls in the text of a model.

    Reads `[f(a=1), g()]`, one call a line, `{"name": "f", "arguments": {...}}` alone or in a list, the form of the
    OpenAI interface (`function` with `arguments` as text), `{"f": {...}}`, and `<tool_call>` tags; in a code fence too.

    Raises:
        DocumentError: if no call can be read.
    """
    shown = text[:MAX_CHARACTERS].strip()
    tagged = _TAG.findall(shown)
    if tagged:
        return tuple(call for part in tagged for call in read_calls(part.replace("<tool_call>", "")))[:MAX_CALLS]
    for candidate in (shown, *_FENCE.findall(shown), "\n".join(_CALL_LINE.findall(shown))):
        for read in (_from_python, _from_json):
            calls = read(candidate.strip())
            if calls:
                return calls[:MAX_CALLS]
    raise DocumentError(f"Found no tool call in '{shortened(shown, 80)}'.")


def _from_json(text: str) -> tuple[ToolCall, ...] | None:
    try:
        data = parse_json(text)
    except DocumentError:
        return None
    if isinstance(data, dict) and isinstance(data.get("tool_calls"), list):
        data = data["tool_calls"]
    calls = [_json_call(part) for part in (data if isinstance(data, list) else [data])]
    return tuple(call for call in calls if call) if all(calls) else None


def _json_call(data: Any) -> ToolCall | None:
    if not isinstance(data, dict):
        return None
    inner = data["function"] if isinstance(data.get("function"), dict) else data
    name = inner.get("name", inner.get("function"))
    arguments: Any = next((inner[key] for key in ("arguments", "parameters", "args") if key in inner), {})
    if not isinstance(name, str):
        if len(inner) != 1:
            return None
        name, arguments = next(iter(inner.items()))
    if isinstance(arguments, str):
        try:
            arguments = parse_json(arguments)
        except DocumentError:
            return None
    return ToolCall(name=name[:500], arguments=arguments) if isinstance(arguments, dict) else None


def _from_python(text: str) -> tuple[ToolCall, ...] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    parts: list[ast.expr] = []
    for statement in tree.body:
        if not isinstance(statement, ast.Expr):
            return None
        value = statement.value
        parts += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    try:
        return tuple(_python_call(part) for part in parts) or None
    except (TypeError, ValueError, RecursionError):
        return None


def _python_call(part: ast.expr) -> ToolCall:
    if not isinstance(part, ast.Call):
        raise TypeError("no call")
    named = {keyword.arg: _literal(keyword.value) for keyword in part.keywords if keyword.arg is not None}
    if len(named) != len(part.keywords):
        raise ValueError("arguments that are spread or given twice")
    placed = {str(place): _literal(value) for place, value in enumerate(part.args)}
    return ToolCall(name=_dotted(part.func)[:500], arguments=placed | named)


def _dotted(part: ast.expr) -> str:
    if isinstance(part, ast.Name):
        return part.id
    if isinstance(part, ast.Attribute):
        return f"{_dotted(part.value)}.{part.attr}"
    raise ValueError("no name")


def _literal(part: ast.expr) -> Any:
    """Returns the value of a literal; JSON's `true`, `false` and `null` are known too."""
    if isinstance(part, ast.Name) and part.id in _CONSTANTS:
        return _CONSTANTS[part.id]
    if isinstance(part, ast.List | ast.Tuple):
        return [_literal(item) for item in part.elts]
    if isinstance(part, ast.Dict):
        if any(key is None for key in part.keys):
            raise ValueError("a spread object")
        return {str(_literal(key)): _literal(value) for key, value in zip(part.keys, part.values, strict=True) if key}
    value = ast.literal_eval(part)
    if not isinstance(value, str | int | float | bool | None):
        raise TypeError("no JSON value")
    return value
