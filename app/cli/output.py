"""What commands write: one JSON object or plain text on standard output, sentences for a person on standard error."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import typer
from pydantic import BaseModel

from pipelines.error import ConfigurationError, DocumentError, NotFound, PipelineInvalid, RouteloomError, RunCancelled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

FAILED = 1
BAD_INPUT = 2
STOPPED = 130
_WIDTH_IN_FILES = 140
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class AlreadyThere(RouteloomError):
    """Says that something of that name exists and would have been overwritten."""


def print_json(answer: BaseModel | dict[str, Any] | list[Any]) -> None:
    """Prints the one JSON value of a command."""
    text = json.dumps(answer, default=_plain, ensure_ascii=False, indent=2, allow_nan=False)
    # Half a character, which UTF-8 cannot hold, becomes the escape that JSON has for it.
    typer.echo(text.encode("utf-8", "backslashreplace"))


def print_text(text: str) -> None:
    """Prints a result for a person or a pipe; on a terminal without control characters, which a model may have sent."""
    typer.echo(visible(text) if sys.stdout.isatty() else text)


def tell(text: str) -> None:
    """Prints a sentence for a person on standard error."""
    typer.echo(visible(text), err=True)


def visible(text: str) -> str:
    """Returns the text without the control characters that could steer a terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def cell(text: str) -> Text:
    """Returns a text as one cell of a table: no markup, no control characters, one line."""
    from rich.text import Text

    return Text(visible(" ".join(text.split())))


def console(*, stderr: bool = True) -> Console:
    """Returns a rich console that neither highlights nor reads markup, wide enough for tables in a file."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not made.is_terminal:
        made.width = max(made.width, _WIDTH_IN_FILES)
    return made


def tell_failure(error: RouteloomError | typer.TyperException, *, as_json: bool) -> int:
    """Says what failed in one sentence, on standard output too where JSON was asked for, and returns the exit code."""
    kind, message = _named(error)
    if as_json:
        details: dict[str, Any] = {"kind": kind, "message": message}
        if isinstance(error, PipelineInvalid):
            details["problems"] = list(error.problems)
        print_json({"error": details})
    tell(f"Error: {message}")
    if isinstance(error, PipelineInvalid):
        for problem in error.problems[1:]:
            tell(f"       {problem}")
    return _code(error)


def _named(error: RouteloomError | typer.TyperException) -> tuple[str, str]:
    if isinstance(error, typer.TyperException):
        format_message = getattr(error, "format_message", error.__str__)
        context = getattr(error, "ctx", None)
        hint = f" Try '{context.command_path} --help'." if context else ""
        return "UsageError", f"{format_message()}{hint}"
    if isinstance(error, PipelineInvalid):
        return "PipelineInvalid", f"The pipeline cannot run: {error.problems[0]}"
    return type(error).__name__, str(error)


def _code(error: Exception) -> int:
    if isinstance(error, RunCancelled):
        return STOPPED
    asked = (typer.TyperException, DocumentError, PipelineInvalid, NotFound, ConfigurationError, AlreadyThere)
    is_input = isinstance(error, asked)
    return BAD_INPUT if is_input else FAILED


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form.")
