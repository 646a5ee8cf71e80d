"""Imports outcome tables from files of every known format, and accounts for the rows that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, refuse_oversized
from pipelines.error import DocumentError, FormatUnknown, NotFound
from pipelines.outcome.folder import OUTCOMES, QUERIES, prices_near, read_folder
from pipelines.outcome.gathering import Gathering, GatherRule
from pipelines.outcome.importer import Importer
from pipelines.outcome.importers import importer_kinds
from pipelines.outcome.mapping import OutcomeMapping, guess_outcome_mapping
from pipelines.outcome.outcome import Outcome
from pipelines.outcome.outcome_file import OutcomeFile
from pipelines.outcome.price import priced
from pipelines.outcome.table import OutcomeTable

MOST_PROBLEMS: Final = 1_000
SUFFIXES: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".pkl", ".pickle")
FOLDER: Final = "folder"


@dataclass(frozen=True, slots=True)
class Import:
    """Is what came out of files.

    Attributes:
        kind: the format of the first file.
        problems: of the rows that were left out, the first thousand; `skipped` is how many there are.
        repeated: how many outcomes were of a cell that was known already.
        note: what a person should know about the numbers, or empty.
        strangers: files of a folder that are of no known format and were left out.
        score_range: the scores that became 0 and 1, None where none was stretched.
        span: the lowest and the highest score of the files, None where they are of our own format.
    """

    table: OutcomeTable
    kind: str
    problems: tuple[Problem, ...] = ()
    skipped: int = 0
    repeated: int = 0
    note: str = ""
    strangers: tuple[str, ...] = ()
    score_range: tuple[float, float] | None = None
    span: tuple[float, float] | None = None


def recognise_outcomes(file: OutcomeFile) -> str:
    """Returns the kind of the importer that is surest of a file.

    Raises:
        FormatUnknown: if none knows it; says what its columns are.
        DocumentError: if it has no row.
    """
    if not file.sample:
        first = next(iter(file.rows()), None)
        if isinstance(first, Problem):
            raise DocumentError(f"{first.model_copy(update={'file': file.name})}.")
        raise DocumentError(f"{file.name} has no row of outcomes.")
    sure = {kind: cls.sniff(file) for kind, cls in importer_kinds().items()}
    best = max(sure, key=lambda kind: sure[kind])
    if not sure[best]:
        columns = ", ".join(file.columns[:20]) or "none"
        titles = "; ".join(cls.title for cls in importer_kinds().values())
        raise FormatUnknown(
            f"{file.name} is of no format of outcomes that is known here (its columns are {columns}); say which column"
            f" is what, or bring one of: {titles}."
        )
    return best


def mapping_of(file: OutcomeFile) -> OutcomeMapping | None:
    """Returns the likeliest meaning of the columns of a file, or None."""
    return guess_outcome_mapping(file.columns, [row.cells for row in file.sample])


def import_outcomes(
    files: Iterable[tuple[str, bytes]],
    name: str,
    *,
    kind: str | None = None,
    mapping: OutcomeMapping | None = None,
    rule: GatherRule | None = None,
    collect: bool = False,
    pass_over: bool = False,
) -> Import:
    """Returns the table of all outcomes of some files (name and content each), with an account of the rest.

    Args:
        files: read one after the other.
        name: of the table.
        kind: of the importer; by default that of each file is found out.
        mapping: what the columns of generic tables mean; by default guessed.
        rule: what becomes of scores outside 0 to 1 and of repetitions; by default both are refused.
        collect: leave rows that cannot be used out and say so, instead of stopping at the first.
        pass_over: leave files of no known format out and say so, as long as there is another.

    Raises:
        NotFound: if there is no importer of that kind.
        DocumentError: with file, row and column, if something cannot be used.
    """
    account = _Account(collect)
    kinds: list[str] = []
    strangers: dict[str, DocumentError] = {}
    for file_name, content in files:
        file = OutcomeFile.open(file_name, content)
        try:
            kinds.append(_known(kind) if kind else _kind_for(file, mapping))
        except DocumentError as error:
            strangers[file_name] = error
            if pass_over:
                continue
            raise
        account.read(file, importer_kinds()[kinds[-1]], mapping)
    if account.problems and not len(account.gathering):
        raise DocumentError(f"None of the rows can be used; the first wrong one is {account.problems[0]}.")
    if not kinds:
        raise next(iter(strangers.values()), DocumentError("There is no file to import."))
    rule = rule or GatherRule()
    return Import(
        table=account.gathering.table(name, rule),
        kind=kinds[0],
        problems=tuple(account.problems),
        skipped=account.skipped,
        repeated=account.gathering.repeated(),
        note=" ".join(dict.fromkeys(note for each in kinds if (note := importer_kinds()[each].note))),
        strangers=tuple(strangers),
        score_range=account.gathering.score_range(rule),
        span=account.gathering.span,
    )


def import_path(
    path: Path,
    name: str,
    *,
    kind: str | None = None,
    mapping: OutcomeMapping | None = None,
    rule: GatherRule | None = None,
    collect: bool = False,
) -> Import:
    """Returns the table of a file, or of all files in a folder; see `import_outcomes`.

    A folder with `queries.jsonl` and `outcomes.csv` is read as `read_folder` says. A `prices.csv` in the folder gives
    the costs where tokens are known.

    Raises:
        NotFound: if there is no such file.
        DocumentError: with file, row and column, if something cannot be used.
    """
    if path.is_dir() and kind in (None, FOLDER) and _is_own_folder(path):
        strays: list[Problem] = []
        table = read_folder(path, name=name, on_stray=strays.append)
        return Import(table, FOLDER, problems=tuple(strays[:MOST_PROBLEMS]), skipped=len(strays))
    paths = _paths(path)
    files = ((str(found.relative_to(path) if path.is_dir() else found.name), found.read_bytes()) for found in paths)
    found = import_outcomes(
        files, name, kind=kind, mapping=mapping, rule=rule, collect=collect, pass_over=path.is_dir()
    )
    prices = prices_near(path if path.is_dir() else path.parent)
    return replace(found, table=priced(found.table, prices)) if prices else found


def _is_own_folder(path: Path) -> bool:
    return all(any((path / f"{name}{end}").is_file() for end in ("", ".gz")) for name in (QUERIES, OUTCOMES))


def _paths(path: Path) -> Sequence[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise NotFound(f"There is no file or folder '{path}'.")
    found = sorted(each for each in path.rglob("*") if each.is_file() and each.suffix.lower() in SUFFIXES)
    wanted = [each for each in found if each.name != "prices.csv"]
    if not wanted:
        raise NotFound(f"The folder '{path}' holds no CSV, JSON, JSON Lines or Parquet file.")
    return wanted


def _known(kind: str) -> str:
    if kind not in importer_kinds():
        raise NotFound(f"There is no format of outcomes '{kind}'; there are {', '.join(importer_kinds())}.")
    return kind


def _kind_for(file: OutcomeFile, mapping: OutcomeMapping | None) -> str:
    if mapping is None:
        return recognise_outcomes(file)
    return "wide_table" if mapping.models else "long_table"


class _Account:
    """Reads files into one gathering and keeps what is wrong with rows."""

    def __init__(self, collect: bool) -> None:
        self.gathering = Gathering()
        self.problems: list[Problem] = []
        self.skipped = 0
        self._collect = collect

    def read(self, file: OutcomeFile, wanted: type[Importer], mapping: OutcomeMapping | None) -> None:
        self.gathering.begin_file(file.name)
        meaning = (mapping or mapping_of(file)) if wanted.mapped else None
        _refuse_unknown(file, meaning)
        importer = wanted(file, meaning)
        for row in _told(importer):
            if isinstance(row, Problem):
                self._refuse(row.model_copy(update={"file": file.name}))
                continue
            try:
                self.gathering.add(_outcomes(importer, row))
            except RowRefused as error:
                place = {"file": file.name, "row": row.number, "line": row.line, "column": error.column}
                self._refuse(Problem(**place, message=str(error)))

    def _refuse(self, problem: Problem) -> None:
        if not self._collect:
            raise DocumentError(f"{problem}.")
        self.skipped += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def _outcomes(importer: Importer, row: RawRow) -> tuple[Outcome, ...]:
    """Returns all outcomes of a row, so that a row with a bad cell is left out as a whole."""
    refuse_oversized(row)
    return tuple(importer.outcomes(row))


def _told(importer: Importer) -> Iterator[RawRow | Problem]:
    try:
        yield from importer.rows()
    except DocumentError as error:
        raise DocumentError(f"{importer.file.name}: {error}") from error


def _refuse_unknown(file: OutcomeFile, mapping: OutcomeMapping | None) -> None:
    unknown = [name for name in (mapping.columns() if mapping else ()) if name not in file.columns]
    if unknown:
        raise DocumentError(f"{file.name} has no column '{unknown[0]}'; it has {', '.join(file.columns[:30])}.")
