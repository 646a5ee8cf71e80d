"""Tells which rows of a table the trained routers of pipelines were fitted on, where they look better than they are."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from pipelines.document import NodeSpec, Pipeline
from pipelines.outcome.split import leaked
from pipelines.outcome.table import OutcomeTable
from pipelines.plan import build_node
from pipelines.store import RouterLibrary


def seen_by_routers(
    pipelines: Iterable[Pipeline], table: OutcomeTable, routers: RouterLibrary
) -> dict[str, NDArray[np.bool_]]:
    """Returns, for each trained router that pipelines name, an array (n_queries,): which rows it was fitted on.

    Nodes that cannot be built are left to the checks of the replay.

    Raises:
        NotFound: if there is no such router.
    """
    names = dict.fromkeys(name for pipeline in pipelines for spec in pipeline.nodes for name in _routers_of(spec))
    return {name: leaked(routers.router(name).background.seen, table) for name in names}


def _routers_of(spec: NodeSpec) -> tuple[str, ...]:
    try:
        return build_node(spec).router_references() if spec.executes else ()
    except (KeyError, ValidationError):
        return ()
