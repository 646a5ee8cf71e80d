"""What a trained router wants and looks at: its objective, and vectors of a model of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.config import Config
from app.loop import LoopThread
from app.outcome.replaying import replay_here
from app.routing.use import routed_pipeline
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry, Price
from pipelines.error import ConfigurationError
from pipelines.value import ModelChoice
from storage import open_storage
from tests.app.cli.program import Program
from tests.app.cli.test_router import write
from tests.pipelines.gateway.embedding_server import EmbeddingServer, embedding
from tests.pipelines.outcome.tables import table, two_tasks

NEAR = "knn:featurizer=embedding,neighbours=5"
PRICE = Price(input_usd_per_mtok=100.0, output_usd_per_mtok=0.0, as_of=date(2026, 1, 1))


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    loop = LoopThread()
    serving = embedding()
    yield loop.call(serving.__aenter__())
    loop.call(serving.__aexit__(None, None, None))
    loop.close()


@pytest.fixture
def vectors(program: Program, server: EmbeddingServer) -> Program:
    """The command in a home with an embedding model at 100 USD per million tokens, and two models that answer."""
    with open_storage(program.home / "routeloom.db") as storage:
        for name in ("vectors", "counter", "linguist"):
            entry = ModelEntry(
                name=name, provider="openai_compatible", target=name, base_url=server.base_url, price=PRICE
            )
            storage.models.put(entry)
        storage.settings.put("default_model", "counter")
    return program


@pytest.fixture
def crafts(program: Program) -> str:
    write(program.home / "crafts", two_tasks(60))
    return str(program.home / "crafts")


def _priced(folder: Path) -> str:
    """Returns a folder in which 'counter' is a little better and, at 100 tokens an answer, ten times as dear."""
    plain = two_tasks(60)
    write(folder, table([[0.8, 0.7]] * 60, queries=plain.queries, tasks=plain.tasks, models=plain.models))
    (folder / "prices.csv").write_text("model,usd_per_1m_in,usd_per_1m_out\ncounter,0,100\nlinguist,0,10\n")
    return str(folder)


def test_a_router_learns_from_vectors_of_a_model_of_the_catalogue(
    vectors: Program, server: EmbeddingServer, crafts: str
) -> None:
    made = vectors(
        *("router", "train", "near", "--table", crafts, "--strategy", NEAR, "--embedding-model", "vectors", "--json")
    )
    assert made.code == 0, made.stderr
    assert made.json["embedding_model"] == "vectors"
    assert made.json["embedder"] == "vectors (openai_compatible: vectors)"
    assert made.json["figures"]["accuracy"] == 1.0
    texts = sum(len(body["input"]) for body in server.bodies)
    assert texts == 60
    # 10 tokens a text at 100 USD per million.
    assert "Vectors of 'vectors' cost $0.06 now" in made.stderr


def test_vectors_that_were_bought_serve_again_also_for_a_judgement(
    vectors: Program, server: EmbeddingServer, crafts: str
) -> None:
    trained = ("router", "train", "near", "--table", crafts, "--strategy", NEAR, "--embedding-model", "vectors")
    assert vectors(*trained).code == 0
    asked = len(server.bodies)
    assert "Vectors of 'vectors' cost $0 now" in vectors(*trained).stderr
    assert len(server.bodies) == asked
    why = vectors("router", "explain", "near", "-q", "How much is 3 plus 4?", "--json")
    assert why.json["choice"] == "counter"
    assert server.bodies[-1]["input"] == ["How much is 3 plus 4?"]


def test_a_live_run_asks_the_embedding_model_inside_the_run(
    vectors: Program, server: EmbeddingServer, crafts: str
) -> None:
    trained = ("router", "train", "near", "--table", crafts, "--strategy", NEAR, "--embedding-model", "vectors")
    assert vectors(*trained).code == 0
    asked = len(server.bodies)
    with Workspace(Config(home=vectors.home)) as space:
        card = space.library.router("near").card
        drawn = routed_pipeline(card, 1, {name: name for name in card.models})
        runs = [space.run(drawn, "Please translate this into French") for _ in range(2)]
    for run in runs:
        [router] = [span for span in run.spans if span.kind == "learned_router"]
        assert router.fired is not None
        assert router.fired.ports["choice"] == ModelChoice(model="linguist")
        assert router.models == ("vectors",)
    assert [span.totals.cost_usd for run in runs for span in run.spans if span.kind == "learned_router"] == [0.001, 0.0]
    assert len(server.bodies) == asked + 1


def test_a_replay_takes_vectors_that_were_bought_and_buys_none(
    vectors: Program, server: EmbeddingServer, crafts: str
) -> None:
    trained = ("router", "train", "near", "--table", crafts, "--strategy", NEAR, "--embedding-model", "vectors")
    assert vectors(*trained).code == 0
    asked = len(server.bodies)
    with Workspace(Config(home=vectors.home)) as space:
        card = space.library.router("near").card
        drawn = routed_pipeline(card, 1, {name: name for name in card.models})
        found = replay_here(space, {"routed": drawn}, two_tasks(60))
        assert found.score.tolist() == [1.0] * 60
        with pytest.raises(ConfigurationError, match="are not kept for all texts, and no model is asked here"):
            replay_here(space, {"routed": drawn}, two_tasks(60, seed=1))
    assert len(server.bodies) == asked


def test_an_embedding_model_that_is_not_there_or_not_looked_at_is_told(vectors: Program, crafts: str) -> None:
    wanted = ("router", "train", "near", "--table", crafts, "--embedding-model")
    absent = vectors(*wanted, "other", "--strategy", NEAR)
    assert (absent.code, "'other' is not in the catalogue" in absent.stderr) == (2, True)
    unused = vectors(*wanted, "vectors", "--strategy", "ridge")
    assert (unused.code, "None of the strategies looks at vectors" in unused.stderr) == (2, True)


def test_a_router_whose_embedding_model_means_another_one_now_is_refused(vectors: Program, crafts: str) -> None:
    trained = ("router", "train", "near", "--table", crafts, "--strategy", NEAR, "--embedding-model", "vectors")
    assert vectors(*trained).code == 0
    added = vectors("models", "add", "vectors", "--model", "openai/else", "--base-url", "http://127.0.0.1:9/v1")
    assert added.code == 0
    told = vectors("router", "explain", "near", "-q", "How much is 3 plus 4?")
    assert told.code == 2
    assert "trained on vectors of 'vectors (openai_compatible: vectors)'" in told.stderr


@pytest.mark.parametrize(
    ("options", "config", "choice"),
    [
        (("--objective", "score"), {"objective": "score"}, "counter"),
        (("--score-per-usd", "20"), {"objective": "trade_off", "score_per_usd": 20.0}, "linguist"),
        (
            ("--objective", "cheapest_above", "--enough", "0.6"),
            {"objective": "cheapest_above", "enough": 0.6},
            "linguist",
        ),
        (("--budget-usd", "0.005"), {"objective": "within", "budget_usd": 0.005}, "linguist"),
        (("--budget-usd", "0.0001"), {"objective": "within", "budget_usd": 0.0001}, None),
    ],
)
def test_a_router_keeps_its_objective_and_a_pipeline_begins_with_it(
    program: Program, options: tuple[str, ...], config: dict[str, object], choice: str | None
) -> None:
    folder = _priced(program.home / "priced")
    made = program("router", "train", "aim", "--table", folder, "--strategy", "best_single", *options, "--json")
    assert made.code == 0, made.stderr
    told = program("router", "explain", "aim", "-q", "What is 1 plus 2?", "--json").json
    assert (told["objective"], told["choice"]) == (config, choice)
    with open_storage(program.home / "routeloom.db") as storage:
        card = storage.routers.get("aim").card
    drawn = routed_pipeline(card, 1, {name: name for name in card.models})
    assert drawn.node("router").config == {"router": "aim@1", **config}


def test_a_router_without_an_objective_says_none(program: Program) -> None:
    folder = _priced(program.home / "priced")
    made = program("router", "train", "aim", "--table", folder, "--strategy", "best_single", "--json")
    assert made.json["objective"] is None
    assert "Wants" not in program("router", "show", "aim").stderr
    program("router", "train", "aim", "--table", folder, "--strategy", "best_single", "--enough", "0.5")
    assert "Wants: the cheapest that scores 0.50" in program("router", "show", "aim").stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--objective", "best"), "There is no objective 'best'; there is score, trade_off, cheapest_above, within."),
        (("--objective", "score", "--enough", "0.5"), "--enough does not belong to the objective 'score'."),
        (("--enough", "0.5", "--budget-usd", "1"), "--budget-usd does not belong to the objective 'cheapest_above'."),
    ],
)
def test_an_objective_that_contradicts_itself_is_told(program: Program, options: tuple[str, ...], words: str) -> None:
    told = program("router", "train", "aim", "--table", _priced(program.home / "priced"), *options)
    assert (told.code, words in told.stderr) == (2, True)
