"""What always happened is what is estimated: the walk follows the rules of the engine on any graph."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipelines.data.example import Example
from pipelines.document import Pipeline
from pipelines.estimate.estimate import estimate
from pipelines.estimate.history import history_of
from tests.pipelines.engine.stage import play
from tests.pipelines.engine.test_random_graphs import graphs, staged
from tests.pipelines.estimate.known import CATALOGUE, contender

RULES: list[dict[str, object]] = [
    {"rule": "all_taken"},
    {"rule": "any"},
    {"rule": "first"},
    {"rule": "k_of_n", "k": 2},
]
TIMES = 300
SURE = 0.9
ASKED = Example(id="1", query="question")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(st.sampled_from(RULES), ties=False))
def test_a_run_that_always_went_the_same_way_is_foretold(pipeline: Pipeline) -> None:
    run, _ = play(staged(pipeline))
    # What fails is not estimated: a failed run tells nothing of a good one.
    assume(not any(span.status in ("failed", "blocked") for span in run.spans))
    history = history_of(run.model_copy(update={"id": str(number)}) for number in range(TIMES))
    found = estimate([contender(pipeline)], [ASKED], history, catalogue=CATALOGUE).contenders[0]
    assert found.row_latency_s.p50 == pytest.approx(run.latency_s, rel=0.05, abs=1e-3)
    assert found.row_cost_usd is not None
    assert found.row_cost_usd.p50 == pytest.approx(run.totals.list_cost_usd, rel=0.05, abs=1e-9)
    ended = {span.node_id: span for span in run.spans}
    for node in found.nodes:
        span = ended[node.node_id]
        # Which of two things that happen at the same moment comes first is a race.
        if span.status == "cancelled" or (span.status == "done" and not span.latency_s):
            continue
        assert (node.active > SURE) == (span.status == "done"), (node.node_id, node.active, span.status)
