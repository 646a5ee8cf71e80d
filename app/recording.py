"""The recorded tables of an installation: files in a folder, read when a replay model is first asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.gateway.recording import Recording

SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz")


class Recordings(Mapping[str, Recording]):
    """Holds the recordings of a folder by file name without suffix."""

    def __init__(self, folder: Path) -> None:
        """Takes the folder; it need not exist."""
        self._folder = folder
        self._read: dict[str, Recording] = {}

    def __getitem__(self, name: str) -> Recording:
        """Returns the recording of that name, or raises `KeyError`."""
        if name not in self._read:
            self._read[name] = Recording.read(self._paths()[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        """Yields the names."""
        return iter(self._paths())

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self._paths())

    def _paths(self) -> dict[str, Path]:
        files = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        return {path.name.partition(".")[0]: path for path in files if path.name.endswith(SUFFIXES)}
