"""Trains routers behind the page, one set at a time: it goes on when the page is closed, and can be stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from app.vectors import KeptVectors
from pipelines.error import ConfigurationError, RouteloomError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.coverage import comparable
from pipelines.outcome.split import refuse_leak, seen_hashes, split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.background import Background
from pipelines.routing.board import Board
from pipelines.routing.evaluation import compare_routers
from pipelines.routing.figures import RouterComparison, RouterFigures
from pipelines.space import Space
from pipelines.trained import TrainedRouter

StepStatus = Literal["waiting", "training", "done", "skipped"]
Status = Literal["running", "done", "stopped", "failed"]
_LOG: Final = logging.getLogger(__name__)
KEPT_WORKS: Final = 12
EMBEDDING: Final = "embedding the questions"
COMPARING: Final = "judging all against one another"


@dataclass(frozen=True, slots=True)
class Plan:
    """Says what is to be trained on which part of a table.

    Attributes:
        strategies: by the name that the charts give them.
        models: empty for all that can be compared.
        holdout: share of the rows, whole groups, on which they are judged.
        parts: of the recorded split, to learn from and to judge on, instead of a holdout.
        embedding_model: of the catalogue, for strategies that look at vectors; None takes the embedder at hand.
    """

    table: OutcomeTable
    strategies: Mapping[str, LearnedStrategy]
    models: tuple[str, ...] = ()
    holdout: float = 0.3
    seed: int = 0
    parts: tuple[str, str] | None = None
    embedding_model: str | None = None

    @property
    def split(self) -> str:
        """Returns for a person which rows the routers learn from."""
        if self.parts is not None:
            return f"the part '{self.parts[0]}' of {self.table.name}, judged on '{self.parts[1]}'"
        return f"{1 - self.holdout:.0%} of {self.table.name} at random, whole groups, seed {self.seed}"

    def divided(self) -> tuple[OutcomeTable, OutcomeTable]:
        """Returns the rows to learn from and those to judge on.

        Raises:
            ConfigurationError: if most of the latter are among the former.
        """
        if self.parts is None:
            train, test = split_table(self.table, (1 - self.holdout, self.holdout), seed=self.seed)
            return train, test
        splits = np.array(self.table.splits)
        train, test = (self.table.rows(splits == part) for part in self.parts)
        return train, refuse_leak(seen_hashes(train), test)


@dataclass(slots=True)
class Step:
    """Is how far one strategy is."""

    status: StepStatus = "waiting"
    detail: str = ""
    took_s: float | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """Is what came of a training.

    Attributes:
        train: the rows they learned from, of the compared models.
        routers: by name, ready to be saved.
    """

    comparison: RouterComparison
    board: Board
    train: OutcomeTable
    routers: Mapping[str, TrainedRouter]
    space: Space | None


@dataclass(slots=True)
class Training:
    """Is a training under way or at its end; the page reads it, one thread writes it."""

    plan: Plan
    steps: dict[str, Step]
    status: Status = "running"
    doing: str = ""
    error: str = ""
    trained: Trained | None = None
    began_s: float = field(default_factory=time.monotonic)
    stop: threading.Event = field(default_factory=threading.Event)
    future: Future[None] | None = None

    @property
    def share(self) -> float:
        """Returns how many of the strategies have ended, 0 to 1."""
        ended = sum(step.status in ("done", "skipped") for step in self.steps.values())
        return ended / max(1, len(self.steps))


class _StoppedError(Exception):
    """Ends a training that a person stopped."""


class Trainings:
    """Holds the last training on each table of this process."""

    def __init__(self, vectors: KeptVectors) -> None:
        """Takes who has the vectors for strategies that look at them."""
        self.vectors = vectors
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="routeloom-training")
        self._found: dict[str, Training] = {}
        self._works: dict[str, Future[object]] = {}

    def of(self, table: str) -> Training | None:
        """Returns the last training on a table, by its reference."""
        return self._found.get(table)

    def start(self, plan: Plan) -> Training:
        """Starts a training, after that which is under way; its table is known by its name.

        Raises:
            ConfigurationError: if no strategy is chosen, or one on this table is under way.
        """
        if not plan.strategies:
            raise ConfigurationError("No strategy is chosen; choose at least one to train.")
        known = self._found.get(plan.table.name)
        if known is not None and known.status == "running":
            raise ConfigurationError(f"A training on '{plan.table.name}' is under way; stop it or wait for its end.")
        training = Training(plan, {name: Step() for name in plan.strategies})
        self._found[plan.table.name] = training
        training.future = self._pool.submit(self._run, training)
        training.future.add_done_callback(_log_fault)
        return training

    def knows(self, key: str) -> bool:
        """Says whether a task of that key was begun."""
        return key in self._works

    def work(self, key: str, task: Callable[[], object]) -> Future[object]:
        """Returns the future of a task of that key, begun behind the page after what is under way, once only.

        The results of the last few keys are kept.
        """
        if key not in self._works:
            while len(self._works) >= KEPT_WORKS:
                del self._works[next(iter(self._works))]
            self._works[key] = self._pool.submit(task)
        return self._works[key]

    def stop(self, table: str) -> None:
        """Stops a training as soon as the strategy that learns now has learned."""
        training = self._found.get(table)
        if training is not None:
            training.stop.set()

    def close(self) -> None:
        """Stops what is under way; strategies that have begun to learn are waited for."""
        for training in self._found.values():
            training.stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, training: Training) -> None:
        try:
            training.trained = self._train(training)
            training.status = "done"
        except _StoppedError:
            training.status = "stopped"
        except RouteloomError as error:
            training.status, training.error = "failed", str(error)
        finally:
            if training.status == "running":
                training.status, training.error = "failed", "The training ended unexpectedly; the log tells more."
            training.doing = ""

    def _train(self, training: Training) -> Trained:
        plan = training.plan
        train, test = plan.divided()
        train, whole, warnings = comparable(train, test, models=plan.models)
        space = self._space(training, (*train.queries, *whole.queries))
        watch = _Watch(training)
        comparison = compare_routers(
            plan.strategies,
            *(train, whole),
            models=train.models,
            priced=False,
            space=space,
            seed=plan.seed,
            on_fitted=watch.fitted,
            on_done=watch.done,
            on_skip=watch.skipped,
        )
        comparison = comparison.model_copy(update={"warnings": (*warnings, *comparison.warnings)})
        predicted = {name: each.predict(whole.queries, space=space) for name, each in watch.learned.items()}
        board = Board(whole, Background.of(train), predicted)
        return Trained(comparison, board, train, self._routers(watch, train, comparison), space)

    def _routers(self, watch: _Watch, train: OutcomeTable, comparison: RouterComparison) -> dict[str, TrainedRouter]:
        plan = watch.training.plan
        figures = {found.name: found for found in comparison.routers}
        return {
            name: TrainedRouter.of(
                "unsaved",
                fitted,
                train,
                embedder=self.vectors.embedder(plan.embedding_model).name if fitted.needs_space else None,
                embedding_model=plan.embedding_model,
                seed=plan.seed,
                split=plan.split,
                fit_s=figures[name].fit_s,
                figures=figures[name],
                n_test=comparison.n_test,
            )
            for name, fitted in watch.learned.items()
        }

    def _space(self, training: Training, texts: tuple[str, ...]) -> Space | None:
        if not any(strategy.needs_space for strategy in training.plan.strategies.values()):
            return None
        training.doing = f"{EMBEDDING} ({len(texts):,})"
        return self.vectors.space(texts, training.plan.embedding_model)


def _log_fault(future: Future[None]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        _LOG.error("A training ended unexpectedly.", exc_info=error)


class _Watch:
    """Writes down how far a training is, and ends it where a person wants that."""

    def __init__(self, training: Training) -> None:
        """Takes the training."""
        self.training = training
        self.learned: dict[str, LearnedStrategy] = {}
        self._names = list(training.plan.strategies)
        self._begin()

    def fitted(self, name: str, strategy: LearnedStrategy, fit_s: float) -> None:
        """Notes that a strategy has learned."""
        self.learned[name] = strategy
        step = self.training.steps[name]
        step.took_s, step.detail = fit_s, "being judged"
        self.training.doing = f"judging {name}"

    def done(self, figures: RouterFigures) -> None:
        """Notes that a strategy was judged."""
        step = self.training.steps[figures.name]
        accuracy = figures.accuracy.value
        step.status, step.detail = "done", "" if accuracy is None else f"accuracy {accuracy:.3f}"
        self._begin()

    def skipped(self, name: str, error: ConfigurationError) -> None:
        """Notes that a strategy cannot learn from the table."""
        step = self.training.steps[name]
        step.status, step.detail = "skipped", str(error)
        self._begin()

    def _begin(self) -> None:
        if self.training.stop.is_set():
            raise _StoppedError
        following = next((name for name in self._names if self.training.steps[name].status == "waiting"), None)
        if following is not None:
            self.training.steps[following].status = "training"
            self.training.doing = f"training {following}"
        else:
            self.training.doing = COMPARING
