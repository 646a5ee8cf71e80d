"""Hands out what came of an experiment: the JSON object or the table, and the exit code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from app.cli.eval_answer import EvalAnswer, FailureAnswer, PipelineAnswer, eval_answer
from app.cli.eval_file import Files, write_files
from app.cli.output import FAILED, STOPPED, cell, console, print_json, print_text, tell
from app.experiment.reading import calibration_of, report_of
from app.figure import cost_text, duration_text
from pipelines.statistics.gate import fail_if as put
from storage.experiment_page import RowFilter

if TYPE_CHECKING:
    from pipelines.experiment.experiment import Experiment
    from pipelines.experiment.progress import Progress
    from storage import Storage

GATE_HELD: Final = 3
MOST_FAILURES: Final = 5
LOOKED_AT: Final = 2_000
UNKNOWN: Final = "–"


def deliver(
    storage: Storage,
    experiment: Experiment,
    progress: Progress,
    *,
    files: Files,
    fail_if: str | None = None,
    wall_s: float | None = None,
    interrupted: bool = False,
    as_json: bool = False,
) -> int:
    """Writes the files, prints the numbers and returns the exit code."""
    results = storage.experiments.results(experiment.id)
    report = report_of(storage, experiment, results)
    gate = put(report, fail_if) if fail_if is not None else None
    answer = eval_answer(
        experiment,
        progress,
        report,
        storage.experiments.standings([experiment.id]).get(experiment.id, ()),
        failures=_failures(storage, experiment.id, progress),
        gate=gate,
        calibration=calibration_of(experiment, results),
        wall_s=wall_s,
    )
    write_files(storage, experiment, results, report, files, gate)
    if as_json:
        print_json(answer)
    else:
        _print_tables(answer)
    _tell_end(answer)
    return exit_code(answer, interrupted=interrupted)


def exit_code(answer: EvalAnswer, *, interrupted: bool) -> int:
    """Returns 0 for an experiment that is done, 3 if the condition held of it, 1 if it did not come to its end."""
    if answer.status != "done":
        return STOPPED if interrupted else FAILED
    if answer.gate is not None and answer.gate.holds:
        return GATE_HELD
    return FAILED if not answer.done else 0


def _failures(storage: Storage, experiment_id: str, progress: Progress) -> tuple[FailureAnswer, ...]:
    """Returns the most frequent reasons among the first rows that failed, and among those that have no score."""
    found: list[FailureAnswer] = []
    if progress.failed:
        page = storage.experiments.rows(experiment_id, RowFilter(status="failed"), limit=LOOKED_AT)
        counts = Counter(row.error or "It gave no reason." for row in page.rows)
        found += (FailureAnswer(error=error, rows=count) for error, count in counts.most_common(MOST_FAILURES))
    if progress.unscored:
        page = storage.experiments.rows(experiment_id, RowFilter(unscored=True), limit=LOOKED_AT)
        counts = Counter(f"{name}: {error}" for row in page.rows for name, error in row.score_errors.items())
        found += (
            FailureAnswer(error=error, rows=count, unscored=True) for error, count in counts.most_common(MOST_FAILURES)
        )
    return tuple(found)


def _print_tables(answer: EvalAnswer) -> None:
    from rich.table import Table

    heads = ("pipeline", "accuracy", "95 %", "n", "failed", "paid", "per 1,000", "median", "95 % within")
    further = tuple(dict.fromkeys(name for found in answer.pipelines for name in found.scores))
    table = Table(*heads, *further, box=None, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for found in answer.pipelines:
        table.add_row(*map(cell, (*_cells(found), *(_share(found.scores.get(name)) for name in further))))
    console(stderr=False).print(table)
    for sentence in answer.decision:
        print_text(sentence)


def _cells(found: PipelineAnswer) -> tuple[str, ...]:
    low, high = found.accuracy_ci
    bounds = UNKNOWN if low is None or high is None else f"{low:.1%} to {high:.1%}"
    per_1k = found.cost_usd_per_1k
    seconds = (found.latency_p50_s, found.latency_p95_s)
    return (
        found.pipeline,
        _share(found.accuracy),
        bounds,
        f"{found.n:,}",
        f"{found.errors:,}",
        cost_text(found.cost_usd, notional=found.notional),
        UNKNOWN if per_1k is None else cost_text(per_1k, notional=found.notional),
        *(UNKNOWN if value is None else duration_text(value) for value in seconds),
    )


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1%}"


def _tell_end(answer: EvalAnswer) -> None:
    if any(found.notional for found in answer.pipelines):
        tell("Note: ≈ marks prices of embedded models, which are notional: nobody sends a bill.")
    for warning in answer.warnings:
        tell(f"Note: {warning}")
    _tell_failures(answer)
    if answer.calibration is not None:
        tell(answer.calibration.sentence)
    if answer.gate is not None:
        for found in answer.gate.failures:
            tell(f"--fail-if held for '{found.contender}': {found.reason}.")
        if not answer.gate.failures:
            tell("--fail-if did not hold.")
    words = {
        "done": "Done",
        "budget": "Stopped by the budget",
        "failed": "Failed",
        "paused": "Paused",
        "cancelled": "Cancelled",
        "running": "Interrupted" if answer.interrupted else "Running",
        "new": "Not started",
    }
    ended = answer.rows - answer.waiting
    took = f" in {duration_text(answer.wall_s)}" if answer.wall_s is not None else ""
    notional = any(found.notional for found in answer.pipelines)
    tell(
        f"{words[answer.status]}{f': {answer.error}' if answer.error else '.'} {ended:,} of {answer.rows:,} rows{took},"
        f" paid {cost_text(answer.paid_usd, notional=notional)}, experiment {answer.experiment}."
    )
    _tell_next(answer)


def _tell_failures(answer: EvalAnswer) -> None:
    for failure in answer.failures:
        rows = f"{failure.rows:,} row{'s' * (failure.rows != 1)}"
        tell(f"{rows} not scored by {failure.error}" if failure.unscored else f"{rows} failed: {failure.error}")
    further = answer.failed - sum(failure.rows for failure in answer.failures if not failure.unscored)
    if further > 0:
        tell(f"{further:,} more failed; see routeloom experiments rows {answer.experiment} --status failed")


def _tell_next(answer: EvalAnswer) -> None:
    if answer.waiting and (answer.status != "running" or answer.interrupted):
        more = " --budget-usd MORE" if answer.status == "budget" else ""
        tell(f"Go on with: routeloom eval --resume {answer.experiment}{more}")
    elif answer.failed:
        tell(f"Try the failed rows again with: routeloom experiments retry {answer.experiment}")
    elif answer.unscored:
        tell(f"If a scorer failed, let it try again with: routeloom experiments retry {answer.experiment}")
    if answer.unlabelled:
        tell(f"{answer.unlabelled:,} answers wait for a person: label them on the Experiments page of the studio.")
