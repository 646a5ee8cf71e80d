"""The files that an experiment is written to: JUnit XML, an HTML report, rows as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import tell
from pipelines.error import DocumentError

if TYPE_CHECKING:
    from pipelines.experiment.experiment import Experiment
    from pipelines.experiment.results import Results
    from pipelines.statistics.gate import Gate
    from pipelines.statistics.report import Report
    from storage import Storage


@dataclass(frozen=True, slots=True)
class Files:
    """Holds where the files of an experiment are to be written; None where one is not wanted."""

    junit: Path | None = None
    html: Path | None = None
    rows: Path | None = None

    def require_places(self) -> None:
        """Refuses what could not be written in the end, before anything is paid.

        Raises:
            DocumentError: if a folder is missing.
        """
        for path in (self.junit, self.html, self.rows):
            if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
                raise DocumentError(f"The file '{path}' cannot be written: its folder does not exist, or it is one.")


def write_files(
    storage: Storage, experiment: Experiment, results: Results, report: Report, files: Files, gate: Gate | None
) -> None:
    """Writes the files that are wanted.

    Raises:
        DocumentError: if one of them cannot be written.
    """
    if files == Files():
        return
    from app.experiment.junit import junit_xml
    from app.experiment.reading import examples_of, rows_of
    from app.experiment.report_html import report_html
    from app.experiment.row_lines import row_lines

    examples = examples_of(storage, experiment)
    if files.rows is not None:
        _write(files.rows, row_lines(experiment, examples, rows_of(storage, experiment.id)))
    if files.junit is not None:
        _write(files.junit, [junit_xml(experiment, examples, rows_of(storage, experiment.id), gate)])
    if files.html is not None:
        rows = rows_of(storage, experiment.id)
        _write(files.html, [report_html(experiment, report, results, examples=examples, rows=rows).encode()])


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    try:
        with path.open("wb") as stream:
            stream.writelines(pieces)
    except OSError as error:
        raise DocumentError(f"The file '{path}' cannot be written: {error.strerror}.") from error
    tell(f"Wrote {path}.")
