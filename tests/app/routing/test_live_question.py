"""Live questions of a trained router, and whether they have moved."""

from __future__ import annotations

import pytest

from app.routing.live_question import drift_of, live_questions, workflows_with
from app.routing.use import routed_pipeline
from app.shelf import add_pipeline
from app.workspace import Workspace
from pipelines.error import NotFound
from tests.app.routing.test_use import router
from tests.app.views.conftest import space, stub
from tests.pipelines.drawing import single_expert

__all__ = ["space", "stub"]


def test_questions_of_workflows_with_the_router_are_compared_with_its_training_questions(space: Workspace) -> None:
    trained = router()
    version = space.storage.routers.put(trained)
    slug = add_pipeline(space, routed_pipeline(trained.card, version, dict.fromkeys(trained.card.models, "stub")))
    other = add_pipeline(space, single_expert())
    asked = [f"Schreibe bitte ein langes Gedicht über die Möwen am Hafen von Larkhaven, Strophe {n}" for n in range(40)]
    assert all(run.status == "done" for run in (space.run(slug, text) for text in asked))
    space.run(other, "unrelated")
    assert workflows_with(space, "practice") == (slug,)
    live = live_questions(space, (slug,))
    assert live[0] == asked[-1]
    found = drift_of(space, trained, live)
    assert (found.n_train, found.n_live) == (1200, 40)
    levels = {shift.feature: shift.level for shift in found.shifts}
    assert levels["language"] == "strong"
    assert set(levels) == {"length", "language", "first word", "choice of model"}


def test_a_router_whose_table_is_gone_says_so(space: Workspace) -> None:
    trained = router()
    gone = type(trained)(trained.card.model_copy(update={"table": "gone"}), trained.strategy, trained.background)
    with pytest.raises(NotFound, match="The table 'gone' that the router learned from is not in this installation"):
        drift_of(space, gone, ("Hello?",))
