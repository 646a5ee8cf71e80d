"""Forecasts of cost and time."""

from __future__ import annotations

from datetime import date

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.forecast import NodeForecast, forecasts
from pipelines.run import Run
from tests.app.drawn import finished, forked

PRICE = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=2.0, as_of=date(2026, 1, 1))
PRICED = Catalogue([ModelEntry(name="small", provider="scripted", target="m", price=PRICE)], default="small")
FREE = Catalogue([ModelEntry(name="small", provider="scripted", target="m")], default="small")


def taking(latency_s: float, list_cost_usd: float, *, cached_calls: int = 0, **changes: object) -> Run:
    """A finished run whose second expert took that long and cost that much."""
    run = finished()
    totals = run.totals.model_copy(update={"list_cost_usd": list_cost_usd, "cached_calls": cached_calls})
    changed = {"latency_s": latency_s, "totals": totals, **changes}
    spans = tuple(span.model_copy(update=changed) if span.node_id == "expert_2" else span for span in run.spans)
    return run.model_copy(update={"spans": spans})


def test_the_median_of_past_runs_is_the_forecast() -> None:
    runs = [taking(1.0, 0.001), taking(9.0, 0.009), taking(2.0, 0.002)]
    found = forecasts(forked(), runs, FREE)
    assert found["expert_2"] == NodeForecast(cost_usd=0.002, latency_s=2.0, source="history n=3")
    assert found["router"] == NodeForecast(cost_usd=None, latency_s=0.01, source="history n=3")
    assert "expert_1" not in found


def test_of_a_node_that_does_not_execute_nothing_is_expected() -> None:
    for how in ("disabled", "bypassed"):
        nodes = tuple(n.model_copy(update={how: True}) if n.id == "expert_2" else n for n in forked().nodes)
        assert set(forecasts(forked().model_copy(update={"nodes": nodes}), [], PRICED)) == {"expert_1"}


def test_an_answer_from_the_cache_tells_the_cost_and_not_the_time() -> None:
    runs = [taking(1.0, 0.001), taking(0.0, 0.001, cached_calls=1)]
    assert forecasts(forked(), runs, FREE)["expert_2"] == NodeForecast(
        cost_usd=0.001, latency_s=1.0, source="history n=2"
    )


def test_runs_that_say_nothing_of_the_node_as_it_is_do_not_count() -> None:
    nodes = tuple(
        spec.model_copy(update={"config": {"system_prompt": "Be brief."}}) if spec.id == "expert_2" else spec
        for spec in forked().nodes
    )
    edited = forked().model_copy(update={"nodes": nodes})
    assert "expert_2" not in forecasts(edited, [taking(1.0, 0.001)], FREE)
    runs = [taking(1.0, 0.1, reused=True), taking(1.0, 0.1, pinned=True), taking(1.0, 0.1, status="failed")]
    assert "expert_2" not in forecasts(forked(), runs, FREE)


def test_without_history_the_declared_price_is_the_forecast() -> None:
    found = forecasts(forked(), [], PRICED)
    assert sorted(found) == ["expert_1", "expert_2"]
    assert found["expert_1"] == NodeForecast(cost_usd=0.001, latency_s=None, source="declared: 500 tokens in, 250 out")
    assert forecasts(forked(), [], FREE) == {}


def test_what_is_inside_a_sub_pipeline_counts_for_its_node() -> None:
    run = finished()
    inner = run.spans[3].model_copy(update={"node_id": "answer/expert_1"})
    found = forecasts(forked(), [run.model_copy(update={"spans": (*run.spans, inner)})], FREE)
    assert found["answer"].cost_usd == 0.002
