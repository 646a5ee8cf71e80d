"""Lets the scorers of an experiment judge the answer of a run, their calls journaled and paid apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.engine import Engine
from pipelines.engine.context import NodeModels
from pipelines.engine.engine import OUTSIDE
from pipelines.engine.purse import Purse
from pipelines.error import BudgetExceeded, ModelRefusedKey, RunCancelled
from pipelines.experiment.experiment import Row
from pipelines.experiment.row import Task, Trouble, row_of
from pipelines.experiment.scoring import Scored, score_answer
from pipelines.run import Run
from pipelines.scorer import Bench, Scorer
from pipelines.service import Embedder


@dataclass(frozen=True, slots=True)
class Assessed:
    """Holds the row with its scores, or None where it is to be run again, and what would befall further rows too."""

    row: Row | None
    trouble: tuple[Trouble, str] | None = None


class Assessor:
    """Scores runs of one experiment."""

    def __init__(self, engine: Engine, scorers: Mapping[str, Scorer], embedder: Embedder, purse: Purse) -> None:
        """Takes the scorers by name, and what they may use."""
        self._engine = engine
        self._scorers = scorers
        self._embedder = embedder
        self._purse = purse

    async def assess(self, task: Task, run: Run, *, resume: bool) -> Assessed:
        """Returns the row of a run that has ended, with what every scorer says; `resume` if it was begun before."""
        if run.status != "done" or run.answer is None:
            return Assessed(row_of(task, run))
        judges: list[NodeModels] = []

        async def bench_of(name: str) -> Bench:
            if self._scorers[name].need != "models":
                return Bench(embedder=self._embedder)
            place = f"scorer{OUTSIDE}{name}"
            models = await self._engine.extra_models(run, place, purse=self._purse, resume=resume)
            judges.append(models)
            return Bench(models=models, embedder=self._embedder)

        def row(scored: Scored, **changes: object) -> Row:
            judge_cost_usd = sum(judge.totals.cost_usd for judge in judges)
            scores = {"scores": scored.scores, "score_errors": scored.errors, "judge_cost_usd": judge_cost_usd}
            return row_of(task, run, **scores, **changes)

        earlier = task.earlier
        known = earlier.scores if earlier is not None and earlier.run_id == run.id else {}
        try:
            scored = await score_answer(self._scorers, task.example, run.answer, bench_of, known=known)
        except BudgetExceeded as error:
            return Assessed(row(Scored(known, {}), status="budget"), ("budget", str(error)))
        except RunCancelled:
            return Assessed(row(Scored(known, {}), status="cancelled"))
        except ModelRefusedKey as error:
            return Assessed(None, ("key", str(error)))
        return Assessed(row(scored))
