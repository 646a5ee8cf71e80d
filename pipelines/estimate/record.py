"""What an estimate says: of each node, of each pipeline, and of the whole experiment."""

from __future__ import annotations

from pydantic import Field

from pipelines.chat import Usd
from pipelines.record import Record
from pipelines.value import Probability

CONFIDENCE = 0.9
"""The part of the outcomes that lies between `p05` and `p95`."""


class Range(Record):
    """Is a number that is not known yet: its mean, its median, and the 90 % interval from `p05` to `p95`."""

    mean: float
    p05: float
    p50: float
    p95: float


class NodeEstimate(Record):
    """Is what one node will do.

    Attributes:
        active: probability that it runs.
        input_tokens, output_tokens, cost_usd, latency_s: of one run of the node, all its calls together; the cost is
            None where a price is unknown, the tokens are None where it asks no model.
        token_source, latency_source, active_source: where the numbers come from: history with its n, declared, default.
        unpriced: models whose price is unknown.
        cost_share: its part of what the pipeline costs; time_share: of the time that passes on the critical path.
        critical_share: how often it lies on the critical path; `critical`: it lies on the most likely one.
    """

    node_id: str
    title: str
    active: Probability
    input_tokens: Range | None = None
    output_tokens: Range | None = None
    cost_usd: Range | None = None
    latency_s: Range
    token_source: str = ""
    latency_source: str = ""
    active_source: str = ""
    unpriced: tuple[str, ...] = ()
    cost_share: Probability = 0.0
    time_share: Probability = 0.0
    critical_share: Probability = 0.0
    critical: bool = False


class Way(Record):
    """Is one way out of a router: how often it is taken, and what everything behind it then costs in the mean."""

    name: str
    share: Probability
    cost_usd: Usd


class BreakEven(Record):
    """Says whether a router earns its cost, compared with always taking its dearest way.

    Attributes:
        router_usd: what the node itself costs in the mean where it runs.
        routed_usd: `router_usd` and the ways by their shares; `dearest_usd`: the dearest way without the router.
        break_even_share: routing pays while the dearest way is taken less often than this; None where it never can.
    """

    node_id: str
    router_usd: Usd
    ways: tuple[Way, ...]
    routed_usd: Usd
    dearest_usd: Usd
    pays: bool
    break_even_share: float | None
    sentence: str


class ContenderEstimate(Record):
    """Is what one pipeline will cost and take.

    Attributes:
        rows: examples times repeats.
        row_cost_usd, total_cost_usd: at list price, so without what the cache saves; None where a price is unknown.
        at_least_usd: mean of the part of the total whose price is known.
        row_latency_s: of one row by itself, without waiting for other rows.
        critical_path: the nodes that most likely decide how long a row takes, from the first to the last.
        notional: a part of the cost is made up for charts, nobody sends a bill.
        basis: the part of the cost, or of the time where nothing costs, that comes from history.
        notes: sentences for a person.
    """

    label: str
    rows: int = Field(ge=0)
    nodes: tuple[NodeEstimate, ...]
    row_cost_usd: Range | None
    total_cost_usd: Range | None
    at_least_usd: Usd
    row_latency_s: Range
    critical_path: tuple[str, ...]
    routers: tuple[BreakEven, ...] = ()
    unpriced: tuple[str, ...] = ()
    notional: bool = False
    basis: Probability = 0.0
    notes: tuple[str, ...] = ()

    def node(self, node_id: str) -> NodeEstimate | None:
        """Returns what is estimated of a node, or None."""
        return next((node for node in self.nodes if node.node_id == node_id), None)


class Estimate(Record):
    """Is what an experiment will cost and take, before it runs.

    Attributes:
        rows: of all pipelines together.
        total_cost_usd: of the answers; None where a price is unknown, then `at_least_usd` is the known part.
        judge_cost_usd: of the judgements by models, beside the answers; None where the price of a judge is unknown.
        wall_s: without the judgements, from the first row to the last, with `concurrency` rows at a time and the limits
            of the models.
        dry_run_examples: how many examples the routers were tried on beforehand.
    """

    contenders: tuple[ContenderEstimate, ...]
    rows: int = Field(ge=0)
    total_cost_usd: Range | None
    at_least_usd: Usd
    judge_cost_usd: Range | None = Range(mean=0.0, p05=0.0, p50=0.0, p95=0.0)
    wall_s: Range
    concurrency: int = Field(ge=1)
    dry_run_examples: int = Field(default=0, ge=0)
    seed: int = 0
