"""The workspace: the one place where storage, models and engine are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal

from app.batch import run_batch
from app.config import Config
from app.data.shipped import shipped_data_sets
from app.experiment.experiments import Experiments
from app.hold import Holds
from app.library import Library
from app.loop import LoopThread, settle_collector
from app.model_list import known_entries
from app.outcome.fill_job import Fillings
from app.recording import Recordings
from app.routing.training import Trainings
from app.vectors import KeptVectors, OutsideModels
from pipelines.catalogue import Catalogue, ModelEntry, Provider
from pipelines.chat import Call, ChatRequest, Message, Sampling
from pipelines.document import Pipeline
from pipelines.engine import Engine, LangGraphFlow, PlainFlow
from pipelines.error import ConfigurationError, NotFound
from pipelines.event import EventSink
from pipelines.gateway.discovery import discover
from pipelines.gateway.embedded import EmbeddedProvider
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.key import key_state
from pipelines.gateway.provider import ChatProvider
from pipelines.gateway.standard import standard_providers
from pipelines.graph import Problem, find_problems
from pipelines.retrieval.embedder import pick_embedder
from pipelines.run import Budget, Fired, Run, RunSettings
from pipelines.value import Query
from pipelines.vectors import ModelEmbedder
from storage import Storage, open_storage

DEFAULT_MODEL = "smollm2-135m"
STOP_AGAIN_S = 1.0


class Workspace:
    """Opens an installation: its database, its models, and an engine on a loop of its own.

    Use it as a context manager, or call `close`. One workspace serves a whole process, pages and threads alike.
    """

    def __init__(self, config: Config | None = None) -> None:
        """Opens the installation that the configuration (by default the environment) names."""
        settle_collector()
        self.config = config or Config()
        _make_folder(self.config.home)
        self.storage: Storage = open_storage(self.config.storage_url, shipped=shipped_data_sets)
        self.library = Library(self.storage)
        self.loop = LoopThread()
        self._found: tuple[ModelEntry, ...] = ()
        self._gateway = Gateway(self._catalogue(), self._providers(), self.storage.runs)
        embedder = pick_embedder(self.config.weights_folder)
        self.engine, self.batch_engine = (
            Engine(
                self._gateway,
                self.storage.runs,
                library=self.library,
                documents=self.library,
                embedder=embedder,
                routers=self.library,
                flow=flow,
            )
            for flow in (LangGraphFlow(), PlainFlow())
        )
        self._holds = Holds(self.engine, self.storage.runs, self.loop)
        self.experiments = Experiments(self.storage, self.batch_engine, self.library, embedder, self.loop)
        by_model = partial(ModelEmbedder, OutsideModels(self))
        self.trainings = Trainings(KeptVectors(embedder, self.config.vectors_folder, by_model))
        self.fillings = Fillings(self)

    def __enter__(self) -> Workspace:
        """Returns itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def close(self) -> None:
        """Stops what runs, writes what waits and closes the database; its thread ends."""
        self._holds.stop_all()
        self.experiments.close()
        self.trainings.close()
        self.fillings.close()
        self.loop.call(self._gateway.aclose())
        self.loop.close()
        self.storage.close()

    @property
    def catalogue(self) -> Catalogue:
        """Returns the models that pipelines may ask now."""
        return self._gateway.catalogue

    def refresh_catalogue(self, *, look_around: bool = True) -> Catalogue:
        """Reads the models again, and by default looks for model servers on this machine."""
        if look_around:
            self._found = tuple(self.loop.call(discover()))
        self._gateway.catalogue = self._catalogue()
        return self.catalogue

    def set_default_model(self, name: str) -> None:
        """Makes a model the one that is asked where a pipeline names none.

        Raises:
            ConfigurationError: if the catalogue lacks it.
        """
        self.catalogue.entry(name)
        self.storage.settings.put("default_model", name)
        self.refresh_catalogue(look_around=False)

    def key_state(self, entry: ModelEntry) -> Literal["not_needed", "present", "missing"]:
        """Says whether the key that a model needs is there."""
        return key_state(entry)

    def probe(self, name: str) -> Call:
        """Asks a model one short question and returns the record of the call, failed or not."""
        request = ChatRequest(
            model=name,
            messages=(Message(role="user", content="Say hello in five words."),),
            sampling=Sampling(temperature=0.0, max_tokens=32),
            purpose="probe",
        )
        return self.loop.call(self.engine.probe(request))

    def find_problems(self, pipeline: Pipeline, *, model: str | None = None, whole: bool = True) -> tuple[Problem, ...]:
        """Returns every problem that a pipeline or a part of one has here, models and sub-pipelines looked up."""
        catalogue = self.catalogue if model is None else self.catalogue.with_default(model)
        return find_problems(pipeline, catalogue=catalogue, library=self.library, routers=self.library, whole=whole)

    def run(
        self,
        pipeline: str | Pipeline,
        query: str | Query,
        *,
        model: str | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        cache: bool = True,
        on_event: EventSink | None = None,
    ) -> Run:
        """Runs a pipeline (or the one of that reference or file) on one question and waits for the end.

        Raises:
            RouteloomError: if it cannot start; a failure on the way is the status of the run.
        """
        settings = RunSettings(model=model, budget=budget or Budget(), seed=seed, cache=cache)
        [run] = self.runs_of(pipeline, [Query(text=query) if isinstance(query, str) else query], settings)
        return self.wait(run.id, self.start(run, on_event=on_event))

    def runs_of(self, pipeline: str | Pipeline, queries: Sequence[Query], settings: RunSettings) -> list[Run]:
        """Returns a run for each question, not yet started, of a pipeline or the one of that reference or file.

        Raises:
            NotFound: if there is no such pipeline.
        """
        loaded = self.library.load(pipeline) if isinstance(pipeline, str) else pipeline
        source = self.library.source(pipeline) if isinstance(pipeline, str) else None
        slug, version = (source.slug, source.version) if source and source.kind == "workflow" else (None, None)
        return [
            Run(pipeline=loaded, query=query, settings=settings, workflow=slug, version=version) for query in queries
        ]

    def run_many(
        self, runs: Sequence[Run], *, width: int = 16, on_done: Callable[[Run], None] | None = None
    ) -> list[Run]:
        """Brings many new runs to their end, `width` at a time, and returns them in their order.

        `on_done` is called on the loop's thread as each ends. Each run has its own budget.

        Raises:
            RouteloomError: if one of them cannot start; a failure on the way is the status of that run.
        """
        batch = self.loop.submit(run_batch(self.batch_engine, self.storage.runs, runs, width=width, on_done=on_done))
        try:
            return batch.result()
        except KeyboardInterrupt:
            batch.cancel()
            raise

    def wait(self, run_id: str, future: Future[Run]) -> Run:
        """Waits for a started run; a keyboard interrupt stops the run and is passed on."""
        try:
            return future.result()
        except KeyboardInterrupt:
            # Asked again, because a step may swallow one request to stop.
            while not future.done():
                self.stop(run_id)
                wait([future], timeout=STOP_AGAIN_S)
            raise

    def start(
        self,
        run: Run,
        *,
        on_event: EventSink | None = None,
        reuse: Mapping[str, Fired] | None = None,
        resume: bool = False,
    ) -> Future[Run]:
        """Starts a run on the loop of the workspace; `on_event` is called on its thread.

        The future raises `StaleWrite` if the run is under way already, here or in another process, or has ended.
        """
        return self._holds.start(run, on_event=on_event, reuse=reuse, resume=resume)

    def stop(self, run_id: str) -> None:
        """Stops a run of this workspace; does nothing if it has ended."""
        self._holds.stop(run_id)

    def resume(self, run_id: str, *, on_event: EventSink | None = None) -> Run:
        """Takes up a run that was interrupted; calls that it had finished are not made again.

        Raises:
            NotFound: if there is no such run.
            StaleWrite: if another process has it in hand.
        """
        run = self.storage.runs.run(run_id)
        if run is None:
            raise NotFound(f"There is no run '{run_id}'.")
        if run.status != "running":
            raise NotFound(f"The run '{run_id}' has ended ({run.status}); only an interrupted run can be resumed.")
        fresh = run.model_copy(update={"spans": ()})
        return self.wait(run_id, self.start(fresh, on_event=on_event, resume=True))

    def _catalogue(self) -> Catalogue:
        entries = [*known_entries(self.config.weights_folder), *self._found, *self.storage.models.list()]
        wanted = self.config.default_model or self.storage.settings.get("default_model") or DEFAULT_MODEL
        return Catalogue(entries, default=wanted)

    def _providers(self) -> Mapping[Provider, ChatProvider]:
        recordings = Recordings(self.config.home / "recordings")
        embedded = EmbeddedProvider(self.config.weights_folder)
        return standard_providers(self.config.allowed_hosts, recordings, {"embedded": embedded})


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {home} cannot be made ({error.strerror}); name another in ROUTELOOM_HOME."
        ) from None
