"""The page of experiments in a real Chromium over 100,000 stored rows: to open it, to filter, to draw another chart.

    python -m tests.bench.experiments_page [--rows 100000]

Four pipelines on a quarter as many examples. Each number is the wait of a person, from the click to what it leads to.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

from app.experiment.source import pin_data, take_columns
from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.experiment.experiment import Contender, Experiment, Row, run_id_of
from pipelines.scorer import Score
from storage import Storage, open_storage
from storage.experiment_writer import RowWriter, write_of
from tests.app.browser.conftest import FLAGS
from tests.app.browser.studio import Server
from tests.pipelines.drawing import single_expert

PIPELINES = ("small", "medium", "routed", "large")
SHARES = (0.6, 0.7, 0.72, 0.8)
TAGS = ("maths", "history", "code", "law", "medicine")
LEVELS = ("easy", "medium", "hard")
CHARTS = {
    "Differences": "Differences",
    "By tag": "Accuracy by tag",
    "Latency": "Latency",
    "Tokens": "Tokens",
    "Cost and accuracy": "Cost and accuracy",
}
GROUP = 1_000
TIMES = 5
WAIT_MS = 60_000


def fill(storage: Storage, rows: int) -> None:
    """Stores a finished experiment of so many rows."""
    count = rows // len(PIPELINES)
    examples = tuple(
        Example(
            id=f"e{n}", query=f"Question number {n}: what is {n} + {n}?", references=(str(2 * n),),
            tags=(TAGS[n % 5],), difficulty=LEVELS[n % 3],
        )
        for n in range(count)
    )  # fmt: skip
    storage.data_sets.put(DataSet(name="large", examples=examples))
    contenders = tuple(Contender(label=label, pipeline=single_expert()) for label in PIPELINES)
    scorers = ({"kind": "numeric"},)
    drawn = Experiment(
        id="x1", title="A large one", contenders=contenders, data_set="large", data_hash="", scorers=scorers
    )
    pinned = pin_data(storage, drawn)
    storage.experiments.create(pinned, *take_columns(storage, pinned))
    with storage.database.read() as connection:
        number = connection.exec_driver_sql("SELECT number FROM experiment").scalar_one()
    writer, waiting = RowWriter(storage.database), []
    for row in _rows(count):
        waiting.append(write_of(number, row, ("numeric",)))
        if len(waiting) == GROUP:
            writer.commit(waiting)
            waiting = []
    if waiting:
        writer.commit(waiting)
    storage.experiments.set_status("x1", "done")


def _rows(count: int) -> Iterator[Row]:
    rng = np.random.default_rng(1)
    ease = rng.random(count)
    for place, share in enumerate(SHARES):
        right = ease * 0.6 + rng.random(count) * 0.4 < share
        seconds, tokens = rng.lognormal(0.2 * place, 0.5, count), rng.integers(50, 400, count)
        for n in range(count):
            score = Score(value=float(right[n]), reason=f"expected {2 * n}")
            cost_usd = float(tokens[n]) * 1e-6 * (place + 1)
            routed = (("router.small",), ("router.large",))[n % 2] if PIPELINES[place] == "routed" else ()
            yield Row(
                contender=place, example=n, status="done", run_id=run_id_of("x1", place, n, 0, 0), run_status="done",
                answer=str(2 * n), scores={"numeric": score}, route=routed, models=("m",), calls=1,
                cost_usd=cost_usd, list_cost_usd=cost_usd, input_tokens=int(tokens[n]), output_tokens=20,
                latency_s=float(seconds[n]), confidence=float(ease[n]),
            )  # fmt: skip


def waited(page: Page, act: Callable[[], object], seen: Callable[[], object]) -> float:
    """Returns the seconds from an act until what it leads to is seen, once the page is at rest before."""
    page.wait_for_timeout(700)
    begun_s = time.perf_counter()
    act()
    seen()
    return time.perf_counter() - begun_s


def measure(page: Page, url: str) -> dict[str, list[float]]:
    """Returns the waits by what was done."""
    kinds = ("open, first of the process", "open", "filter", "redraw", "row")
    found: dict[str, list[float]] = {name: [] for name in kinds}
    decision = page.locator(".st-key-x-decision")

    def open_page() -> None:
        page.goto(f"{url}/experiments", wait_until="commit")
        title = page.get_by_role("button", name="A large one")
        title.wait_for(timeout=WAIT_MS)
        name = "open" if found["open, first of the process"] else "open, first of the process"
        found[name].append(waited(page, title.click, decision.wait_for))

    for _ in range(TIMES):
        open_page()
    for tag in TAGS:
        page.get_by_role("combobox", name="Tag").click()
        option = page.get_by_role("option", name=tag)
        option.wait_for()
        before = decision.inner_text()
        changed = partial(expect(decision).not_to_have_text, before, use_inner_text=True)
        found["filter"].append(waited(page, option.click, changed))
    page.get_by_role("radio", name="Charts").click()
    for name, title in CHARTS.items():
        button = page.get_by_role("radio", name=name, exact=True)
        drawn = page.locator(".js-plotly-plot .gtitle").filter(has_text=title).first
        found["redraw"].append(waited(page, button.click, drawn.wait_for))
    page.get_by_role("radio", name="Rows").click()
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    page.wait_for_timeout(1_000)
    box = table.bounding_box()
    if box is None:
        raise SystemExit("The table of rows is not drawn.")
    for line in range(TIMES):
        before = page.url
        press = partial(page.mouse.click, box["x"] + 150, box["y"] + 36 + 18 + 35 * line)
        elsewhere = partial(page.wait_for_function, "before => location.href !== before", arg=before)
        found["row"].append(waited(page, press, elsewhere))
    return found


def main() -> None:
    """Prints the median and the longest wait of each kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("Chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        with open_storage(home / "routeloom.db") as storage:
            fill(storage, rows)
        server = Server(home)
        server.start()
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        print(f"{rows:,} rows")
        for name, waits in measure(page, server.url).items():
            print(f"{name:28} median {statistics.median(waits):.2f} s, longest {max(waits):.2f} s", flush=True)
        browser.close()
        server.kill()


if __name__ == "__main__":
    main()
