"""Takes a read file into the storage under a name, and cuts stored data sets into new ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.data.intake import Source
from pipelines.data.mapping import ColumnMapping
from pipelines.data.split import sample, split
from pipelines.data.text import LARGEST_FILE_BYTES
from pipelines.error import DocumentError, NotFound
from storage import Storage
from storage.data_set_info import DataSetInfo

LONGEST_NAME: Final = 100
ENDINGS: Final = (".gz", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".yaml", ".yml", ".md", ".txt")


def read_file(path: Path) -> bytes:
    """Returns the bytes of a file; one that is too large is refused before it is read.

    Raises:
        NotFound: if there is no such file.
        DocumentError: if it cannot be read, or is too large.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise DocumentError(
                f"{path.name} has {size:,} bytes; a data set file may have at most {LARGEST_FILE_BYTES:,}, so part it"
                " and import the parts."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file '{path}'.") from None
    except OSError as error:
        raise DocumentError(f"The file '{path}' cannot be read: {error.strerror}.") from error


def data_name(text: str) -> str:
    """Returns a text, such as a file name, as the name of a data set: a-z, 0-9, dots, hyphens and underscores."""
    name = PurePath(text).name
    while (ending := PurePath(name.lower()).suffix) in ENDINGS and len(name) > len(ending):
        name = name[: -len(ending)]
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._-]+", "-", ascii_name).strip("._-")[:LONGEST_NAME] or "data"


def completed(source: Source, fields: Mapping[str, str | tuple[str, ...]]) -> ColumnMapping:
    """Returns what the columns of a table mean: as told, and guessed for other columns where the question is not told.

    Raises:
        ValidationError: if there is no such field.
    """
    if "query" in fields:
        return ColumnMapping.model_validate(fields)
    taken = {name for value in fields.values() for name in ((value,) if isinstance(value, str) else value)}
    return ColumnMapping.model_validate({**source.guess().without(taken).model_dump(), **fields})


def put_data(
    storage: Storage, name: str, examples: tuple[Example, ...], *, title: str = "", source: str = "", message: str = ""
) -> DataSetInfo:
    """Stores examples as a data set, or as the next version of the one of that name, which keeps its title.

    Raises:
        DocumentError: if there are none, or the name cannot be used.
        NameTaken: if the name is that of a data set of the product.
    """
    if name != data_name(name) or name == "":
        raise DocumentError(
            f"The name '{name}' is not usable; use a-z, 0-9, dots and hyphens, such as {data_name(name)}."
        )
    if not examples:
        raise DocumentError(f"There are no rows to keep as '{name}'; a data set has at least one.")
    known = {info.name: info for info in storage.data_sets.list()}.get(name)
    about = known.model_dump(include={"title", "description", "source", "licence"}) if known else {}
    changes = {key: value for key, value in (("title", title), ("source", source)) if value}
    return storage.data_sets.put(DataSet(name=name, examples=examples, **{**about, **changes}), message=message)


def split_data(
    storage: Storage,
    name: str,
    fractions: Mapping[str, float],
    *,
    version: int | None = None,
    seed: int = 0,
    stratify: bool = True,
) -> dict[str, DataSetInfo]:
    """Stores the splits of a data set as data sets of their own, called `NAME-SPLIT`, and returns them by split.

    Raises:
        NotFound: if there is no such data set.
        DocumentError: if the fractions make no whole, or a split gets no row.
    """
    data_set = storage.data_sets.get(name, version)
    parts = split(data_set.examples, fractions, seed=seed, stratify=stratify)
    empty = [part for part, examples in parts.items() if not examples]
    if empty:
        raise DocumentError(
            f"The split '{empty[0]}' of '{name}' would have no row: its {len(data_set.examples):,} rows are in too few"
            " groups; take fewer splits or other fractions."
        )
    shares = ", ".join(f"{part}={fraction:g}" for part, fraction in fractions.items())
    message = f"Split of {name} by seed {seed}: {shares}"
    return {
        part: put_data(storage, data_name(f"{name}-{part}"), examples, source=data_set.source or name, message=message)
        for part, examples in parts.items()
    }


def sample_data(
    storage: Storage,
    name: str,
    count: int,
    *,
    into: str,
    version: int | None = None,
    seed: int = 0,
    stratify: bool = False,
) -> DataSetInfo:
    """Stores a sample of a data set as a data set of its own.

    Raises:
        NotFound: if there is no such data set.
        DocumentError: if the count is not positive.
    """
    data_set = storage.data_sets.get(name, version)
    drawn = sample(data_set.examples, count, seed=seed, stratify=stratify)
    message = f"Sample of {len(drawn):,} rows of {name} by seed {seed}"
    return put_data(storage, into, drawn, source=data_set.source or name, message=message)
