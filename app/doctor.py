"""Looks at the installation as a whole and says what to do next; it changes nothing and asks no model."""

from __future__ import annotations

import asyncio
import errno
import os
import platform
import shutil
import socket
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from app.config import Config
from app.model_list import known_entries
from app.owner import interrupted_runs
from pipelines.catalogue import ModelEntry
from pipelines.error import RouteloomError
from pipelines.gateway.discovery import discover
from pipelines.gateway.key import key_name, key_state
from pipelines.record import Record
from pipelines.weights import WEIGHTS, installed
from storage import open_storage
from storage.database import address_of
from storage.migration import HEAD

PACKAGES = ("routeloom", "streamlit", "langgraph", "litellm", "networkx", "plotly", "pydantic", "sqlmodel", "numpy")
BACKDOORED_LITELLM = frozenset({"1.82.7", "1.82.8"})
LOW_DISK_GB = 2.0
GB = 1e9


class Part(NamedTuple):
    """Is an optional package: where it is found, what it buys, how to get it."""

    package: str
    module: str
    buys: str
    install: str


OPTIONAL_PARTS = (
    Part("xllamacpp", "xllamacpp", "models that run inside Routeloom, without a key", "pip install 'routeloom[local]'"),
    Part("onnxruntime", "onnxruntime", "search and routing by meaning", "pip install 'routeloom[local]'"),
    Part("psycopg", "psycopg", "PostgreSQL instead of SQLite", "pip install 'routeloom[postgres]'"),
    Part("keyring", "keyring", "keys from the operating system's keyring", "pip install 'routeloom[keyring]'"),
)


class PackageFinding(Record):
    """Is a package that Routeloom uses; no version means it is missing."""

    name: str
    version: str | None
    buys: str = ""
    install: str = ""


class KeyFinding(Record):
    """Is the name of a key, never the key, with the models that need it."""

    name: str
    present: bool
    models: tuple[str, ...]


class WeightFinding(Record):
    """Is a weight file that may be fetched."""

    name: str
    title: str
    installed: bool


class DatabaseFinding(Record):
    """Is the database: `url` is without a password, `size_bytes` None for a server, `exists` False before first use."""

    url: str
    exists: bool
    revision: str | None = None
    size_bytes: int | None = None
    workflows: int = 0
    unfinished_runs: tuple[str, ...] = ()
    error: str | None = None


class PortFinding(Record):
    """Is the address of the studio."""

    host: str
    port: int
    free: bool


class Diagnosis(Record):
    """Is everything that was found; `healthy` says that nothing stands in the way of a run."""

    healthy: bool
    python: str
    platform: str
    home: str
    packages: tuple[PackageFinding, ...]
    optional: tuple[PackageFinding, ...]
    keys: tuple[KeyFinding, ...]
    weights: tuple[WeightFinding, ...]
    local_models: tuple[str, ...]
    database: DatabaseFinding
    studio: PortFinding
    free_disk_gb: float
    next_steps: tuple[str, ...]


def examine(config: Config) -> Diagnosis:
    """Returns what was found in the installation that the configuration names."""
    database, added = _database(config)
    entries = [*known_entries(config.weights_folder), *added]
    local = asyncio.run(discover())
    optional = tuple(_package(part.package, part) for part in OPTIONAL_PARTS)
    here = installed(config.weights_folder)
    findings = Diagnosis(
        healthy=database.error is None,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        home=str(config.home),
        packages=tuple(_package(name) for name in PACKAGES),
        optional=optional,
        keys=_keys(entries),
        weights=tuple(WeightFinding(name=w.name, title=w.title, installed=w.name in here) for w in WEIGHTS.values()),
        local_models=tuple(entry.name for entry in local),
        database=database,
        studio=PortFinding(host=config.host, port=config.port, free=port_problem(config.host, config.port) is None),
        free_disk_gb=round(shutil.disk_usage(_existing(config.home)).free / GB, 1),
        next_steps=(),
    )
    own = tuple(entry for entry in added if key_state(entry) != "missing")
    steps = tuple(_next_steps(findings, answers=bool(own or local)))
    return findings.model_copy(
        update={"next_steps": steps, "healthy": findings.healthy and not _has_backdoor(findings)}
    )


def _next_steps(found: Diagnosis, *, answers: bool) -> Iterator[str]:
    """Yields what to do, the most urgent first; `answers` says that a model of the user's own can be asked."""
    if _has_backdoor(found):
        yield "This release of LiteLLM was backdoored: run pip install --upgrade litellm now, and change your keys."
    if found.database.error:
        yield f"Mend the database: {found.database.error}"
    missing = [package.name for package in found.packages if package.version is None]
    if missing:
        yield f"Install what is missing ({', '.join(missing)}): pip install --upgrade routeloom"
    if found.free_disk_gb < LOW_DISK_GB:
        yield f"Free some disk space: {found.free_disk_gb} GB are left at {found.home}."
    runtime = next(part for part in found.optional if part.name == "xllamacpp")
    has_weights = next(iter(found.weights)).installed
    answers = answers or any(key.present for key in found.keys)
    if runtime.version is None and not answers:
        yield f"Nothing can answer yet: set a key such as OPENAI_API_KEY, or run {runtime.install}"
    elif not has_weights and runtime.version is not None:
        yield f"Fetch the small local model: routeloom models pull {found.weights[0].name}"
    if found.database.unfinished_runs:
        run_id = found.database.unfinished_runs[0]
        yield f"Take up an interrupted run, what it paid for is kept: routeloom runs resume {run_id}"
    if not found.studio.free:
        port = found.studio.port
        yield f"Port {port} is taken, perhaps by an open studio; take another: routeloom studio --port {port + 1}"
    else:
        yield "Open the studio: routeloom studio"
    yield "Ask something: routeloom run single-expert --query 'What is a router?'"


def _has_backdoor(found: Diagnosis) -> bool:
    return any(package.name == "litellm" and package.version in BACKDOORED_LITELLM for package in found.packages)


def _package(name: str, part: Part | None = None) -> PackageFinding:
    try:
        found: str | None = version(name) if part is None or find_spec(part.module) else None
    except PackageNotFoundError:
        found = None
    return PackageFinding(
        name=name, version=found, buys=part.buys if part else "", install=part.install if part and not found else ""
    )


def _keys(entries: list[ModelEntry]) -> tuple[KeyFinding, ...]:
    users: dict[str, list[str]] = {}
    states: dict[str, bool] = {}
    for entry in entries:
        name = key_name(entry)
        if name is not None:
            users.setdefault(name, []).append(entry.name)
            states[name] = key_state(entry) == "present"
    return tuple(KeyFinding(name=name, present=states[name], models=tuple(users[name])) for name in sorted(users))


def _database(config: Config) -> tuple[DatabaseFinding, tuple[ModelEntry, ...]]:
    """Returns what was found of the database, and the models that the user added; a missing file is not created."""
    try:
        address = address_of(config.storage_url)
    except RouteloomError as error:
        return DatabaseFinding(url="", exists=False, error=str(error)), ()
    url = address.render_as_string(hide_password=True)
    path = Path(str(address.database)) if address.drivername == "sqlite" else None
    if path is not None and not path.exists():
        return DatabaseFinding(url=url, exists=False), ()
    size_bytes = path.stat().st_size if path else None
    try:
        with open_storage(config.storage_url) as storage:
            finding = DatabaseFinding(
                url=url,
                exists=True,
                revision=HEAD,
                size_bytes=size_bytes,
                workflows=len(storage.workflows.list()),
                unfinished_runs=tuple(info.id for info in interrupted_runs(storage)),
            )
            return finding, storage.models.list()
    except RouteloomError as error:
        return DatabaseFinding(url=url, exists=True, size_bytes=size_bytes, error=str(error)), ()


def port_problem(host: str, port: int) -> str | None:
    """Returns why the studio cannot listen there, or None where it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is taken, perhaps by an open studio"
            return f"The studio cannot listen at {host}, port {port} ({error.strerror or error})"
    return None


def _existing(path: Path) -> Path:
    """Returns the path itself, or the nearest folder above it that exists."""
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
