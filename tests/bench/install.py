"""A fresh install: seconds, packages, size on disk; then CPU seconds and memory until the studio serves its first page.

python -m tests.bench.install
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORT = 8932


def install(folder: Path, extra: str) -> Path:
    """Installs the product with plain pip into a fresh environment, prints the figures and returns its folder."""
    environment = folder / f"venv{extra.strip('[]')}"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    start_s = time.perf_counter()
    subprocess.run(
        [*pip, "install", "-q", "-c", ROOT / "constraints.txt", f"{ROOT}{extra}"], check=True, stderr=subprocess.DEVNULL
    )
    wall_s = time.perf_counter() - start_s
    listed = subprocess.run([*pip, "list", "--format", "json"], check=True, capture_output=True, text=True)
    packages = len(json.loads(listed.stdout))
    size = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"routeloom{extra:8} {wall_s:6.1f} s  {packages} packages  {size / 1e6:.0f} MB")
    return environment


def first_page(environment: Path, home: Path) -> None:
    """Starts the studio, waits for its first page and prints wall, CPU and memory."""
    command = [environment / "bin" / "routeloom", "studio", "--port", str(PORT), "--no-browser"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start_s = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, "ROUTELOOM_HOME": str(home)}, stdout=subprocess.DEVNULL, cwd=home
    )
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=5) as answer:
                answer.read()
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    wall_s = time.perf_counter() - start_s
    status = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    pss_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Pss:"))
    process.terminate()
    process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"first page: {wall_s:.1f} s wall, {cpu_s:.1f} s CPU, {pss_kb / 1000:.0f} MB PSS")


def main() -> None:
    """Measures the core, and the core with the embedded runtime."""
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder), "")
        environment = install(Path(folder), "[local]")
        home = Path(folder) / "home"
        home.mkdir()
        for _ in range(2):
            first_page(environment, home)


if __name__ == "__main__":
    main()
