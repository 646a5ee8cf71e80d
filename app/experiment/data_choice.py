"""Finds the data of a request: a stored data set, or a file, which is kept as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from app.data.take import ENDINGS, completed, data_name, put_data, read_file
from app.experiment.request import ExperimentRequest
from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.data.intake import open_source, read_source
from pipelines.data.mapping import ColumnMapping
from pipelines.error import DocumentError

if TYPE_CHECKING:
    from app.workspace import Workspace
    from storage import Storage
    from storage.data_set_info import DataSetInfo

HUB: Final = "hf:"


def data_of(space: Workspace, request: ExperimentRequest, folder: Path) -> tuple[DataSetInfo, tuple[Example, ...]]:
    """Returns the data set of a request with all its rows; a file becomes a data set, or a new version of its own.

    Raises:
        NotFound: if there is no such file or data set.
        DocumentError: if a file cannot be read as a data set.
    """
    if not request.data:
        raise DocumentError("An experiment needs data; name a file, or a data set such as everyday-mix.")
    if not is_file(space.storage, request.data, folder):
        if request.columns or request.format or request.encoding:
            raise DocumentError(f"'{request.data}' is a stored data set; columns, format and encoding are for files.")
        name, _, version = request.data.partition("@")
        if version and not version.isdecimal():
            raise DocumentError(f"'{request.data}' is not a data set; it is NAME or NAME@VERSION, such as {name}@2.")
        info = space.storage.data_sets.info(name)
        data_set = space.storage.data_sets.get(name, int(version) if version else info.version)
        pinned = {"version": int(version), "content_hash": data_set.content_hash} if version else {}
        return info.model_copy(update=pinned), data_set.examples
    examples = read_data(space, request, folder)
    file = Path(request.data).name
    return _kept(space.storage, file, examples), examples


def read_data(space: Workspace, request: ExperimentRequest, folder: Path) -> tuple[Example, ...]:
    """Returns the rows of the data file of a request.

    Raises:
        NotFound: if there is no such file.
        DocumentError: with row and column, if it cannot be read as a data set.
    """
    named = request.data or ""
    if named.startswith(HUB):
        from pipelines.data.hub import fetch_hub

        content, name = fetch_hub(named.removeprefix(HUB), space.config.allowed_hosts)
    else:
        content, name = read_file(folder / named), Path(named).name
    source = open_source(content, name, kind=request.format, encoding=request.encoding)
    meaning: ColumnMapping | None = None
    if request.columns and not source.mapped:
        raise DocumentError(f"{name}: the format '{source.title}' knows what its columns are; leave columns out.")
    if request.columns:
        try:
            meaning = completed(source, request.columns)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            known = ", ".join(ColumnMapping.model_fields)
            place = ".".join(str(step) for step in first["loc"])
            raise DocumentError(f"columns, '{place}': {first['msg']}; the fields are {known}.") from None
    return read_source(source, meaning).examples


def is_file(storage: Storage, data: str, folder: Path) -> bool:
    """Says whether data is a file (or a data set of the hub) rather than the name of a stored data set."""
    if data.startswith(HUB) or (folder / data).is_file():
        return True
    known = {info.name for info in storage.data_sets.list()}
    looks_like_one = "/" in data or "\\" in data or Path(data.lower()).suffix in ENDINGS
    return looks_like_one and data.partition("@")[0] not in known


def hash_of(space: Workspace, request: ExperimentRequest, folder: Path) -> str:
    """Returns the hash of the data of a request; nothing is stored."""
    if not is_file(space.storage, request.data or "", folder):
        return data_of(space, request, folder)[0].content_hash
    return _content_hash(read_data(space, request, folder))


def _content_hash(examples: tuple[Example, ...]) -> str:
    return DataSet(name="unnamed", examples=examples).content_hash


def _kept(storage: Storage, file: str, examples: tuple[Example, ...]) -> DataSetInfo:
    """Stores the rows of a file under its name, or under another where that name is somebody else's data."""
    name = data_name(file)
    there = {info.name: info for info in storage.data_sets.list()}.get(name)
    if there is not None:
        content_hash = _content_hash(examples)
        if there.content_hash == content_hash:
            return there
        if there.source != file:
            name = f"{name[:80]}-{content_hash[:8]}"
    return put_data(storage, name, examples, source=file, message=f"Read from {file}")
