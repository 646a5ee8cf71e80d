"""`routeloom studio`: the studio in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.home import load_config


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("studio")(studio)


def studio(
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; anything but this machine opens it to others.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Port to listen at.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser window.")] = False,
) -> None:
    """Open the studio in the browser; Ctrl+C ends it."""
    from app.studio_server import serve

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    serve(load_config().model_copy(update=given), open_browser=not no_browser)
