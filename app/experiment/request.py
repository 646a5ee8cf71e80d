"""What a person asks of an experiment in a few words or in a file: pipelines, data, scorers, settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError

from app.data.take import read_file
from pipelines.error import DocumentError
from pipelines.exchange.intake.untrusted import parsed_file
from pipelines.experiment.experiment import ExperimentSettings
from pipelines.record import Record

SEVERAL: Final = ("references", "choices", "documents", "tags", "extra")
"""Meanings that several columns may have; they are joined by `+`."""


class WantedPipeline(Record):
    """Names a pipeline, and what charts and tables call it; without a label that follows from the name.

    Attributes:
        pipeline: a slug, slug@version, or a file.
    """

    pipeline: Annotated[str, Field(min_length=1)]
    label: Annotated[str, Field(min_length=1, max_length=80)] | None = None


def _named(value: Any) -> Any:
    return {"pipeline": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, (str, dict)) else value


def _columns(value: Any) -> Any:
    """Returns the meanings of columns by field, of which a file may write several as a list or joined by `+`."""
    if not isinstance(value, dict):
        return value
    return {
        field: tuple(columns.split("+")) if field in SEVERAL and isinstance(columns, str) else columns
        for field, columns in value.items()
    }


class ExperimentRequest(Record):
    """Says what is to be compared on which data; an experiment file holds exactly these fields.

    Attributes:
        data: a file, or the name of a stored data set, as `name` or `name@version`.
        columns: what the columns of a data file mean, as `query: question`; guessed if left out.
        format: of a data file, if it is not to be recognised.
        encoding: of a data file that is not UTF-8, such as cp1252.
        sample: so many examples, drawn by the seed; None takes all.
        tags: only examples with one of them.
        scorers: short forms such as `numeric:tolerance=0.01`, or records; the first gives the score that counts.
        settings: how the rows are run; in a file its fields stand beside the others.
        fail_if: the condition under which a check fails.
    """

    title: str = Field(default="", max_length=200)
    pipelines: Annotated[
        tuple[Annotated[WantedPipeline, BeforeValidator(_named)], ...], BeforeValidator(_listed), Field(max_length=100)
    ] = ()
    data: Annotated[str, Field(min_length=1)] | None = None
    columns: Annotated[dict[str, str | tuple[str, ...]], BeforeValidator(_columns)] = Field(default_factory=dict)
    format: str | None = None
    encoding: str | None = None
    sample: int | None = Field(default=None, ge=1)
    tags: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    scorers: Annotated[tuple[str | dict[str, Any], ...], BeforeValidator(_listed)] = ()
    settings: ExperimentSettings = ExperimentSettings()
    fail_if: str | None = None

    def with_changes(self, changes: dict[str, Any]) -> ExperimentRequest:
        """Returns the request with other fields; those of the settings stand beside the others.

        Raises:
            ValidationError: if one of them cannot be used.
        """
        settings = {**self.settings.model_dump(exclude_unset=True), **_of_settings(changes)}
        return ExperimentRequest.model_validate(
            {**self.model_dump(exclude_unset=True), **_of_request(changes), "settings": settings}
        )


def read_request(path: Path) -> ExperimentRequest:
    """Reads an experiment file, YAML or JSON.

    Raises:
        NotFound: if there is no such file.
        DocumentError: with the field, if it is no experiment.
    """
    try:
        content = parsed_file(read_file(path))
    except DocumentError as error:
        raise DocumentError(f"{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise DocumentError(f"{path.name} is no experiment: it holds no fields such as 'pipelines:' and 'data:'.")
    if "settings" in content:
        raise DocumentError(f"{path.name} has a field 'settings'; write its fields, such as 'seed', beside it.")
    try:
        return ExperimentRequest().with_changes({str(name): value for name, value in content.items()})
    except ValidationError as error:
        raise DocumentError(f"{path.name}, {reason_of(error)}") from None


def reason_of(error: ValidationError) -> str:
    """Returns the field and what is wrong with it, as a sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    steps = [str(step) for step in first["loc"] if step != "settings"]
    place = ".".join(step for step in steps if re.fullmatch(r"[\w-]+", step)) or "its form"
    if first["type"] == "extra_forbidden":
        known = [*(name for name in ExperimentRequest.model_fields if name != "settings"), *SETTINGS]
        return f"'{place}': there is no such field; there is {', '.join(known)}."
    return f"'{place}': {first['msg'][0].lower()}{first['msg'][1:]}."


SETTINGS: Final = tuple(ExperimentSettings.model_fields)


def _of_settings(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name in SETTINGS}


def _of_request(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name not in SETTINGS}
