"""What `routeloom eval --json` and `routeloom experiments show --json` answer: the shape that scripts depend on."""

from __future__ import annotations

from typing import Any

from app.experiment.decision import decision
from pipelines.estimate.calibration import Calibration
from pipelines.experiment.experiment import Experiment, ExperimentStatus
from pipelines.experiment.progress import Progress
from pipelines.record import Record
from pipelines.statistics.gate import Gate
from pipelines.statistics.measure import Measure
from pipelines.statistics.report import ContenderReport, PairReport, Report
from storage.experiment_standing import Standing

Bounds = tuple[float | None, float | None]
DIGITS = 12


class PipelineAnswer(Record):
    """Is what one pipeline did.

    Attributes:
        pipeline: its label in the experiment.
        n: examples with a score; `rows` counts repeats each.
        accuracy_ci: bounds of the 95 % interval, as of every `_ci`.
        cost_usd: paid for the answers, failed attempts included; the judges' calls are in `judge_cost_usd`.
        list_cost_usd: what the answers cost at list price, those from the cache too.
        notional: a part of the costs is made up for charts, nobody sends a bill.
        errors: rows that failed; they count as wrong.
        wall_s: of the whole experiment, in which the pipelines run side by side; None where it was run before.
        scores: mean of each further scorer, by its name.
    """

    pipeline: str
    workflow: str | None
    version: int | None
    n: int
    rows: int
    accuracy: float | None
    accuracy_ci: Bounds
    cost_usd: float
    list_cost_usd: float
    judge_cost_usd: float
    notional: bool
    cost_usd_per_1k: float | None
    cost_usd_per_1k_ci: Bounds
    cost_usd_per_success: float | None
    latency_p50_s: float | None
    latency_p50_s_ci: Bounds
    latency_p95_s: float | None
    latency_p95_s_ci: Bounds
    input_tokens: int
    output_tokens: int
    calls: int
    cached_calls: int
    errors: int
    no_answer: int
    missing: int
    wall_s: float | None
    scores: dict[str, float | None]


class PairAnswer(Record):
    """Is the comparison of two pipelines on the examples that both have.

    Attributes:
        difference: accuracy of the second minus that of the first.
        p_value: uncorrected; `p_corrected` allows for the number of pairs.
        rows_needed: how many examples it takes to tell the two apart, if the difference is what it looks like.
    """

    first: str
    second: str
    n: int
    difference: float | None
    difference_ci: Bounds
    p_value: float | None
    p_corrected: float | None
    is_real: bool
    test: str
    wins: int
    losses: int
    ties: int
    detectable: float | None
    rows_needed: int | None


class FailureAnswer(Record):
    """Is why rows failed, or have an answer and no score, and how many of them."""

    error: str
    rows: int
    unscored: bool = False


class EvalAnswer(Record):
    """Is an experiment with its numbers.

    Attributes:
        experiment: its id, for `--resume` and `experiments show`.
        paid_usd: everything that was paid, judges and earlier attempts included.
        decision: what to take from it, in sentences.
        gate: the condition under which the check fails, with its outcome.
        calibration: how right the estimate was.
    """

    experiment: str
    title: str
    status: ExperimentStatus
    interrupted: bool
    error: str | None
    data: dict[str, Any]
    scorers: tuple[dict[str, Any], ...]
    settings: dict[str, Any]
    rows: int
    done: int
    failed: int
    waiting: int
    unscored: int
    unlabelled: int
    paid_usd: float
    wall_s: float | None
    pipelines: tuple[PipelineAnswer, ...]
    pairs: tuple[PairAnswer, ...]
    failures: tuple[FailureAnswer, ...]
    decision: tuple[str, ...]
    warnings: tuple[str, ...]
    gate: Gate | None
    estimate: dict[str, Any] | None
    calibration: Calibration | None


def eval_answer(
    experiment: Experiment,
    progress: Progress,
    report: Report,
    standings: tuple[Standing, ...],
    *,
    failures: tuple[FailureAnswer, ...] = (),
    gate: Gate | None = None,
    calibration: Calibration | None = None,
    wall_s: float | None = None,
) -> EvalAnswer:
    """Returns the answer of an experiment as far as it came."""
    paid = {standing.contender: standing.cost_usd for standing in standings}
    about = {"name": experiment.data_set, "version": experiment.data_version, "hash": experiment.data_hash}
    return EvalAnswer(
        experiment=experiment.id,
        title=experiment.title,
        status=progress.status,
        interrupted=progress.interrupted,
        error=progress.error,
        data={**about, "examples": report.n_examples},
        scorers=experiment.scorers,
        settings=experiment.settings.model_dump(mode="json"),
        rows=progress.total,
        done=progress.done,
        failed=progress.failed,
        waiting=progress.total - progress.ended,
        unscored=progress.unscored,
        unlabelled=progress.unlabelled,
        paid_usd=_plain(progress.paid_usd),
        wall_s=wall_s,
        pipelines=tuple(
            _pipeline(experiment, place, found, paid.get(place, 0.0), wall_s)
            for place, found in enumerate(report.contenders)
        ),
        pairs=tuple(map(_pair, report.pairs)),
        failures=failures,
        decision=decision(report),
        warnings=report.warnings,
        gate=gate,
        estimate=experiment.estimate,
        calibration=calibration,
    )


def _pipeline(
    experiment: Experiment, place: int, found: ContenderReport, paid_usd: float, wall_s: float | None
) -> PipelineAnswer:
    contender = experiment.contenders[place]
    same = ("input_tokens", "output_tokens", "calls", "cached_calls", "errors", "no_answer", "missing")
    measures = ("accuracy", "cost_usd_per_1k", "latency_p50_s", "latency_p95_s")
    numbers = {name: _tidy(name, getattr(found, name).value) for name in (*measures, "cost_usd_per_success")}
    bounds = {f"{name}_ci": _bounds(getattr(found, name)) for name in measures}
    return PipelineAnswer(
        pipeline=found.label,
        workflow=contender.workflow,
        version=contender.version,
        n=found.n_examples,
        rows=found.n_rows,
        cost_usd=_plain(max(0.0, paid_usd - found.judge_cost_usd)),
        list_cost_usd=_plain(found.list_cost_usd),
        judge_cost_usd=_plain(found.judge_cost_usd),
        notional=found.label in _notional(experiment),
        wall_s=wall_s,
        scores={name: measure.value for name, measure in found.passes.items()},
        **{name: getattr(found, name) for name in same},
        **numbers,
        **bounds,
    )


def _notional(experiment: Experiment) -> set[str]:
    """Returns the labels of the pipelines whose models have a price that nobody charges, as the estimate found."""
    parts = (experiment.estimate or {}).get("contenders", ())
    return {str(part.get("label")) for part in parts if part.get("notional")}


def _pair(found: PairReport) -> PairAnswer:
    same = {name: getattr(found, name) for name in PairAnswer.model_fields if not name.startswith("difference")}
    return PairAnswer(difference=found.difference.value, difference_ci=_bounds(found.difference), **same)


def _bounds(measure: Measure) -> Bounds:
    return (measure.low, measure.high)


def _tidy(name: str, value: float | None) -> float | None:
    return _plain(value) if value is not None and name.startswith("cost_usd") else value


def _plain(usd: float) -> float:
    """Returns an amount without the noise of its last digits, which comes from adding up."""
    return float(f"{usd:.{DIGITS}g}")
