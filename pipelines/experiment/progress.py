"""How far an experiment is: counts, money, pace and what is left."""

from __future__ import annotations

from pydantic import Field

from pipelines.chat import Usd
from pipelines.experiment.experiment import ExperimentStatus
from pipelines.record import Record


class Progress(Record):
    """Is the state of an experiment at one moment.

    Attributes:
        total: rows altogether; what is not counted below still waits.
        interrupted: it is said to run and nobody has it in hand: its process died, and it may be resumed.
        running: rows on their way now, known only to the process that runs them.
        failed: rows whose pipeline failed, `unscored`: answered rows that a scorer failed on; both may be retried.
        unlabelled: answered rows that wait for the score of a person.
        paid_usd: paid until now, judges and failed attempts included; `judge_usd` is the judges' part.
        list_usd: what the answers cost at list price, those from the cache too.
        budget_left_usd: None without a budget.
        rate_per_s: rows ended in a second, over the last minute; `left_s` is what the rest takes at that pace.
    """

    experiment: str
    status: ExperimentStatus
    error: str | None = None
    interrupted: bool = False
    total: int = Field(ge=0)
    running: int = 0
    done: int = 0
    failed: int = 0
    no_answer: int = 0
    budget: int = 0
    cancelled: int = 0
    unscored: int = 0
    unlabelled: int = 0
    calls: int = 0
    cached_calls: int = 0
    paid_usd: Usd = 0.0
    judge_usd: Usd = 0.0
    list_usd: Usd = 0.0
    budget_left_usd: Usd | None = None
    rate_per_s: float | None = None
    left_s: float | None = None

    @property
    def ended(self) -> int:
        """Returns how many rows will not be run again by themselves."""
        return self.done + self.failed + self.no_answer

    @property
    def share(self) -> float:
        """Returns the ended part, from 0 to 1."""
        return self.ended / self.total if self.total else 1.0
