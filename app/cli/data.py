"""`routeloom data`: data sets on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.data_option import content_of, fractions_of, meaning_of, reference_of
from app.cli.home import open_library
from app.cli.output import AlreadyThere, cell, console, print_json, tell
from pipelines.error import DocumentError

if TYPE_CHECKING:
    from pipelines.data.intake import Source
    from pipelines.data.mapping import ColumnMapping
    from pipelines.data.problem import ReadReport
    from storage.data_set_info import DataSetInfo

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a data set, or name@version.")]
Seed = Annotated[int, typer.Option(help="Another number draws other rows.")]
TOLD_PROBLEMS = 20

app = typer.Typer(help="Import, list, split and export data sets.", invoke_without_command=True)


@app.callback()
def overview(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Import, list, split and export data sets."""
    if ctx.invoked_subcommand is None:
        list_data(as_json=as_json)


@app.command("import")
def import_data(
    file: Annotated[
        str, typer.Argument(help="A file, - for standard input, or hf:OWNER/NAME of the Hugging Face hub.")
    ],
    name: Annotated[str | None, typer.Option(help="What to call it.", show_default="like the file")] = None,
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    form: Annotated[str | None, typer.Option("--format", help="The format.", show_default="recognised")] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="query=COLUMN,references=COLUMN,choices=A+B+C+D,...", show_default="guessed"),
    ] = None,
    group: Annotated[str | None, typer.Option(help="The column whose rows a split keeps together.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a text without a mark.", show_default="utf-8")] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the good rows and list the others.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a data set; under a known name it becomes the next version."""
    from app.data.take import data_name, put_data
    from pipelines.data.intake import open_source, read_source

    content, file_name = content_of(file)
    source = open_source(content, file_name, kind=form, encoding=encoding)
    meaning = meaning_of(source, mapping or [], group)
    report = read_source(source, meaning, collect=skip_bad)
    with open_library() as (storage, _):
        where = file if file.startswith("hf:") else ""
        info = put_data(
            *(storage, name or data_name(file_name), report.examples),
            title=title,
            source=where,
            message=f"Imported from {file_name or 'standard input'}",
        )
    if as_json:
        told = report.model_dump(mode="json", include={"kind", "skipped", "problems"})
        used = meaning.model_dump(mode="json", exclude_defaults=True) if meaning else None
        print_json({**info.model_dump(mode="json"), **told, "mapping": used})
    _tell_import(info, source, report, meaning)


@app.command("list")
def list_data(as_json: AsJson = False) -> None:
    """List the data sets."""
    from rich.table import Table

    with open_library() as (storage, _):
        infos = storage.data_sets.list()
    if as_json:
        print_json([info.model_dump(mode="json") for info in infos])
        return
    table = Table("name", "rows", "version", "changed", "title", box=None, pad_edge=False, header_style="bold")
    for info in infos:
        changed = "comes with Routeloom" if info.shipped else f"{info.updated_at:%Y-%m-%d %H:%M}"
        table.add_row(*map(cell, (info.name, f"{info.examples:,}", str(info.version), changed, info.title)))
    console(stderr=False).print(table)
    if not infos:
        tell("There is no data set yet. Import one with: routeloom data import FILE")


@app.command()
def show(
    name: Name,
    rows: Annotated[int, typer.Option(min=0, max=10_000, help="How many rows to show.")] = 5,
    offset: Annotated[int, typer.Option(min=0, help="How many rows to pass over.")] = 0,
    search: Annotated[str, typer.Option(help="Only rows with all these words.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show a data set: where it comes from, its versions, some rows."""
    slug, version = reference_of(name)
    with open_library() as (storage, _):
        info, versions = storage.data_sets.info(slug), storage.data_sets.versions(slug)
        page = storage.data_sets.page(slug, version, search=search, offset=offset, limit=rows)
    if as_json:
        examples = [{"row": place + 1, **example.model_dump(mode="json")} for place, example in page.rows]
        print_json({**info.model_dump(mode="json"), "versions": versions, "found": page.total, "rows": examples})
        return
    from rich.table import Table

    tell(f"{info.title or info.name}: {info.examples:,} rows, version {info.version}, hash {info.content_hash[:12]}")
    for version_info in versions:
        tell(f"  version {version_info.number}: {version_info.examples:,} rows. {version_info.message}")
    table = Table("row", "question", "reference", "tags", box=None, pad_edge=False, header_style="bold")
    for place, example in page.rows:
        shown = (str(place + 1), example.query[:200], " | ".join(example.references)[:80], ", ".join(example.tags))
        table.add_row(*map(cell, shown))
    console(stderr=False).print(table)


@app.command("split")
def split_into(
    name: Name,
    into: Annotated[
        str, typer.Option(help="The splits with their fractions, which add up to 1.")
    ] = "train=0.8,test=0.2",
    seed: Seed = 0,
    stratify: Annotated[bool, typer.Option(help="Give every split its share of every first tag.")] = True,
    as_json: AsJson = False,
) -> None:
    """Part a data set into new ones called NAME-SPLIT; rows of one group stay together."""
    from app.data.take import split_data
    from pipelines.data.split import overlap

    slug, version = reference_of(name)
    with open_library() as (storage, _):
        infos = split_data(storage, slug, fractions_of(into), version=version, seed=seed, stratify=stratify)
        parts = {part: storage.data_sets.get(info.name).examples for part, info in infos.items()}
    pairs = [(a, b) for place, a in enumerate(parts) for b in list(parts)[place + 1 :]]
    leaks = {f"{a}/{b}": overlap(parts[a], parts[b]) for a, b in pairs}
    if as_json:
        told = {part: info.model_dump(mode="json") for part, info in infos.items()}
        print_json({"splits": told, "overlap": {pair: leak.model_dump(mode="json") for pair, leak in leaks.items()}})
    for part, info in infos.items():
        tell(f"{part}: {info.examples:,} rows as '{info.name}' (version {info.version})")
    for pair, leak in leaks.items():
        if leak.queries:
            tell(f"Warning: {pair} share {len(leak.queries):,} questions with the same words; give them one group.")


@app.command("sample")
def sample_into(
    name: Name,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to draw.")],
    into: Annotated[str | None, typer.Option(help="What to call the sample.", show_default="NAME-sample")] = None,
    seed: Seed = 0,
    stratify: Annotated[bool, typer.Option("--stratify", help="Give every first tag its share.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw some rows of a data set into a new one."""
    from app.data.take import sample_data

    slug, version = reference_of(name)
    with open_library() as (storage, _):
        target = into or f"{slug}-sample"
        info = sample_data(storage, slug, rows, into=target, version=version, seed=seed, stratify=stratify)
    if as_json:
        print_json(info)
    tell(f"{info.examples:,} rows as '{info.name}' (version {info.version})")


@app.command()
def export(
    name: Name,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file.", show_default="standard output")
    ] = None,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option("--as", help="JSON Lines keep everything as it is.")
    ] = "jsonl",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a data set as JSON Lines or CSV."""
    from pipelines.data.export import exported

    if as_json and output is None:
        raise typer.BadParameter("--json needs --output, because the rows go to standard output without it")
    slug, version = reference_of(name)
    with open_library() as (storage, _):
        data_set = storage.data_sets.get(slug, version)
    if output is None:
        for piece in exported(data_set.examples, form):
            sys.stdout.buffer.write(piece)
        return
    if output.exists() and not force:
        raise AlreadyThere(f"The file '{output}' is there already; choose another one or say --force.")
    try:
        with output.open("wb") as stream:
            stream.writelines(exported(data_set.examples, form))
    except OSError as error:
        raise DocumentError(f"The file '{output}' cannot be written: {error.strerror}.") from error
    if as_json:
        print_json({"name": slug, "file": str(output), "rows": len(data_set.examples)})
    tell(f"Wrote {len(data_set.examples):,} rows to {output}.")


@app.command()
def delete(name: Name, as_json: AsJson = False) -> None:
    """Delete a data set with all its versions."""
    with open_library() as (storage, _):
        storage.data_sets.delete(name)
    if as_json:
        print_json({"deleted": name})
    tell(f"Deleted '{name}' with all its versions.")


def _tell_import(info: DataSetInfo, source: Source, report: ReadReport, meaning: ColumnMapping | None) -> None:
    if meaning is not None:
        told = meaning.model_dump(exclude_defaults=True, exclude={"extra"})
        words = ", ".join(
            f"{key}={value if isinstance(value, str) else '+'.join(value)}" for key, value in told.items()
        )
        tell(f"Read as {source.title}: {words}")
    else:
        tell(f"Read as {source.title}.")
    for problem in report.problems[:TOLD_PROBLEMS]:
        tell(f"Left out: {problem}.")
    if report.skipped > TOLD_PROBLEMS:
        tell(f"Left out: {report.skipped - TOLD_PROBLEMS:,} more rows.")
    tell(f"Kept {len(report.examples):,} rows as '{info.name}' (version {info.version}).")
