"""Right are the right tools, called with the right arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError, DocumentError
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed, judged, shown
from pipelines.tool_syntax import ToolCall, read_calls
from pipelines.value import Answer

Wanted = tuple[str, Mapping[str, list[Any]]]
"""A tool with the allowed values of each argument; an empty text among them makes the argument optional."""

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "float": (float, int),
    "number": (float, int),
    "boolean": (bool,),
    "array": (list,),
    "tuple": (list,),
    "dict": (dict,),
    "object": (dict,),
}


class ToolCallMatch(Scorer):
    """Compares the tool calls in the answer with the allowed ones: names, parameters, types and values.

    The row's `possible_answers` lists what is wanted, as `{"tool": {"parameter": [allowed values]}}` (an empty text
    among the values makes the parameter optional) or as the text of a call; without it the references are calls.
    `functions` of the row gives types and required parameters. The order of the calls does not count. An answer without
    a call is right where the list is empty.

    Source: the AST check of BFCL (Patil et al., 2025, section 4.1): one pair of calls after the other, texts without
    case, spaces and the signs `,./-_*^'"`; simplified for languages other than Python.
    """

    title: ClassVar[str] = "Tool call"
    need: ClassVar[ScorerNeed] = "nothing"

    kind: Literal["tool_call"] = "tool_call"
    partial: bool = Field(
        default=False, description="Give the share of the calls that are right, instead of all or nothing."
    )

    def lack(self, example: Example) -> str | None:
        """Returns `the right calls` where the row has neither `possible_answers` nor references."""
        known = example.references or isinstance(example.extra.get("possible_answers"), list)
        return None if known else "the right calls"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where each wanted call is made and no other, else 0 or the share.

        Raises:
            ConfigurationError: if the row does not say which calls are right.
        """
        del bench
        wanted = list(_wanted(example))
        try:
            calls = list(read_calls(answer.text))
        except DocumentError as error:
            return judged(float(not wanted), "no call, as expected" if not wanted else str(error))
        if not wanted:
            return judged(0.0, f"expected no call, found {calls[0].name}")
        functions = _functions(example)
        total = max(len(wanted), len(calls))
        problems = list(_unmatched(wanted, calls, functions))
        right = len(wanted) - len(problems)
        if right == total:
            return judged(1.0, "the right call" if total == 1 else f"all {total} calls are right")
        reason = problems[0] if problems else f"expected {len(wanted)} calls, found {len(calls)}"
        return judged(right / total if self.partial else 0.0, reason)


def _wanted(example: Example) -> Iterator[Wanted]:
    listed = example.extra.get("possible_answers")
    if isinstance(listed, list):
        for part in listed:
            if isinstance(part, str):
                yield from _said(example, part)
                continue
            if not isinstance(part, dict) or len(part) != 1 or not isinstance(next(iter(part.values())), dict):
                raise ConfigurationError(
                    f"A wanted call of the row '{example.id}' is {shown(str(part))}; it must be"
                    ' {"tool": {"parameter": [allowed values]}}.'
                )
            name, arguments = next(iter(part.items()))
            yield name, {key: value if isinstance(value, list) else [value] for key, value in arguments.items()}
        return
    yield from _said(example, next(iter(example.references), ""))


def _said(example: Example, text: str) -> Iterator[Wanted]:
    """Yields the calls that a text makes, each argument with its one value."""
    try:
        calls = read_calls(text)
    except DocumentError as error:
        raise ConfigurationError(f"The row '{example.id}' does not say which calls are right. {error}") from error
    yield from ((call.name, {key: [value] for key, value in call.arguments.items()}) for call in calls)


def _functions(example: Example) -> Mapping[str, Mapping[str, Any]]:
    """Returns the parameters of each tool by its name."""
    listed = example.extra.get("functions")
    found = {}
    for part in listed if isinstance(listed, list) else [listed]:
        inner = part.get("function", part) if isinstance(part, dict) else {}
        parameters = inner.get("parameters") if isinstance(inner, dict) else None
        if isinstance(parameters, dict) and isinstance(inner.get("name"), str):
            found[inner["name"]] = parameters
    return found


def _unmatched(wanted: list[Wanted], calls: list[ToolCall], functions: Mapping[str, Any]) -> Iterator[str]:
    """Yields a sentence for each wanted call that no call makes; each call makes one."""
    free = list(calls)
    for name, arguments in wanted:
        problems = [_problem(name, arguments, call, functions.get(name, {})) for call in free]
        if None in problems:
            free.pop(problems.index(None))
            continue
        same_tool = [problem for problem, call in zip(problems, free, strict=True) if problem and _is(call, name)]
        others = ", ".join(dict.fromkeys(call.name for call in calls))
        yield same_tool[0] if same_tool else f"expected a call of {name}, found {shown(others)}"


def _is(call: ToolCall, name: str) -> bool:
    return call.name == name or call.name.replace(".", "_") == name.replace(".", "_")


def _problem(name: str, allowed: Mapping[str, list[Any]], call: ToolCall, parameters: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with the call as the wanted one, or None."""
    if not _is(call, name):
        return f"expected a call of {name}, found {call.name}"
    given = _with_names(call.arguments, parameters, allowed)
    needed = [key for key, values in allowed.items() if "" not in values]
    declared = parameters.get("required")
    needed += [key for key in declared if key in allowed] if isinstance(declared, list) else []
    missing = next((key for key in needed if key not in given), None)
    if missing is not None:
        return f"{name}: the parameter {missing} is missing"
    properties = parameters.get("properties")
    for key, value in given.items():
        if key not in allowed:
            return f"{name}: the parameter {key} is not expected"
        declared_as = properties.get(key) if isinstance(properties, dict) else None
        if isinstance(declared_as, dict) and not _has_type(value, str(declared_as.get("type", "any"))):
            return f"{name}: {key} must be of type {declared_as.get('type')}, found {shown(str(value))}"
        if not any(_equal(value, one) for one in allowed[key]):
            return f"{name}: expected {key} = {shown(str(allowed[key][0]))}, found {shown(str(value))}"
    return None


def _with_names(
    arguments: Mapping[str, Any], parameters: Mapping[str, Any], allowed: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the arguments by name; those without one take the names in the order of the declaration."""
    properties = parameters.get("properties")
    names = list(properties) if isinstance(properties, dict) else list(allowed)
    return {names[int(key)] if key.isdecimal() and int(key) < len(names) else key: v for key, v in arguments.items()}


def _has_type(value: Any, declared: str) -> bool:
    wanted = _TYPES.get(declared)
    if wanted is None:
        return True
    return isinstance(value, bool) == (declared == "boolean") and isinstance(value, wanted)


def _equal(found: Any, allowed: Any) -> bool:
    if isinstance(found, str) and isinstance(allowed, str):
        return _plain(found) == _plain(allowed)
    if isinstance(found, bool) or isinstance(allowed, bool):
        return found is allowed
    if isinstance(found, list) and isinstance(allowed, list):
        return len(found) == len(allowed) and all(map(_equal, found, allowed))
    if isinstance(found, dict) and isinstance(allowed, dict):
        return _equal_objects(found, allowed)
    return bool(found == allowed)


def _equal_objects(found: dict[str, Any], allowed: dict[str, Any]) -> bool:
    """Compares objects; BFCL lists the allowed values of each key, a plain value is the only allowed one."""
    values = {key: value if isinstance(value, list) else [value] for key, value in allowed.items()}
    if any(key not in values for key in found) or any(k not in found and "" not in v for k, v in values.items()):
        return False
    return all(any(_equal(value, one) for one in [*values[key], allowed[key]]) for key, value in found.items())


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character not in " ,./-_*^'\"")
