"""`routeloom models pull` and `register`: the weights of models that run on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import load_config
from app.cli.model import save
from app.cli.output import console, print_json, tell
from pipelines.error import ConfigurationError, DocumentError, NotFound, RouteloomError

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from pipelines.weight_fetch import Progress

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
BUNDLES = {"minilm": ("minilm-int8", "minilm-tokenizer")}
"""Names that stand for several files."""


class FetchFailed(RouteloomError):
    """Says that weights could not be fetched."""


def register(models: typer.Typer) -> None:
    """Adds the commands to those of the catalogue."""
    models.command("pull")(pull)
    models.command("register")(register_file)


def pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Which; without one they are listed.")
    ] = None,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="Trust files that are there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch the weights of models that run on this machine, as data, checked by SHA-256."""
    from pipelines.weights import WEIGHTS, installed

    folder = load_config().weights_folder
    if not names:
        _list_weights(folder, as_json=as_json)
        return
    wanted = tuple(dict.fromkeys(part for name in names for part in BUNDLES.get(name, (name,))))
    unknown = [name for name in wanted if name not in WEIGHTS]
    if unknown:
        known = ", ".join(sorted([*WEIGHTS, *BUNDLES]))
        raise NotFound(f"There are no weights '{unknown[0]}'; there are {known}.")
    present = installed(folder) if if_missing else ()
    rows: list[dict[str, Any]] = []
    with _bars() as bars:
        for name in wanted:
            fetched = name not in present
            path = _fetch(name, folder, bars) if fetched else folder / WEIGHTS[name].file_name
            rows.append({"name": name, "file": str(path), "fetched": fetched})
    if as_json:
        print_json({"weights": rows})
    for row in rows:
        tell(f"{row['name']}: {'fetched to' if row['fetched'] else 'already at'} {row['file']}")


def register_file(
    file: Annotated[Path, typer.Argument(help="A GGUF file on this machine.")],
    name: Annotated[str | None, typer.Option(help="What pipelines call it.", show_default="like the file")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a GGUF file of your own to the catalogue; it stays where it is."""
    from pipelines.weights import register_gguf

    save(register_gguf(file, name), as_json=as_json)


def _list_weights(folder: Path, *, as_json: bool) -> None:
    from pipelines.weights import WEIGHTS, installed

    here = installed(folder)
    rows = [
        {
            **weight.model_dump(include={"name", "title", "size_bytes", "licence", "note"}),
            "installed": weight.name in here,
        }
        for weight in WEIGHTS.values()
    ]
    if as_json:
        print_json({"folder": str(folder), "weights": rows})
        return
    from rich.table import Table

    table = Table("name", "MB", "here", "what it is", box=None, pad_edge=False)
    for row in rows:
        here_words = "yes" if row["installed"] else "no"
        table.add_row(row["name"], f"{row['size_bytes'] / 1e6:.0f}", here_words, f"{row['title']}. {row['note']}")
    console(stderr=False).print(table)
    tell("Fetch one with: routeloom models pull NAME")


def _fetch(name: str, folder: Path, bars: Bars) -> Path:
    """Fetches a weight file.

    Raises:
        FetchFailed: if it did not come, or something else came.
    """
    from pipelines.weight_fetch import fetch

    try:
        return fetch(name, folder, _follow(bars, name))
    except (ConfigurationError, DocumentError) as error:
        raise FetchFailed(str(error)) from error


def _bars() -> Bars:
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    screen = console()
    return Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )


def _follow(bars: Bars, name: str) -> Any:
    """Returns the listener of a fetch that moves its bar."""
    task = bars.add_task(name, total=None)

    def moved(progress: Progress) -> None:
        words = {"download": "downloading", "unpack": "checking"}
        description = f"{name}: {words[progress.step]}"
        bars.update(task, description=description, completed=progress.done_bytes, total=progress.total_bytes)

    return moved
