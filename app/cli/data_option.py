"""What the options of `routeloom data` mean: files, columns, fractions, versions."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.cli.home import load_config
from pipelines.error import DocumentError

if TYPE_CHECKING:
    from pipelines.data.intake import Source
    from pipelines.data.mapping import ColumnMapping

HUB: Final = "hf:"


def content_of(file: str) -> tuple[bytes, str]:
    """Returns the bytes of a file, of standard input or of a data set of the Hugging Face hub, and a file name.

    Raises:
        NotFound: if there is no such file.
        DocumentError: if it cannot be read, or is too large.
    """
    from app.data.take import read_file

    if file == "-":
        return sys.stdin.buffer.read(), ""
    if file.startswith(HUB):
        from pipelines.data.hub import fetch_hub

        return fetch_hub(file.removeprefix(HUB), load_config().allowed_hosts)
    return read_file(Path(file)), Path(file).name


def meaning_of(source: Source, given: list[str], group: str | None) -> ColumnMapping | None:
    """Returns what the columns of a table mean: what was given, and beside it what is guessed; None for other formats.

    Raises:
        DocumentError: if a meaning cannot be read, or was given where the format knows its columns.
    """
    from app.data.take import completed

    fields = columns_of(given) | ({} if group is None else {"group": group})
    if not source.mapped:
        if fields:
            raise DocumentError(
                f"The format '{source.title}' knows what its columns are; leave --map and --group out, or choose a"
                " table with --format."
            )
        return None
    return completed(source, fields)


def columns_of(given: list[str]) -> dict[str, Any]:
    """Returns the columns by what they mean, from texts such as `query=question,references=a+b`.

    Raises:
        DocumentError: if a text is not of that form.
    """
    from pipelines.data.mapping import ColumnMapping

    found: dict[str, Any] = {}
    for part in (part for text in given for part in re.split(r",(?=\w+=)", text)):
        field, equals, value = part.partition("=")
        if not equals or field not in ColumnMapping.model_fields or not value:
            known = ", ".join(ColumnMapping.model_fields)
            raise DocumentError(f"--map has '{part}'; it is FIELD=COLUMN, and the fields are {known}.")
        several = field in ("references", "choices", "documents", "tags", "extra")
        found[field] = tuple(value.split("+")) if several else value
    return found


def fractions_of(text: str) -> dict[str, float]:
    """Returns the splits with their fractions.

    Raises:
        DocumentError: if the text is not NAME=FRACTION, parted by commas.
    """
    found = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or not re.fullmatch(r"[0-9.]+", value):
            raise DocumentError(f"--into has '{part}'; it is NAME=FRACTION, such as train=0.8,test=0.2.")
        try:
            found[name] = float(value)
        except ValueError:
            raise DocumentError(f"--into has '{part}'; '{value}' is no number.") from None
    return found


def reference_of(text: str) -> tuple[str, int | None]:
    """Returns name and version of a data set; no version means the current one.

    Raises:
        DocumentError: if what follows the @ is no number.
    """
    name, at, version = text.partition("@")
    if at and not version.isdecimal():
        raise DocumentError(f"'{text}' is not a data set; it is NAME or NAME@VERSION, such as {name}@2.")
    return name, int(version) if at else None
