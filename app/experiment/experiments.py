"""The experiments of a workspace: create, start, pause, resume, cancel, try again, label, and see how far they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Final, Protocol

from app.experiment.hold import BEAT_S, ExperimentHold, stop_as
from app.experiment.source import pin_data, take_columns
from app.loop import LoopThread
from app.owner import has_died, own_name
from pipelines.engine import Engine
from pipelines.error import DocumentError, StaleWrite
from pipelines.experiment.experiment import Experiment, ExperimentSettings, ExperimentStatus, Row
from pipelines.experiment.progress import Progress
from pipelines.experiment.runner import Runner
from pipelines.experiment.scoring import read_scorers
from pipelines.graph import require_valid
from pipelines.scorer import Score
from pipelines.service import Embedder
from pipelines.store import PipelineLibrary, RouterLibrary
from storage import Storage

CLOSE_S: Final = 10.0
ENDED: Final = ("done", "cancelled")


class Library(PipelineLibrary, RouterLibrary, Protocol):
    """Finds what a pipeline may name."""


class Experiments:
    """Runs experiments on the loop of the workspace: they go on when the page that started them is closed."""

    def __init__(
        self,
        storage: Storage,
        engine: Engine,
        library: Library,
        embedder: Embedder,
        loop: LoopThread,
        *,
        beat_s: float = BEAT_S,
    ) -> None:
        """Takes what runs, remembers and finds things, the loop, and how soon wishes from elsewhere are seen."""
        self._beat_s = beat_s
        self._storage = storage
        self._engine = engine
        self._library = library
        self._embedder = embedder
        self._loop = loop
        self._owner = own_name()
        self._holds: dict[str, ExperimentHold] = {}
        self._rested: dict[str, Progress] = {}
        self._lock = threading.Lock()

    def create(self, experiment: Experiment) -> Experiment:
        """Stores a new experiment and returns it with version and hash of its data set.

        Raises:
            NotFound: if there is no such data set.
            DocumentError: if labels are equal, a scorer is none, or the data set lacks an example.
        """
        labels = [contender.label for contender in experiment.contenders]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice is not None:
            raise DocumentError(f"Two pipelines of the experiment are called '{twice}'; each needs its own label.")
        read_scorers(experiment.scorers)
        pinned = pin_data(self._storage, experiment)
        columns, places = take_columns(self._storage, pinned)
        self._storage.experiments.create(pinned, columns, places)
        return pinned

    def start(self, experiment_id: str) -> Future[Progress]:
        """Starts an experiment, or takes it up where it was left; the future holds how far it came.

        The future raises `StaleWrite` if another process has it in hand.

        Raises:
            NotFound: if there is no such experiment.
            PipelineInvalid: if one of the pipelines cannot run here.
            StaleWrite: if it is under way in this process already.
        """
        experiment = self._storage.experiments.get(experiment_id)
        catalogue = self._engine.gateway.catalogue
        if experiment.settings.model is not None:
            catalogue = catalogue.with_default(experiment.settings.model)
        for contender in experiment.contenders:
            require_valid(contender.pipeline, catalogue=catalogue, library=self._library, routers=self._library)
        hold = ExperimentHold(experiment, self._storage, self._engine, self._embedder, self._owner, self._beat_s)
        with self._lock:
            if experiment_id in self._holds:
                raise StaleWrite(f"The experiment '{experiment_id}' is under way already.")
            self._holds[experiment_id] = hold
        self._rested.pop(experiment_id, None)
        future = hold.future = self._loop.submit(hold.run())
        future.add_done_callback(lambda done: self._forget(experiment_id, done))
        return future

    def resume(
        self, experiment_id: str, *, budget_usd: float | None = None, concurrency: int | None = None
    ) -> Future[Progress]:
        """Takes up an experiment that was paused, cancelled, interrupted or met its budget, if wanted with another one.

        Nothing that has ended is run again, and no call that was answered is made again.
        """
        changes = {"budget_usd": budget_usd, "concurrency": concurrency}
        self._change(experiment_id, {name: value for name, value in changes.items() if value is not None})
        return self.start(experiment_id)

    def retry_failed(self, experiment_id: str) -> Future[Progress] | None:
        """Runs the failed rows once more, and lets scorers that failed judge again; None if there are none.

        Raises:
            StaleWrite: if the experiment is under way.
        """
        self._refuse_under_way(experiment_id)
        if not self._storage.experiments.wait_again(experiment_id):
            return None
        return self.start(experiment_id)

    def set_budget(self, experiment_id: str, budget_usd: float) -> None:
        """Gives an experiment another budget, also while it runs here."""
        self._change(experiment_id, {"budget_usd": budget_usd})

        def change(runner: Runner) -> None:
            runner.purse.limit_usd = budget_usd

        self._wish(experiment_id, change)

    def pause(self, experiment_id: str) -> None:
        """Begins no further row; those on their way are finished. Another process obeys within some seconds."""
        self._stop(experiment_id, "paused")

    def cancel(self, experiment_id: str) -> None:
        """Makes no further call; those in flight are finished and stored. Another process obeys within some seconds."""
        self._stop(experiment_id, "cancelled")

    def delete(self, experiment_id: str) -> None:
        """Destroys an experiment with its rows.

        Raises:
            StaleWrite: if it is under way.
        """
        self._refuse_under_way(experiment_id)
        self._storage.experiments.delete(experiment_id)

    def label(self, experiment_id: str, row: Row, scorer: str, value: float, reason: str = "") -> Row:
        """Gives a row the score of a person and returns it.

        Raises:
            NotFound: if there is no such scorer or row.
        """
        score = Score(value=value, reason=reason)
        return self._storage.experiments.label(experiment_id, row, scorer, score)

    def unlabel(self, experiment_id: str, row: Row, scorer: str) -> Row:
        """Takes back the score that a person gave and returns the row, which waits for one again.

        Raises:
            NotFound: if there is no such scorer or row.
        """
        return self._storage.experiments.label(experiment_id, row, scorer, None)

    def is_under_way(self, experiment_id: str) -> bool:
        """Says whether this process or another living one has an experiment in hand."""
        return experiment_id in self._holds or self._is_elsewhere(experiment_id)

    def progress(self, experiment_id: str) -> Progress:
        """Returns how far an experiment is, whoever runs it.

        Raises:
            NotFound: if there is no such experiment.
        """
        hold = self._holds.get(experiment_id)
        live = hold.progress() if hold is not None else None
        if live is not None:
            return live
        stored = self._storage.experiments.progress(experiment_id)
        if hold is not None:
            return stored.model_copy(update={"status": "running", "error": None})
        if stored.status == "running" and not self._is_elsewhere(experiment_id):
            # Where the database could not be told how it ended, as with a full disk, this process knows better.
            return self._rested.get(experiment_id) or stored.model_copy(update={"interrupted": True})
        return stored

    @property
    def under_way(self) -> frozenset[str]:
        """Returns the ids of the experiments that this process has in hand."""
        return frozenset(self._holds)

    def wait(self, experiment_id: str) -> Progress:
        """Waits until an experiment of this process has come to rest."""
        hold = self._holds.get(experiment_id)
        if hold is not None and hold.future is not None:
            return hold.future.result()
        return self.progress(experiment_id)

    def close(self) -> None:
        """Pauses every experiment of this process at once."""
        holds = list(self._holds.values())
        for hold in holds:
            hold.wish(self._loop.loop, lambda runner: runner.cancel("paused", grace_s=0.0))
        wait([hold.future for hold in holds if hold.future is not None], timeout=CLOSE_S)

    def _stop(self, experiment_id: str, status: ExperimentStatus) -> None:
        stored = self._storage.experiments
        if not self._wish(experiment_id, stop_as(status)) and stored.get(experiment_id).status not in ENDED:
            stored.set_status(experiment_id, status)

    def _wish(self, experiment_id: str, wish: Callable[[Runner], None]) -> bool:
        """Asks the runner of this process, and says whether there is one."""
        hold = self._holds.get(experiment_id)
        if hold is not None:
            hold.wish(self._loop.loop, wish)
        return hold is not None

    def _change(self, experiment_id: str, changes: dict[str, float | int]) -> None:
        if not changes:
            return
        experiment = self._storage.experiments.get(experiment_id)
        settings = ExperimentSettings.model_validate({**experiment.settings.model_dump(), **changes})
        self._storage.experiments.update(experiment.model_copy(update={"settings": settings}))

    def _refuse_under_way(self, experiment_id: str) -> None:
        if experiment_id in self._holds or self._is_elsewhere(experiment_id):
            raise StaleWrite(f"The experiment '{experiment_id}' is under way; wait for its end, or pause it first.")

    def _is_elsewhere(self, experiment_id: str) -> bool:
        holder = self._storage.experiments.holder(experiment_id)
        return holder is not None and holder != self._owner and not has_died(holder)

    def _forget(self, experiment_id: str, done: Future[Progress]) -> None:
        with self._lock:
            self._holds.pop(experiment_id, None)
        if not done.cancelled() and done.exception() is None:
            self._rested[experiment_id] = done.result()
