"""The command line `routeloom`; a command is a small module."""

from app.cli.command import app, main

__all__ = ["app", "main"]
