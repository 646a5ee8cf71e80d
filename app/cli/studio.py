"""`routeloom studio`: the studio in the browser."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from app.cli.home import load_config
from app.cli.output import tell
from pipelines.error import ConfigurationError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


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
    from app.doctor import port_problem
    from app.studio_server import serve

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    config = load_config().model_copy(update=given)
    problem = port_problem(config.host, config.port)
    if problem is not None:
        raise ConfigurationError(f"{problem}; choose another with --host and --port.")
    if config.host not in LOOPBACK:
        tell(
            f"Warning: everybody who reaches {config.host}:{config.port} can use this studio, its models and its keys."
        )
    with suppress(KeyboardInterrupt):
        serve(config, open_browser=not no_browser)
    tell("The studio is closed.")
