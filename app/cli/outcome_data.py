"""The questions with their right answers that filling cells needs: a stored data set or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.data.example import Example
    from storage import Storage


def examples_of(storage: Storage, reference: str) -> tuple[Example, ...]:
    """Returns the examples of a file, or of a stored data set.

    Raises:
        NotFound: if there is neither.
        DocumentError: if the file cannot be read.
    """
    from app.cli.data_option import reference_of
    from app.data.take import read_file
    from pipelines.data.intake import read_examples

    path = Path(reference)
    if path.is_file():
        return read_examples(read_file(path), path.name).examples
    return storage.data_sets.get(*reference_of(reference)).examples
