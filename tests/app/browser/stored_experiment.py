"""A finished experiment in the database, without a run: four questions, two pipelines, labels still to be given."""

from __future__ import annotations

from app.experiment.source import pin_data, take_columns
from app.loop import LoopThread
from pipelines.data.data_set import DataSet
from pipelines.experiment.experiment import Contender, Experiment, Row, run_id_of
from pipelines.scorer import Score
from storage import Storage
from tests.app.experiment.scene import examples
from tests.pipelines.drawing import single_expert

EXACT = {"kind": "exact_match"}
HUMAN = {"kind": "human", "question": "Is it polite?"}
NAME = "hand"


def store_experiment(storage: Storage) -> str:
    """Stores it and returns its id; the second pipeline is right everywhere, the first one every second time."""
    storage.data_sets.put(DataSet(name="few", examples=examples(4)))
    contenders = tuple(Contender(label=label, pipeline=single_expert()) for label in ("one", "two"))
    drawn = Experiment(id=NAME, contenders=contenders, data_set="few", data_hash="", scorers=(EXACT, HUMAN))
    pinned = pin_data(storage, drawn)
    storage.experiments.create(pinned, *take_columns(storage, pinned))

    async def fill() -> None:
        for place in range(8):
            await storage.experiments.put(NAME, _row(place % 2, place // 2))

    # Playwright's own event loop runs in this thread.
    loop = LoopThread()
    loop.call(fill())
    loop.close()
    storage.experiments.set_status(NAME, "done")
    return NAME


def _row(contender: int, example: int) -> Row:
    right = contender == 1 or example % 2 == 0
    return Row(
        contender=contender, example=example, status="done", run_status="done", answer="hello" if right else "what?",
        run_id=run_id_of(NAME, contender, example, 0, 0), calls=1, list_cost_usd=0.001 * (1 + contender),
        latency_s=0.5 + example / 10, input_tokens=10, output_tokens=2,
        scores={"exact_match": Score(value=float(right), reason="as expected" if right else "expected hello")},
    )  # fmt: skip
