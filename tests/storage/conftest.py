"""A fresh database for each test: a SQLite file, and one in a private PostgreSQL cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from storage import Storage, open_storage

MakeUrl = Callable[[], str]
USER = "postgres"


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
    """Starts a cluster that only this session reaches, and yields a function that makes an empty database."""
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

        def make() -> str:
            name = f"test_{next(numbers)}"
            with psycopg.connect(host=str(folder), user=USER, dbname=USER, autocommit=True) as connection:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
            return f"postgresql://{USER}@/{name}?host={folder}"

        yield make
    finally:
        if (data / "postmaster.pid").exists():
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "routeloom.db")
    make: MakeUrl = request.getfixturevalue("postgres_url")
    return make()


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    with open_storage(url) as opened:
        yield opened
