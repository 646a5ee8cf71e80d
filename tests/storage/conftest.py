"""A fresh database for each test: a SQLite file, and one in a private PostgreSQL cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from storage import Storage, open_storage

MakeUrl = Callable[[str], str]
USER = "postgres"
EMPTY = "template1"


def _folder_of_programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folders and (folders[-1] / "initdb").exists():
        return folders[-1]
    reason = "PostgreSQL is not installed (no initdb); on Debian: apt-get install postgresql"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _run(*command: str | Path) -> None:
    # The server refuses to run as root; its log would keep a captured pipe open for ever.
    prefix = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*prefix, *map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[MakeUrl]:
    """Starts a cluster that only this session reaches, and yields a function that copies one of its databases."""
    programs = _folder_of_programs()
    folder = Path(tempfile.mkdtemp(prefix="routeloom-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=100"
    try:
        _run(programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        numbers = count(1)

        def make(template: str) -> str:
            name = f"test_{next(numbers)}"
            names = Identifier(name), Identifier(template)
            with psycopg.connect(host=str(folder), user=USER, dbname=USER, autocommit=True) as connection:
                connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
            return f"postgresql://{USER}@/{name}?host={folder}"

        yield make
    finally:
        if (data / "postmaster.pid").exists():
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest schema: a copy costs a quarter of the migrations."""
    path = tmp_path_factory.mktemp("migrated") / "routeloom.db"
    open_storage(path).close()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_url: MakeUrl) -> str:
    """The name of a PostgreSQL database at the newest schema."""
    url = postgres_url(EMPTY)
    open_storage(url).close()
    return urlsplit(url).path.removeprefix("/")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of its own: migrated for a test that wants it open, else empty."""
    wants_schema = "storage" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "routeloom.db"
        if wants_schema:
            shutil.copy(request.getfixturevalue("migrated_file"), path)
        return str(path)
    make: MakeUrl = request.getfixturevalue("postgres_url")
    return make(request.getfixturevalue("migrated_database") if wants_schema else EMPTY)


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    with open_storage(url) as opened:
        yield opened
