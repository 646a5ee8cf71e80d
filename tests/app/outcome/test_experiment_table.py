"""An experiment becomes an outcome table."""

from __future__ import annotations

import numpy as np
import pytest

from app.outcome.experiment_table import from_experiment
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry
from pipelines.error import ConfigurationError, NotFound
from tests.app.experiment.scene import CALL_USD, PRICE, experiment, two_steps
from tests.pipelines.drawing import single_expert
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub


def _second_model(workspace: Workspace, server: Stub) -> None:
    entry = ModelEntry(name="big", provider="openai_compatible", target="b", price=PRICE, base_url=server.base_url)
    workspace.storage.models.put(entry)
    workspace.refresh_catalogue(look_around=False)


def test_pipelines_become_columns(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment(single_expert(), two_steps(), repeats=2))
    workspace.experiments.start("x1").result(timeout=60)
    found = from_experiment(workspace.storage, "x1")
    assert (found.name, found.models, found.ids) == ("experiment-x1", ("p0", "p1"), ("e0", "e1", "e2", "e3"))
    assert found.score.tolist() == [[1.0, 1.0], [0.0, 0.0]] * 2
    assert found.tasks == ("easy", "hard", "easy", "hard")
    assert found.cost_usd[0].tolist() == pytest.approx([CALL_USD, 2 * CALL_USD])
    assert found.input_tokens[0].tolist() == [5.0, 10.0]
    assert found.answers is not None
    assert found.answers[3].tolist() == ["hello", "hello"]
    assert workspace.storage.outcome_tables.put(found, "facts-outcomes", title="Facts") == 1


def test_models_that_answered_alone_become_columns(workspace: Workspace, server: Stub) -> None:
    _second_model(workspace, server)
    workspace.experiments.create(experiment(single_expert(model="small"), single_expert(model="big")))
    workspace.experiments.start("x1").result(timeout=60)
    assert from_experiment(workspace.storage, "x1").models == ("big", "small")
    assert from_experiment(workspace.storage, "x1", columns="pipelines").models == ("p0", "p1")


def test_models_with_a_way_of_their_own_stay_pipelines(workspace: Workspace, server: Stub) -> None:
    _second_model(workspace, server)
    thinking = single_expert(model="big", known_as="big · reasoning")
    workspace.experiments.create(experiment(single_expert(model="small"), thinking))
    workspace.experiments.start("x1").result(timeout=60)
    assert from_experiment(workspace.storage, "x1").models == ("p0", "p1")


def test_a_failed_row_leaves_its_cell_missing(workspace: Workspace, server: Stub) -> None:
    server.will(s.fails(400), s.fails(400), s.says("hello"))
    workspace.experiments.create(experiment(single_expert(), concurrency=1))
    workspace.experiments.start("x1").result(timeout=60)
    found = from_experiment(workspace.storage, "x1")
    assert np.isnan(found.score[:, 0]).tolist() == [True, True, False, False]


def test_what_gives_no_table_is_told(workspace: Workspace, server: Stub) -> None:
    with pytest.raises(NotFound, match="gone"):
        from_experiment(workspace.storage, "gone")
    workspace.experiments.create(experiment(single_expert()))
    with pytest.raises(ConfigurationError, match="no row with a score of 'exact_match'"):
        from_experiment(workspace.storage, "x1")
    with pytest.raises(ConfigurationError, match="no scorer 'bleu'; it has exact_match"):
        from_experiment(workspace.storage, "x1", scorer="bleu")
